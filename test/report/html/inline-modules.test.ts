import assert from 'node:assert/strict';
import { runInNewContext } from 'node:vm';
import { inlineModules } from '../../../src/report/html/inline-modules.ts';

function inlined(files: Readonly<Record<string, string>>): string {
  return inlineModules('main.js', (file) => files[file]);
}

describe('modules as one script', () => {
  it('call one another, and keep their private names to themselves', () => {
    const script = inlined({
      'main.js':
        "import { twice, LEAST } from './number-work.js';\nimport {\n  thrice,\n} from './other.js';\nconst " +
        'secret = 1;\nresult.push(twice(secret), thrice(secret), LEAST);',
      'number-work.js':
        "import { thrice } from './other.js';\nconst secret = 7;\nexport const LEAST = secret;\nexport function " +
        'twice(n) {\n  return thrice(n) - n;\n}',
      'other.js': 'const secret = 3;\nexport function thrice(n) {\n  return secret * n;\n}',
    });
    const result: number[] = [];
    runInNewContext(script, { result });
    assert.deepEqual(result, [2, 3, 7]);
    assert.equal(script.match(/function thrice/g)?.length, 1);
  });

  it('are refused when they use a form that is not understood', () => {
    assert.throws(
      () => inlined({ 'main.js': 'export default 1;' }),
      /main\.js: can't inline 'export default 1;'/,
    );
    assert.throws(() => inlined({ 'main.js': "import * as a from './a.js';" }), /can't inline/);
  });

  it('are refused when they import one another in a circle', () => {
    const files = { 'main.js': "import { a } from './a.js';", 'a.js': "import { b } from './main.js';" };
    assert.throws(() => inlined(files), /main\.js imports itself/);
  });
});
