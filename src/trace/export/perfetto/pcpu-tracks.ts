/** Per pCPU two lanes: what it was told to run, and what its core ran. */
import type { Slice, Stay } from '../../timeline.ts';
import { slicesOf, staysOf } from '../../timeline.ts';
import type { Trace } from '../../trace.ts';
import type { Span, Track } from './track.ts';
import { cpuName, priorityName } from '../../words/words.ts';
import { HOW_CHOSEN, howLeft, TRACE_ENDED, WHY_BEGAN, WHY_ENDED } from './slice-words.ts';

/** A simulation has no facts, and no lanes for them. */
export function pcpuTracks(trace: Trace): Track[] {
  const ids = trace.header.vcpus.map(({ id }) => id);
  const lane = (name: string, spans: Span[]): Track => ({ kind: 'lane', name, spans, instants: [] });
  const stays = trace.header.machine === 'hardware' ? staysOf(trace) : [];
  return slicesOf(trace).flatMap((slices, pcpu) => {
    const intent = lane(
      `${cpuName(trace, pcpu)} intent`,
      slices.map((slice) => intentSpan(slice, ids)),
    );
    if (stays.length === 0) return [intent];
    const fact = lane(
      `${cpuName(trace, pcpu)} fact`,
      stays[pcpu].map((stay) => factSpan(stay, ids)),
    );
    return [intent, fact];
  });
}

function intentSpan(slice: Slice, ids: readonly string[]): Span {
  return {
    name: ids[slice.vcpu],
    fromNs: slice.fromNs,
    toNs: slice.toNs,
    details: {
      began: WHY_BEGAN[slice.reason],
      chosen: HOW_CHOSEN[slice.choice],
      ended: slice.endReason === null ? TRACE_ENDED : WHY_ENDED[slice.endReason],
      priority: priorityName(slice.priority),
      credit: slice.credit,
      renewals: slice.renewals,
    },
  };
}

function factSpan({ vcpu, fromNs, toNs, cpuNs, why, lateNs }: Stay, ids: readonly string[]): Span {
  return {
    name: ids[vcpu],
    fromNs,
    toNs,
    details: {
      left: howLeft(why),
      cpuUs: cpuNs / 1000,
      stolenUs: (toNs - fromNs - cpuNs) / 1000,
      deferralUs: lateNs / 1000,
    },
  };
}
