import { formatMetric } from './format.ts';
import { DEFAULT_POLICY_TYPE, hasVmParameter, policyTypeOf } from '../policies.ts';
import { medianRun } from '../result/median-run.ts';
import { metrics, type Metric } from '../result/metrics.ts';
import type { RunResult } from '../result/result.ts';
import type { JudgedPrediction, VmResult } from '../result/vm-result.ts';
import { entitlementOf } from '../scenario/entitlement.ts';
import type { Scenario, VmSpec } from '../scenario/scenario.ts';

/** A row of a lab with what was measured. */
export interface MeasuredRow {
  readonly label: string;
  readonly scenario: Scenario;
  /** null: it did not run; of several runs, the medians */
  readonly run: RunResult | null;
  /** all runs, where it was to run several times */
  readonly repeats?: readonly RunResult[];
}

export function measuredRow(label: string, scenario: Scenario, repeats: readonly RunResult[]): MeasuredRow {
  return { label, scenario, run: medianRun(repeats), repeats };
}

/** One VM of one row, with the figures that compare it with others. */
export interface RowVm {
  readonly row: MeasuredRow;
  readonly spec: VmSpec;
  readonly result: VmResult | null;
  /** measured over ideal execution time */
  readonly ratio: number | null;
  /** execution time over that of the same work alone and without a cap */
  readonly slowdown: number | null;
}

/** All VMs of all rows, in order. */
export function rowVms(rows: readonly MeasuredRow[]): readonly RowVm[] {
  return rows.flatMap((row) =>
    row.scenario.vms.map((spec, index): RowVm => {
      const result = row.run?.vms[index] ?? null;
      const wallNs = result?.wallNs ?? null;
      return {
        row,
        spec,
        result,
        ratio: quotient(wallNs, result?.idealWallNs ?? null),
        slowdown: quotient(wallNs, baseline(rows, spec)?.wallNs ?? null),
      };
    }),
  );
}

/** The measurement of the same work alone and without a cap, if a row has it. */
export function baseline(rows: readonly MeasuredRow[], spec: VmSpec): VmResult | null {
  const row = rows.find(({ scenario }) => {
    const { vms, events } = scenario;
    if (vms.length > 1 || events.length > 0 || !sameWork(vms[0], spec)) return false;
    return entitlementOf(scenario, vms[0])?.capPercent === null;
  });
  return row?.run?.vms[0] ?? null;
}

function sameWork(a: VmSpec, b: VmSpec): boolean {
  return (
    a.workload.url === b.workload.url &&
    a.workload.size === b.workload.size &&
    a.vcpus === b.vcpus &&
    JSON.stringify(a.work) === JSON.stringify(b.work)
  );
}

/** Whether all VMs competed for a part of the run only: then its shares are not those of the whole window. */
export function isContendedApart({ contendedNs = 0, windowNs }: RunResult): boolean {
  return contendedNs > 0 && contendedNs !== windowNs;
}

export function quotient(a: number | null, b: number | null): number | null {
  return a === null || b === null || b === 0 ? null : a / b;
}

/** Whether a lab is about shares: all its rows have a duration, and none of them ended with the work of a VM. */
export function isAboutShares(rows: readonly MeasuredRow[]): boolean {
  return rows.every(
    ({ scenario, run }) =>
      scenario.durationNs !== null && (run?.vms.every(({ wallNs }) => wallNs === null) ?? true),
  );
}

/** Of several verifications: wrong if one is wrong, not known if one is not known. */
export function allOk(marks: readonly (boolean | null)[]): boolean | null {
  if (marks.includes(false)) return false;
  return marks.length === 0 || marks.includes(null) ? null : true;
}

/** The schedulers of these scenarios, each once. */
export function schedulersOf(scenarios: readonly Scenario[]): string[] {
  return [...new Set(scenarios.map(({ scheduler }) => scheduler.type))];
}

/**
 * A title with what stands behind it: ` (simulated, round-robin)`. The default scheduler on real cores goes without
 * saying, where it is the only one.
 */
export function titled(title: string, isSimulated: boolean, schedulers: readonly string[]): string {
  const notes = [
    ...(isSimulated ? ['simulated'] : []),
    ...(schedulers.every((type) => type === DEFAULT_POLICY_TYPE) ? [] : schedulers),
  ];
  return notes.length === 0 ? title : `${title.replace(/\.$/, '')} (${notes.join(', ')})`;
}

/** What a VM's line has in the column of the schedulers; null: all rows have the same, and there is no such column. */
export function schedulerCell(
  scenarios: readonly Scenario[],
): ((scenario: Scenario, vm: VmSpec) => string) | null {
  if (schedulersOf(scenarios).length < 2) return null;
  return ({ scheduler, vms }, vm) => (vm === vms[0] ? scheduler.type : '');
}

/** A VM's setting that the tables show, where its scheduler has such a one. */
export type Setting = 'weight' | 'cap';

/** Those that the VMs of some of these scenarios have: the others have no column. */
export function settingsOf(scenarios: readonly Scenario[]): Setting[] {
  const settings = ['weight', 'cap'] as const;
  return settings.filter((key) => scenarios.some(({ scheduler }) => hasVmParameter(scheduler.type, key)));
}

/**
 * A VM's weight or cap: what it was at the start, and what events made of it within the run: 256 → 1024. A dash where
 * the scheduler has no such thing.
 */
export function settingText(key: Setting, spec: VmSpec, scenario: Scenario, windowNs: number): string {
  const { events } = scenario;
  const later = events.flatMap((event) =>
    event.kind === 'set' && event.vm === spec.name && event.atNs < windowNs ? (event[key] ?? []) : [],
  );
  const values = [spec[key], ...later].map((value) => formatMetric(metrics[key], value));
  // Only a few fit into a column.
  return (values.length > 3 ? [values[0], '…', values[values.length - 1]] : values).join(' → ');
}

/** What only one scheduler counts, as a column of tables. */
export interface OwnCounter {
  readonly metric: Metric;
  /** of all vCPUs; null: not known */
  readonly sum: (vm: VmResult | null) => number | null;
}

/** Those of the schedulers of these scenarios. */
export function ownCountersOf(scenarios: readonly Scenario[]): OwnCounter[] {
  const kinds = scenarios.flatMap(({ scheduler }) => policyTypeOf(scheduler.type).counters);
  return [...new Map(kinds.map((kind) => [kind.key, kind])).values()].map(
    ({ key, title = key, unit = '', description }) => ({
      metric: { title, unit, description, kind: unit === '' ? 'count' : 'run' },
      sum: (vm) => {
        const counts = vm?.vcpus.flatMap(({ counters }) => counters?.[key] ?? []) ?? [];
        return counts.length === 0 ? null : counts.reduce((total, count) => total + count, 0);
      },
    }),
  );
}

/** What the star behind a tick means. */
export const WIDE_BANDS =
  'in band, but the band is made from what went wrong in this run: the scheduler came late, or others took ' +
  'time from the VMs, more than in a good one. It says little';

/** Whether some tick of a run has that star. */
export function hasWideTick({ bandsAreWide = false, vms }: RunResult): boolean {
  const isTicked = (predicted: JudgedPrediction | null | undefined): boolean =>
    predicted?.inBand?.wallNs === true || predicted?.inBand?.sharePercent === true;
  return bandsAreWide && vms.some(({ predicted }) => isTicked(predicted));
}
