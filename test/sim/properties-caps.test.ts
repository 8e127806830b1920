import assert from 'node:assert/strict';
import fc from 'fast-check';
import { simulate } from '../../src/sim/simulate.ts';
import { hogs } from './arbitrary.ts';
import { CapWatch } from './cap-watch.ts';

const SLICE_NS = 30e6;

/** A VM of hogs with a cap of so many percent for each vCPU. */
const capped = (percentEach: number, vcpus: number) => hogs(256, vcpus, percentEach * vcpus);

describe('a cap', function () {
  this.timeout(20_000);

  const percentEach = fc.integer({ min: 1, max: 100 });
  const vcpus = fc.integer({ min: 1, max: 4 });

  /**
   * A vCPU is parked when it owes more than one period of its cap, and may run one period more before that is seen.
   * So it swings between one period's cap saved and one period's running owed.
   */
  it('is exceeded in no window by more than one period of running and one of the cap, for each vCPU', () => {
    fc.assert(
      fc.property(percentEach, vcpus, (percent, count) => {
        const recorder = new CapWatch();
        simulate({ pcpuCount: count, vms: [capped(percent, count)], durationNs: 8e9, recorder });
        const boundNs = count * SLICE_NS * (1 + percent / 100);
        assert.ok(recorder.excessNs[0] <= boundNs + 1, `${recorder.excessNs[0]} ns, bound ${boundNs}`);
      }),
      { numRuns: 100 },
    );
  });

  /**
   * Accounting doesn't charge: when it comes between two ticks, what the vCPU ran since the last one is unseen, and
   * may be forgiven later, where debt is clipped. Then the cap leaks: by less than one point in the long run.
   */
  it('among others, and at any phase and lateness, is exceeded by up to two periods, and by less than a point', () => {
    const other = fc.tuple(fc.constantFrom(1, 256, 4096), fc.integer({ min: 1, max: 3 }));
    fc.assert(
      fc.property(
        percentEach,
        vcpus,
        fc.record({
          others: fc.array(other, { maxLength: 3 }),
          pcpuCount: fc.integer({ min: 1, max: 4 }),
          acctPhaseNs: fc.nat(SLICE_NS),
          jitterNs: fc.constantFrom(0, 50_000),
          seed: fc.nat(),
        }),
        (percent, count, { others, acctPhaseNs, ...rest }) => {
          const recorder = new CapWatch(0.01);
          const vms = [capped(percent, count), ...others.map(([weight, n]) => hogs(weight, n))];
          simulate({ ...rest, vms, durationNs: 8e9, scheduler: { parameters: { acctPhaseNs } }, recorder });
          const boundNs = count * SLICE_NS * (2 + percent / 100);
          assert.ok(recorder.excessNs[0] <= boundNs, `${recorder.excessNs[0]} ns, bound ${boundNs}`);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('leaks when each accounting comes just before a tick: 23 % become 23.6 %', () => {
    const vms = [capped(23, 1)];
    const share = (acctPhaseNs: number) => {
      const { vcpus, endNs } = simulate({
        pcpuCount: 1,
        vms,
        durationNs: 60e9,
        scheduler: { parameters: { acctPhaseNs } },
      });
      return (100 * vcpus[0].cpuNs) / endNs;
    };
    assert.ok(Math.abs(share(0) - 23) < 0.1);
    assert.ok(share(SLICE_NS - 18) > 23.5);
  });

  it('does not hold a vCPU back that no tick finds running, since it never takes part in accounting', () => {
    const evader = { guest: { kind: 'periodic', runNs: 9e6, periodNs: 10e6 } } as const;
    const { vcpus, endNs } = simulate({
      pcpuCount: 1,
      vms: [{ weight: 256, cap: 10, startNs: 500_000, vcpus: [evader] }],
      durationNs: 10e9,
    });
    assert.ok(vcpus[0].cpuNs > 0.89 * endNs);
  });
});
