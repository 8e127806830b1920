/**
 * Why a VM differs from its prediction, from what was measured in that run.
 *
 * Virtual time has late timers and slow hand-overs, as late by chance as they were in the run, and pauses put off as
 * they were. It has no other program that takes a core. What was stolen is measured, and put beside the miss in the
 * miss's own unit, and so is the latest timer, which chance may have left out:
 *
 *     execution time 1.5 % longer than predicted, 4 s     stolen time 50 ms     is 1.25 % of 4 s: large enough
 *                                                         latest timer 2 ms     is 0.05 %: not worth a word
 *
 * Only what works in the miss's direction counts: nobody is done sooner because something was stolen from him. And
 * nothing need be large for a miss of up to a slice: who has the last slice before the end may hang on a microsecond.
 * Likewise for the execution time of a capped VM and a round of its on-off pattern (a slice on, and off until the cap
 * holds: 120 ms at 25 %): it ends before the off part or after it.
 *
 * All that shows what can have been the cause and what cannot. That it was the cause it doesn't show.
 */
import { formatNs } from '../../src/report/format.ts';
import type { Band } from '../../src/analysis/band.ts';
import type { RunResult } from '../../src/result/result.ts';
import type { VcpuResult } from '../../src/result/vm-result.ts';

export interface Miss {
  /** index of the VM */
  readonly vm: number;
  readonly measured: number;
  readonly predicted: Band;
  /** measured − median of the prediction: in percent of `spanNs`, whatever `unit` calls that */
  readonly error: number;
  /** the VM had less CPU time, or was done later, than predicted */
  readonly isLoss: boolean;
  readonly spanNs: number;
  /** what part of the run the figure is of: so much of what was measured in all of it counts. Default 1 */
  readonly part?: number;
  /** what the algorithm hands out at once: a slice, or a round of a cap's on-off pattern */
  readonly quantum: Quantum;
  readonly unit: '%' | 'points';
}

export interface Quantum {
  readonly name: string;
  readonly ns: number;
}

interface Effect {
  readonly name: string;
  readonly ns: number;
}

/** An effect of less than this part of a miss isn't what caused it. */
const WORTH_NAMING = 0.25;

export function explainMiss(run: RunResult, miss: Miss): string {
  const { measured, predicted, spanNs, quantum, unit } = miss;
  const size = Math.abs(miss.error);
  const percent = (ns: number): number => (100 * ns) / spanNs;
  const write = ({ name, ns }: Effect): string =>
    `${name} ${formatNs(ns)} (${percent(ns).toFixed(2)} ${unit})`;
  const effects = effectsOf(run, miss).sort((a, b) => b.ns - a.ns);
  const causes = effects.filter(({ ns }) => percent(ns) >= WORTH_NAMING * size).map(write);
  if (measured >= predicted.min && measured <= predicted.max) causes.unshift('chance, it lies in the band');
  causes.push(...run.warnings.filter((warning) => warning.includes('held up')));
  // Its end is met late, too.
  const last = { name: `${quantum.name} and the latest timer`, ns: quantum.ns + run.loop.tickLatenessNs.max };
  if (percent(last.ns) >= size) causes.push(`no more than ${write(last)}`);
  return causes.length > 0 ? causes.join(', ') : `not explained by ${effects.map(write).join(', ')}`;
}

/** What virtual time lacks: CPU time that the VM or its neighbours lost. */
function effectsOf({ vms, loop }: RunResult, { vm, isLoss, part = 1 }: Miss): Effect[] {
  const stolen = (vcpus: readonly VcpuResult[]): number =>
    part * vcpus.reduce((total, { stolenNs }) => total + stolenNs, 0);
  const own = vms[vm].vcpus;
  const others = vms.flatMap(({ vcpus }, index) => (index === vm ? [] : vcpus));
  const lateTimer = { name: 'latest timer', ns: loop.tickLatenessNs.max };
  const fromOthers = { name: "others' stolen time", ns: stolen(others) };
  return isLoss
    ? [{ name: 'own stolen time', ns: stolen(own) }, fromOthers, lateTimer]
    : [fromOthers, lateTimer];
}
