import assert from 'node:assert/strict';
import { Choice, Reason } from '../../src/core/reason.ts';
import { intentToFact, realisedOf } from '../../src/trace/latency.ts';
import type { Slice, Stay } from '../../src/trace/timeline.ts';
import { slicesOf } from '../../src/trace/timeline.ts';
import { wholeOf } from '../../src/trace/window.ts';
import { inventedTrace } from './invented-trace.ts';

describe('latency from intent to fact', () => {
  it('is that of each decision that puts a vCPU on a pCPU', () => {
    const trace = inventedTrace({
      facts: { enterDelayNs: (slice) => 1000 * 2 ** (slice % 4), leaveDelayNs: () => 500 },
    });
    const latency = intentToFact(trace);
    assert.equal(latency?.count, slicesOf(trace).flat().length);
    assert.deepEqual([latency?.p50, latency?.max], [3000, 8000]);
    assert.deepEqual(
      latency?.buckets.map(({ fromNs, toNs, count }) => [fromNs, toNs, count]),
      [
        [1000, 2000, 2],
        [2000, 4000, 2],
        [4000, 8000, 2],
        [8000, 16000, 2],
      ],
    );
  });

  it('is null without facts: virtual cores do at once what they are told', () => {
    assert.equal(intentToFact(inventedTrace()), null);
  });

  it('leaves out what lies outside of the part that is looked at', () => {
    const trace = inventedTrace({ facts: {} });
    assert.equal(intentToFact(trace, { ...wholeOf(trace), vcpus: new Set([0]), toNs: 70e6 })?.count, 2);
  });

  it('counts decisions that never became fact, and threads that were still there', () => {
    //  decided   A 0────30   B 30─31   A 31────60   B 60──── end
    //  fact      A 1───────────────────────────59
    const slices = [
      slice(0, 0, 30),
      slice(1, 30, 31),
      slice(0, 31, 60),
      { ...slice(1, 60, 70), endReason: null },
    ];
    const stays = [stay(0, 1, 59)];
    assert.deepEqual(
      realisedOf([slices], [stays]).map(({ outcome }) => outcome),
      ['fact', 'never', 'kept', 'cut'],
    );
  });

  it('takes a thread that came after the wish had changed for that of the older decision', () => {
    const slices = [slice(0, 0, 30), slice(1, 30, 31), slice(2, 31, 60)];
    const stays = [stay(0, 1, 31), stay(1, 32, 33), stay(2, 34, 60)];
    assert.deepEqual(
      realisedOf([slices], [stays]).map((each) => each.stay?.fromNs),
      [1, 32, 34],
    );
  });
});

function slice(vcpu: number, fromNs: number, toNs: number): Slice {
  return {
    pcpu: 0,
    vcpu,
    fromNs,
    toNs,
    readings: [],
    reason: Reason.sliceOver,
    choice: Choice.queue,
    endReason: Reason.sliceOver,
    renewals: 0,
  };
}

function stay(vcpu: number, fromNs: number, toNs: number): Stay {
  return { pcpu: 0, vcpu, fromNs, toNs, cpuNs: toNs - fromNs, why: 0, lateNs: 0 };
}
