import assert from 'node:assert/strict';
import {
  capWindowSeconds,
  CAPS,
  distance,
  exactly,
  SHARE_LOADS,
  shareError,
  sharesOf,
} from '../../scripts/bench/loads.ts';

describe('the loads of the benches', () => {
  it('have a band for each VM, and the ideal share lies within it or close by', () => {
    for (const { vms, reference, ideal } of SHARE_LOADS) {
      assert.equal(reference.length, vms.length);
      for (const [i, band] of reference.entries()) assert.ok(distance(ideal[i], band) < 0.5, `${ideal[i]} %`);
    }
  });

  it('are judged by the VM that is farthest from its band', () => {
    const bands = [
      [33.3, 33.5],
      [66.5, 66.7],
    ] as const;
    assert.equal(shareError([33.4, 66.6], bands), 0);
    assert.equal(shareError([33, 67], bands).toFixed(3), '0.300');
    assert.equal(shareError([40, 60], bands).toFixed(3), '6.500');
  });

  it('count shares of what all VMs used, not of the wall clock', () => {
    assert.deepEqual(sharesOf([1, 3]), [25, 75]);
    assert.equal(distance(25, exactly(25.5)), 0.5);
  });

  it('measure caps over whole on-off patterns, 12 s among them', () => {
    assert.equal(capWindowSeconds(12), 12);
    assert.equal(capWindowSeconds(0.1), 1.2);
    const patternsMs: Record<number, number> = { 10: 300, 25: 120, 50: 120, 75: 240 };
    for (const cap of CAPS) {
      const windowMs = Math.round(1000 * capWindowSeconds(5));
      assert.equal(windowMs % (patternsMs[cap] ?? 1), 0, `cap ${cap}`);
    }
  });
});
