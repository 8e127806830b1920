import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { SimVcpu } from '../../src/sim/simulate.ts';
import { simulate } from '../../src/sim/simulate.ts';
import { DURATION_NS, hogs } from './arbitrary.ts';
import { WaitWatch } from './wait-watch.ts';

const SLICE_NS = 30e6;
const CREDITS_PER_SLICE = 300;

describe('waiting', function () {
  this.timeout(20_000);

  /**
   * After an accounting a vCPU owes at most a slice's credits, and each accounting gives it its share: after so many
   * periods it is UNDER. Then it waits for at most one slice of each other vCPU that is UNDER before it. Three slices
   * more: the one under way, a queue that is sorted at the next tick only, and lateness.
   */
  it('has a bound, for weights up to 1:16', () => {
    const weights = fc.array(fc.integer({ min: 256, max: 16 * 256 }), { minLength: 2, maxLength: 8 });
    fc.assert(
      fc.property(
        weights,
        fc.integer({ min: 1, max: 3 }),
        fc.constantFrom(0, 50_000),
        fc.nat(SLICE_NS),
        (someWeights, pcpuCount, jitterNs, acctPhaseNs) => {
          const vms = someWeights.map((weight) => hogs(weight));
          const recorder = new WaitWatch();
          const { endNs } = simulate({
            pcpuCount,
            vms,
            durationNs: 8e9,
            jitterNs,
            scheduler: { parameters: { acctPhaseNs } },
            recorder,
          });
          recorder.finish(endNs);
          const total = someWeights.reduce((sum, weight) => sum + weight, 0);
          someWeights.forEach((weight, vcpu) => {
            const share = Math.ceil((pcpuCount * CREDITS_PER_SLICE * weight) / total);
            const periods = Math.ceil(CREDITS_PER_SLICE / Math.min(share, CREDITS_PER_SLICE));
            const boundNs = (periods + vms.length + 3) * SLICE_NS;
            const waitedNs = recorder.longestNs.get(vcpu) ?? Infinity;
            assert.ok(waitedNs <= boundNs, `vCPU ${vcpu} waited ${waitedNs} ns, bound ${boundNs}`);
          });
        },
      ),
      { numRuns: 100 },
    );
  });

  it('ends for everyone once all pauses are over', () => {
    const pause = fc.record({
      atNs: fc.nat(DURATION_NS),
      vm: fc.nat(3),
      kind: fc.constantFrom('pause' as const, 'unpause' as const),
    });
    const guest = fc.oneof(
      fc.constant({ kind: 'hog' as const }),
      fc.record({ kind: fc.constant('finite' as const), workNs: fc.integer({ min: 1, max: 200e6 }) }),
    );
    const vcpus = fc.array(fc.record({ guest, pin: fc.constantFrom([0], [0, 1]) }), {
      minLength: 1,
      maxLength: 3,
    });
    fc.assert(
      fc.property(
        fc.array(vcpus, { minLength: 4, maxLength: 4 }),
        fc.array(pause, { maxLength: 12 }),
        fc.constantFrom(0, 50_000),
        (someVcpus, pauses, jitterNs) => {
          const vms = someVcpus.map((own) => ({ weight: 256, cap: 0, vcpus: own }));
          const unpauses = vms.map((_, vm) => ({ atNs: DURATION_NS, kind: 'unpause' as const, vm }));
          const { samples, vcpus: results } = simulate({
            pcpuCount: 2,
            vms,
            events: [...pauses, ...unpauses],
            durationNs: DURATION_NS + 3e9,
            sampleNs: DURATION_NS,
            jitterNs,
            paranoid: true,
          });
          const [, before] = samples;
          for (const [
            vcpu,
            {
              guest: { kind },
            },
          ] of someVcpus.flat().entries()) {
            const { cpuNs, doneNs } = results[vcpu];
            if (kind === 'finite') assert.ok(doneNs >= 0, `vCPU ${vcpu} is never done`);
            else assert.ok(cpuNs > before[vcpu + 1], `vCPU ${vcpu} never runs again`);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('has no bound behind vCPUs that sleep whenever a tick comes, and so wake boosted every time', () => {
    const evader: SimVcpu = { guest: { kind: 'periodic', runNs: 10e6, periodNs: 10e6 } };
    const { vcpus } = simulate({
      pcpuCount: 2,
      vms: [hogs(256), { weight: 1, cap: 0, vcpus: [{ ...evader, pin: [0] }, evader] }],
      durationNs: 10e9,
      scheduler: { parameters: { ratelimitNs: 0, lbRatelimitNs: 0 } },
    });
    assert.ok(vcpus[0].cpuNs < 0.1e9, `the hog had ${vcpus[0].cpuNs} ns`);
  });
});
