import type { ReasonKind } from '../core/policy-terms.ts';
import type { IntentToFact } from './latency.ts';
import { intentToFact } from './latency.ts';
import { runStatesOf } from './run-states.ts';
import type { ReasonCounts } from './summary.ts';
import { summarizeTrace } from './summary.ts';
import type { LostRecords, Trace, TraceHeader } from './trace.ts';
import type { Window } from './window.ts';

export const TRACE_SUMMARY_FORMAT = 'creditlab-trace-summary';
export const TRACE_SUMMARY_VERSION = 1;

type NamedReasons = Readonly<Record<string, number>>;

/** What `creditlab trace --json` writes: names in place of numbers, times in ns. */
export interface TraceSummaryFile {
  readonly format: typeof TRACE_SUMMARY_FORMAT;
  readonly version: typeof TRACE_SUMMARY_VERSION;
  readonly label: string;
  readonly run: number;
  readonly machine: TraceHeader['machine'];
  /** the type of the policy */
  readonly policy: string;
  readonly complete: boolean;
  readonly lost: LostRecords;
  /** the part that was looked at */
  readonly fromNs: number;
  readonly toNs: number;
  readonly records: number;
  readonly vms: readonly unknown[];
  readonly pcpus: readonly unknown[];
  readonly vcpus: readonly unknown[];
  /** null: the trace has no facts */
  readonly latency: IntentToFact | null;
}

export function traceSummaryFile(trace: Trace, window: Window): TraceSummaryFile {
  const { label, run, machine, scenario, vcpus, policy } = trace.header;
  const { vms, pcpus, records } = summarizeTrace(trace, window);
  return {
    format: TRACE_SUMMARY_FORMAT,
    version: TRACE_SUMMARY_VERSION,
    label,
    run,
    machine,
    policy: policy.type,
    complete: trace.complete,
    lost: trace.lost,
    fromNs: window.fromNs,
    toNs: window.toNs,
    records,
    vms: vms.map(({ vm, lostBy, own, ...rest }) => ({
      name: scenario.vms[vm].name,
      ...rest,
      ...own,
      lostBy: namedReasons(policy.reasons, lostBy),
    })),
    pcpus: pcpus.map(({ cpu, busyNs, factNs, switches, decisions, decidedBy }) => ({
      id: cpu,
      busyNs,
      factNs,
      switches,
      decisions,
      decidedBy: namedReasons(policy.reasons, decidedBy),
    })),
    vcpus: runStatesOf(trace, window).map(({ vcpu, states }) => ({ id: vcpus[vcpu].id, states })),
    latency: intentToFact(trace, window),
  };
}

function namedReasons(reasons: readonly ReasonKind[], counts: ReasonCounts): NamedReasons {
  return Object.fromEntries(
    reasons.flatMap(({ key, value }) => {
      const count = counts.get(value);
      return count === undefined ? [] : [[key, count]];
    }),
  );
}
