/** A scenario under several schedulers: what is to be run, and what came out of it. */
import { median } from '../analysis/stats.ts';
import { fluid } from '../ideal/fluid.ts';
import type { RunResult } from '../result/result.ts';
import { whyNoIdeal } from '../scenario/entitlement.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { RunFigures } from './figures.ts';
import { translated, type Translation } from './translate.ts';
import type { WakeUps } from './wake-ups.ts';

export interface ComparedScheduler extends Translation {
  readonly type: string;
}

/** One scheduler on one machine. */
export interface ComparedRow {
  readonly scheduler: ComparedScheduler;
  readonly machine: 'simulated' | 'hardware';
  readonly runs: readonly RunResult[];
  /** of each run; null: its records were not kept */
  readonly figures: readonly (RunFigures | null)[];
}

export interface Comparison {
  readonly source: Scenario;
  /** in the order in which they were asked for; each simulated before it is measured */
  readonly rows: readonly ComparedRow[];
}

/** What a VM had in the runs of a row: medians of those that came to their end, or of all where none did. */
export interface ComparedVm {
  readonly name: string;
  /** percent of one pCPU; null: there is no run */
  readonly sharePercent: number | null;
  /** by the length of the window, ns: percent of what it was owed */
  readonly errors: ReadonlyMap<number, number>;
  /** the greatest of all runs is the max; null: it never woke up */
  readonly wakeUps: WakeUps | null;
}

/** Of all pCPUs and vCPUs, in a second. */
export interface Movements {
  readonly switches: number;
  readonly migrations: number;
}

/** @throws LabError BAD_SCENARIO for a scheduler that the scenario can't be taken over to */
export function schedulersFor(source: Scenario, types: readonly string[]): ComparedScheduler[] {
  return types.map((type) => ({ type, ...translated(source, type) }));
}

/** What the file asks for, per VM in percent of one pCPU; null: it can't be said. */
export function idealShares(source: Scenario): number[] | null {
  const isStated = source.vms.every(({ work }) => work?.kind !== 'units');
  if (!isStated || whyNoIdeal(source) !== null) return null;
  const { windowNs, vms } = fluid(source);
  return windowNs === 0 ? null : vms.map(({ cpuNs }) => (100 * cpuNs) / windowNs);
}

export function comparedVms({ scheduler, runs, figures }: ComparedRow): ComparedVm[] {
  const kept = keptRuns(runs);
  return scheduler.scenario.vms.map(({ name }, vm) => {
    const ofRuns = kept.flatMap((i) => figures[i] ?? []);
    const wakeUps = ofRuns.flatMap((each) => each.wakeUps[vm] ?? []);
    return {
      name,
      sharePercent: medianOrNull(kept.map((i) => runs[i].vms[vm].sharePercent)),
      errors: medianErrors(ofRuns.flatMap(({ errors }) => errors[vm] ?? [])),
      wakeUps: wakeUps.length === 0 ? null : medianWakeUps(wakeUps),
    };
  });
}

/** Over the row's VMs that have windows of this length, each counting alike; by the length, ns. */
export function meanErrors(row: ComparedRow): Map<number, number> {
  const ofVms = comparedVms(row).flatMap(({ errors }) => [...errors]);
  const lengths = [...new Set(ofVms.map(([windowNs]) => windowNs))].sort((a, b) => a - b);
  return new Map(
    lengths.map((length) => {
      const percents = ofVms.flatMap(([windowNs, percent]) => (windowNs === length ? [percent] : []));
      return [length, percents.reduce((sum, percent) => sum + percent, 0) / percents.length];
    }),
  );
}

/** @returns null: there is no run */
export function movementsOf({ runs }: ComparedRow): Movements | null {
  const kept = keptRuns(runs).filter((i) => runs[i].windowNs > 0);
  if (kept.length === 0) return null;
  const rate = (count: (run: RunResult) => number): number =>
    median(kept.map((i) => (1e9 * count(runs[i])) / runs[i].windowNs));
  return {
    switches: rate(({ pcpus }) => pcpus.reduce((sum, { switches }) => sum + switches, 0)),
    migrations: rate(({ vms }) =>
      vms.reduce((sum, { vcpus }) => sum + vcpus.reduce((own, { migrations }) => own + migrations, 0), 0),
    ),
  };
}

function keptRuns(runs: readonly RunResult[]): number[] {
  const all = [...runs.keys()];
  const complete = all.filter((i) => runs[i].complete);
  return complete.length === 0 ? all : complete;
}

function medianErrors(
  errors: readonly { readonly windowNs: number; readonly percent: number }[],
): Map<number, number> {
  const byLength = new Map<number, number[]>();
  for (const { windowNs, percent } of errors)
    byLength.set(windowNs, [...(byLength.get(windowNs) ?? []), percent]);
  return new Map([...byLength].map(([windowNs, percents]) => [windowNs, median(percents)]));
}

function medianWakeUps(all: readonly WakeUps[]): WakeUps {
  const middle = (key: keyof WakeUps): number => median(all.map((each) => each[key]));
  return {
    count: middle('count'),
    p50: middle('p50'),
    p90: middle('p90'),
    p99: middle('p99'),
    max: Math.max(...all.map(({ max }) => max)),
  };
}

function medianOrNull(values: readonly number[]): number | null {
  return values.length === 0 ? null : median(values);
}
