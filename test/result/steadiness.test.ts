import assert from 'node:assert/strict';
import { unsteadySeries } from '../../src/result/steadiness.ts';
import { mulberry32 } from '../../src/base/random.ts';
import { rowOf } from './row-fixture.ts';

const random = mulberry32(11);
const noise = (count: number) => Array.from({ length: count }, () => 1 + 0.01 * (random() + random()));
const rising = noise(12).map((s, i) => s + 0.01 * i);
const heaps = noise(24).map((s, i) => s + (Math.floor(i / 3) % 2 === 0 ? 0.5 : 0));

describe('repeats that are not alike', () => {
  it('are said to drift, and how fast', () => {
    const [found, ...rest] = unsteadySeries([rowOf('warming', rising)]);
    assert.deepEqual(rest, []);
    assert.deepEqual([found.row, found.vm, found.metric, found.kind], ['warming', 'A', 'wallNs', 'drift']);
    assert.ok(found.pValue < 0.01 && found.changePerRun > 0.007 && found.changePerRun < 0.013);
  });

  it('are said to come in two heaps', () => {
    const found = unsteadySeries([rowOf('turbo', heaps)]);
    assert.deepEqual(
      found.map(({ kind }) => kind),
      ['two-heaps'],
    );
  });

  it('are not found where there is only noise, nor in few runs', () => {
    assert.deepEqual(unsteadySeries([rowOf('quiet', noise(30))]), []);
    assert.deepEqual(unsteadySeries([rowOf('few', [1, 2, 3, 4, 5, 6, 7])]), []);
  });

  it('must stand out the more, the more rows are tested', () => {
    const slight = [1, 3, 2, 5, 4, 6, 7, 8];
    const others = Array.from({ length: 40 }, (_, i) => rowOf(String(i), Array<number>(8).fill(1)));
    assert.equal(unsteadySeries([rowOf('slight', slight)]).length, 1);
    assert.deepEqual(unsteadySeries([rowOf('slight', slight), ...others]), []);
  });

  it('are rarely seen in what is steady', () => {
    const steady = Array.from(
      { length: 300 },
      (_, i) => unsteadySeries([rowOf(String(i), noise(10))]).length,
    );
    const warned = steady.filter((count) => count > 0).length;
    assert.ok(warned <= 14, `${String(warned)} of 300`);
  });
});
