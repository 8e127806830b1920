import type { RunState, Spell } from '../../spells.ts';
import type { Trace } from '../../trace.ts';
import { cpuName } from '../../words/words.ts';
import type { Details, Span } from './track.ts';

/** As a viewer shows it; null: nothing to show, since the vCPU isn't there, or nobody knows. */
const SHOWN: Readonly<Record<RunState, string | null>> = {
  running: 'running',
  woken: 'runnable',
  preempted: 'runnable',
  requeued: 'runnable',
  parked: 'parked',
  paused: 'paused',
  blocked: 'blocked',
  done: null,
  absent: null,
  unknown: null,
};

/** @param spells of one vCPU */
export function stateSpans(trace: Trace, spells: readonly Spell[]): Span[] {
  const spans: Span[] = [];
  for (const { state, fromNs, toNs, pcpu } of spells) {
    const name = SHOWN[state];
    if (name === null || toNs <= fromNs) continue;
    spans.push({
      name,
      fromNs,
      toNs,
      details: detailsOf(state, name, pcpu < 0 ? null : cpuName(trace, pcpu)),
    });
  }
  return spans;
}

function detailsOf(state: RunState, name: string, cpu: string | null): Details {
  const where = cpu === null ? {} : { cpu };
  if (name === 'runnable') return { since: state, ...where };
  return name === 'running' ? where : {};
}
