import assert from 'node:assert/strict';
import { prefixUnits } from '../../src/host/verified-prefix.ts';

const WORK = { kind: 'cpu', ns: 60e9 } as const;

describe('the steps after which a vCPU takes a checksum on its way', () => {
  it('are about half a second of CPU time', () => {
    for (const nsPerUnit of [1e3, 0.1e6, 0.37e6, 1e6, 25e6, 0.4e9]) {
      const ns = prefixUnits('auto', null, nsPerUnit) * nsPerUnit;
      assert.ok(ns >= 0.5e9 / Math.SQRT2 && ns <= 0.5e9 * Math.SQRT2, `${ns} ns at ${nsPerUnit}`);
    }
    assert.equal(prefixUnits('auto', null, 3e9), 1);
  });

  it('stay the same when the program is calibrated a little differently', () => {
    const counts = new Set([0.96, 1, 1.04].map((factor) => prefixUnits('auto', null, 0.25e6 * factor)));
    assert.equal(counts.size, 1);
  });

  it('are some where nobody knows how long a step takes', () => {
    assert.equal(prefixUnits('auto', null, null), 1024);
  });

  it('are none where all or nothing is verified: fixed work, unless a prefix is asked for', () => {
    assert.equal(prefixUnits('auto', WORK, 1e6), 0);
    assert.equal(prefixUnits('prefix', WORK, 1e6), 512);
    for (const mode of ['whole', 'none'] as const)
      for (const work of [WORK, null]) assert.equal(prefixUnits(mode, work, 1e6), 0);
  });
});
