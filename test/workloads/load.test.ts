import assert from 'node:assert/strict';
import { join } from 'node:path';
import { LabError } from '../../src/base/errors.ts';
import { loadWorkload } from '../../src/workload/load.ts';
import { resolveSize } from '../../src/workload/size.ts';
import { isBadWorkload } from './bad-workload.ts';
import { GOOD_MODULE, temporaryModules } from './temporary-modules.ts';

const METHODS = 'prepare: () => ({}), step() {}, checksum: () => 0';

/** Module text, and what its error must say. */
const BAD_MODULES: Record<string, [text: string, ...parts: (string | RegExp)[]]> = {
  'has no exports': ['', 'no default export', 'no exports at all', 'prepare(seed, size)'],
  'exports only names': [`export const name = 'x', step = 1;`, 'no default export', 'only name, step'],
  'exports a function': ['export default () => {};', 'not a workload', 'a function'],
  'exports null': ['export default null;', 'not a workload', 'got null'],
  'has no name': [`export default { ${METHODS} };`, 'has no name', 'a non-empty string'],
  'has an empty name': [`export default { name: '', ${METHODS} };`, 'name is wrong', 'got ""'],
  'has no prepare': [`export default { name: 'x', step() {}, checksum() {} };`, 'has no prepare'],
  'has a prepare that is no function': [
    `export default { name: 'x', ${METHODS}, prepare: 3 };`,
    'prepare is wrong',
    'a function',
    'got 3',
  ],
  'has no step': [`export default { name: 'x', prepare() {}, checksum() {} };`, 'has no step'],
  'has no checksum': [`export default { name: 'x', prepare() {}, step() {} };`, 'has no checksum'],
  'has an expected that is no function': [
    `export default { name: 'x', ${METHODS}, expected: 5 };`,
    'expected',
  ],
  'has sizes upside down': [
    `export default { name: 'x', ${METHODS}, sizes: { min: 9, max: 3 } };`,
    'sizes is wrong',
    'min ≤ max',
  ],
  'has a fractional default size': [`export default { name: 'x', ${METHODS}, defaultSize: 1.5 };`, 'got 1.5'],
  'does not parse': ['export default {{', /SyntaxError/, 'node --check', /does not parse.mjs shows the line/],
  'throws when it is loaded': [
    `\n\nthrow new Error('no licence');`,
    'no licence',
    'throws when it is loaded.mjs:3:7',
  ],
  'imports what is not installed': [`import 'not-installed-anywhere';`, 'not-installed-anywhere'],
};

describe('loading a workload', () => {
  const { dir, remove } = temporaryModules({
    'good.mjs': GOOD_MODULE,
    'data.wat': '(module)',
    ...Object.fromEntries(Object.entries(BAD_MODULES).map(([name, [text]]) => [`${name}.mjs`, text])),
  });
  after(remove);

  it('gives the default export of a module that keeps the contract', async () => {
    const workload = await loadWorkload('./good.mjs', dir);
    assert.equal(workload.name, 'good');
    const state = workload.prepare(1, 1);
    workload.step(state, { cpuNs: () => 0, nowNs: () => 0 });
    assert.equal(workload.checksum(state), 38);
  });

  it('gives a built-in by its name', async () => {
    assert.equal((await loadWorkload('nqueens', dir)).name, 'nqueens');
  });

  for (const [name, [, ...parts]] of Object.entries(BAD_MODULES)) {
    it(`refuses a module that ${name}`, async () => {
      await assert.rejects(loadWorkload(`./${name}.mjs`, dir), (e) =>
        isBadWorkload(e, `${name}.mjs`, ...parts),
      );
    });
  }

  it('keeps the cause when the module itself throws', async () => {
    await assert.rejects(loadWorkload('./throws when it is loaded.mjs', dir), (error) => {
      assert.ok(error instanceof LabError);
      assert.ok(error.cause instanceof Error);
      assert.equal(error.cause.message, 'no licence');
      return true;
    });
  });

  it('says of a file that is no JavaScript what to give instead', async () => {
    await assert.rejects(loadWorkload(join(dir, 'data.wat'), dir), (e) =>
      isBadWorkload(e, 'data.wat is not JavaScript', '.mjs'),
    );
  });
});

describe('the problem size', () => {
  const base = { name: 'x', prepare: () => null, step: () => undefined, checksum: () => 0 };
  const limited = { ...base, defaultSize: 16, sizes: { min: 8, max: 64 } };

  it('is the scenario’s, else the default, else the smallest, else 1', () => {
    assert.equal(resolveSize(limited, 32), 32);
    assert.equal(resolveSize(limited, null), 16);
    assert.equal(resolveSize({ ...base, sizes: { min: 8, max: 64 } }, null), 8);
    assert.equal(resolveSize(base, null), 1);
  });

  it('lies within the limits, which belong to it', () => {
    assert.equal(resolveSize(limited, 8), 8);
    assert.equal(resolveSize(limited, 64), 64);
    for (const size of [7, 65, -8]) {
      assert.throws(
        () => resolveSize(limited, size),
        (e) => isBadWorkload(e, `size ${size}`, 'a whole number from 8 to 64'),
      );
    }
  });

  it('is a whole number even without limits', () => {
    for (const size of [1.5, NaN, -1])
      assert.throws(
        () => resolveSize(base, size),
        (e) => isBadWorkload(e),
      );
  });

  it('is a power of two where the workload asks for one', () => {
    const powers = { ...base, sizes: { min: 8, max: 64, powerOfTwo: true } };
    assert.equal(resolveSize(powers, 32), 32);
    assert.throws(
      () => resolveSize(powers, 48),
      (e) => isBadWorkload(e, 'a power of two from 8 to 64'),
    );
  });
});
