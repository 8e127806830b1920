import js from '@eslint/js';
import { Linter } from 'eslint';
import { cyclic } from '../../../workloads/cyclic.ts';
import { Random } from '../../../workloads/random.ts';
import { wordOfText } from '../result-word.ts';
import { sourceText } from '../source-text.ts';

const FILES = 4;
const config: Linter.Config = { ...js.configs.recommended, languageOptions: { ecmaVersion: 2022 } };

/** ESLint. A step lints one file of JavaScript with the recommended rules; all messages go into the result. */
export default cyclic({
  name: 'eslint',
  description: 'ESLint: Linter.verify with the recommended rules on a file of size functions',
  defaultSize: 4,
  sizes: { min: 1, max: 200 },
  period: () => FILES,
  prepare(seed, size) {
    const random = new Random(seed);
    const files = Array.from({ length: FILES }, () => sourceText(random, size, false));
    return { files, linter: new Linter() };
  },
  unit({ files, linter }, index) {
    const messages = linter.verify(files[index], config);
    return wordOfText(messages.map(({ ruleId, line, message }) => `${line} ${ruleId} ${message}`).join('\n'));
  },
});
