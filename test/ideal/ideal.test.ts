import assert from 'node:assert/strict';
import { idealOf } from '../../src/ideal/ideal.ts';
import { fromYaml } from '../scenario/attempt.ts';

const near = (value: number | null | undefined, wanted: number): void =>
  assert.ok(Math.abs((value ?? NaN) - wanted) < 1e-6, `${String(value)}, not ${wanted}`);

describe('the ideal of a VM', () => {
  it('is for the CPU time that the work took, in share as in time', () => {
    // Calibrated to 3 s; it took 3.34 s, in 13.4 s. The ideal would have been done after 13.36 s.
    const capped = fromYaml('{ pcpus: 1, vms: [{ name: A, cap: 25, work: 3s }] }');
    const [{ wallNs, sharePercent, contendedSharePercent }] = idealOf(capped, [3.34e9], 13.4e9);
    near(wallNs, 13.36e9);
    near(sharePercent, (100 * 3.34) / 13.4);
    near(contendedSharePercent, 25);
  });

  it('is one of the window, and one of the time for which all compete', () => {
    const two = fromYaml('{ pcpus: 1, vms: [{ name: A, work: 1s }, { name: B, weight: 768, work: 1s }] }');
    const [a, b] = idealOf(two, [1e9, 1e9], 2e9);
    near(a.sharePercent, 50);
    near(b.sharePercent, 50);
    near(a.contendedSharePercent, 25);
    near(b.contendedSharePercent, 75);
    near(b.wallNs, 1e9 / 0.75);
  });

  it('counts from the start of the last VM, and not beyond a pause', () => {
    const late = fromYaml(
      '{ pcpus: 1, duration: 10s, vms: [{ name: A }, { name: B, start: 5s }], events: [{ at: 8s, vm: B, ' +
        'action: pause }] }',
    );
    const [a, b] = idealOf(late, [null, null], 10e9);
    near(a.sharePercent, 85);
    near(a.contendedSharePercent, 50);
    near(b.contendedSharePercent, 50);
  });

  it('of shares while all compete is none where they never do', () => {
    const apart = fromYaml('{ pcpus: 1, vms: [{ name: A, work: 1s }, { name: B, start: 3s, work: 1s }] }');
    assert.deepEqual(
      idealOf(apart, [1e9, 1e9], 4e9).map((vm) => vm.contendedSharePercent),
      [null, null],
    );
  });

  it('is known of nobody if the work of one is not', () => {
    const two = fromYaml("{ pcpus: 1, vms: [{ name: A, work: '9 units' }, { name: B, work: 1s }] }");
    for (const { wallNs, sharePercent } of idealOf(two, [NaN, 1e9], 2e9))
      assert.deepEqual([wallNs, sharePercent], [null, null]);
  });
});
