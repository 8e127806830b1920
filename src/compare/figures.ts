/** What is compared of a run: computed while its records are there, and small enough to be kept of all runs. */
import { type AllocationError, allocationErrors } from '../analysis/allocation-error.ts';
import { CpuTime } from '../analysis/cpu-time.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { spellsOf } from '../trace/spells.ts';
import { endOf } from '../trace/timeline.ts';
import type { Trace } from '../trace/trace.ts';
import { usedSpansOf } from '../trace/used-spans.ts';
import { owedIn } from './owed.ts';
import { type WakeUps, wakeUpsOf } from './wake-ups.ts';

export interface RunFigures {
  /** per VM, for each length of a window that it wanted to run for; null: what it is owed can't be said */
  readonly errors: readonly (readonly AllocationError[] | null)[];
  /** per VM; null: it never woke up */
  readonly wakeUps: readonly (WakeUps | null)[];
  /** the oldest records were not kept, and what is said is of the rest */
  readonly isOfEnd: boolean;
}

/** @param source the scenario as it was written: it says what is owed, whatever scheduler ran */
export function figuresOf(source: Scenario, trace: Trace): RunFigures {
  const spells = spellsOf(trace);
  const endNs = endOf(trace);
  const owed = owedIn(source, spells, endNs);
  const given = usedSpansOf(trace).ofVms(trace.header, endNs);
  return {
    errors: given.map((spans, vm) =>
      owed === null ? null : allocationErrors({ given: new CpuTime(spans), ...owed[vm] }),
    ),
    wakeUps: wakeUpsOf(trace, spells),
    isOfEnd: trace.lost.forgotten > 0,
  };
}
