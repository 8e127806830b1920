/** Per pCPU two lanes: what it was told to run, and what its core ran. */
import { Left } from '../../record.ts';
import type { Slice, Stay } from '../../timeline.ts';
import { slicesOf, staysOf } from '../../timeline.ts';
import type { Trace } from '../../trace.ts';
import { vocabularyOf } from '../../vocabulary.ts';
import { cpuName } from '../../words/words.ts';
import { readingDetails } from './reading-details.ts';
import type { Span, Track } from './track.ts';

/** A simulation has no facts, and no lanes for them. */
export function pcpuTracks(trace: Trace): Track[] {
  const ids = trace.header.vcpus.map(({ id }) => id);
  const lane = (name: string, spans: Span[]): Track => ({ kind: 'lane', name, spans, instants: [] });
  const stays = trace.header.machine === 'hardware' ? staysOf(trace) : [];
  return slicesOf(trace).flatMap((slices, pcpu) => {
    const intent = lane(
      `${cpuName(trace, pcpu)} intent`,
      slices.map((slice) => intentSpan(trace, slice)),
    );
    if (stays.length === 0) return [intent];
    const fact = lane(
      `${cpuName(trace, pcpu)} fact`,
      stays[pcpu].map((stay) => factSpan(stay, ids)),
    );
    return [intent, fact];
  });
}

const TRACE_ENDED = 'the trace ended';
const UNKNOWN = 'unknown';

const HOW_LEFT: Readonly<Record<number, string>> = {
  [Left.paused]: 'paused by the scheduler',
  [Left.blocked]: 'blocked',
  [Left.done]: 'finished',
};

function intentSpan({ header }: Trace, slice: Slice): Span {
  const { reasons, choices } = vocabularyOf(header.policy);
  const { endReason } = slice;
  return {
    name: header.vcpus[slice.vcpu].id,
    fromNs: slice.fromNs,
    toNs: slice.toNs,
    details: {
      began: reasons.get(slice.reason)?.began ?? UNKNOWN,
      chosen: choices.get(slice.choice)?.words ?? UNKNOWN,
      ended: endReason === null ? TRACE_ENDED : (reasons.get(endReason)?.ended ?? UNKNOWN),
      ...readingDetails(header.policy.vcpuReadings, slice.readings),
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
      left: why === null ? TRACE_ENDED : (HOW_LEFT[why] ?? UNKNOWN),
      cpuUs: cpuNs / 1000,
      stolenUs: (toNs - fromNs - cpuNs) / 1000,
      deferralUs: lateNs / 1000,
    },
  };
}
