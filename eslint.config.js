import js from '@eslint/js';
import stylistic from '@stylistic/eslint-plugin';
import tseslint from 'typescript-eslint';

/**
 * src/core is pure: it imports only itself (.dependency-cruiser.mjs), and no clock, thread, promise, I/O or randomness
 * reaches it.
 */
const impureGlobals = [
  'process',
  'performance',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'Promise',
  'Date',
  'Atomics',
  'console',
  'fetch',
  'crypto',
  'global',
  'globalThis',
  'Buffer',
  'require',
].map((name) => ({ name, message: 'src/core is pure: time and CPU time are arguments.' }));

/** Strings and comments count too: what is longer isn't read. A regular expression can't be broken. */
const MAX_COLUMNS = 120;

// A function inside a text is code of its own: what it chooses is named by it.
const noChoiceInText = {
  selector:
    'TemplateLiteral > ConditionalExpression, ' +
    'TemplateLiteral ConditionalExpression:not(TemplateLiteral :function ConditionalExpression)',
  message: 'A choice inside a text is overlooked: give it a name before.',
};

export default tseslint.config(
  { ignores: ['dist/', 'build/', 'coverage/', 'docs/api/'] },
  js.configs.recommended,
  {
    plugins: { '@stylistic': stylistic },
    rules: {
      '@stylistic/max-len': ['error', { code: MAX_COLUMNS, ignoreRegExpLiterals: true }],
      'no-restricted-syntax': ['error', noChoiceInText],
    },
  },
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-import-type-side-effects': 'error',
      'no-console': 'error',
      eqeqeq: 'error',
    },
  },
  {
    files: ['src/core/**/*.ts'],
    rules: {
      'no-restricted-globals': ['error', ...impureGlobals],
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'src/core is pure: no randomness.' },
      ],
      'no-restricted-imports': [
        'error',
        { patterns: [{ regex: '^(?!\\.)', message: 'src/core imports only itself.' }] },
      ],
      'no-restricted-syntax': [
        'error',
        noChoiceInText,
        { selector: ':function[async=true]', message: 'src/core is pure: no promises.' },
        { selector: 'ImportExpression', message: 'src/core imports only itself.' },
      ],
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: { '@typescript-eslint/no-unused-expressions': 'off' },
  },
  {
    files: ['**/*.mjs', '**/*.cjs', '**/*.js'],
    ignores: ['src/report/html/viewer/**'],
    languageOptions: {
      globals: { process: 'readonly', console: 'readonly', URL: 'readonly', Buffer: 'readonly' },
    },
  },
  {
    // Runs in a browser; its own tsconfig.json knows what there is.
    files: ['src/report/html/viewer/**/*.js'],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: { 'no-undef': 'off', '@typescript-eslint/no-unused-vars': 'error', eqeqeq: 'error' },
  },
);
