/** A trace in memory: what a run or a simulation recorded, sorted by time. */
import { packageVersion } from '../base/package-root.ts';
import type { PolicyTerms } from '../core/policy-terms.ts';
import type { Parameter } from '../core/policy-type.ts';
import { moduleOf, policyTypeOf, termsOf } from '../policies.ts';
import { vcpusOf } from '../scenario/plan.ts';
import type { Scenario, ScenarioEvent, VmSpec } from '../scenario/scenario.ts';
import { Column, WIDTH } from './record.ts';

export const TRACE_FORMAT = 'creditlab-trace';
export const TRACE_VERSION = 2;

export interface TraceHeader {
  readonly format: typeof TRACE_FORMAT;
  readonly version: typeof TRACE_VERSION;
  readonly generator: { readonly name: 'creditlab'; readonly version: string };
  /** Simulated: intent only, since virtual cores do exactly what they are told. */
  readonly machine: 'hardware' | 'simulated';
  /** a lab's row, or the scenario's name */
  readonly label: string;
  /** counted from 1 within its row */
  readonly run: number;
  readonly scenario: Scenario;
  /** what the policy's numbers mean */
  readonly policy: PolicyTerms;
  /** of a policy from a file: what it declares; absent: the policy is built in */
  readonly parameters?: { readonly scheduler: readonly Parameter[]; readonly vm: readonly Parameter[] };
  /** Index vCPU. */
  readonly vcpus: readonly TraceVcpu[];
  /** when the policy was told of what, in that order; absent: nothing was done, or an older version wrote the file */
  readonly changes?: readonly TraceChange[];
}

/** Something that was done to a run under way; ns from its start. A result has the same (`changes`). */
export interface TraceChange {
  /** its place in the scenario's events; null: a VM came */
  readonly event: number | null;
  /** the VM that came: its place in the scenario's VMs */
  readonly vm?: number;
  /** when it was asked for, when the policy was told, and from when on it could have an effect */
  readonly askedNs: number;
  readonly atNs: number;
  readonly actsNs: number;
}

export interface TraceVcpu {
  /** as threads are named: VM/v0 */
  readonly id: string;
  /** index in the scenario's VMs */
  readonly vm: number;
}

/** What is known of a run only when it is under way. */
export type Growth =
  /** It was changed, and its scenario grows by that. */
  | { readonly vm: VmSpec; readonly askedNs: number }
  | { readonly event: ScenarioEvent; readonly askedNs: number; readonly actsNs: number }
  /** An event of its own was carried out: its place. */
  | PlannedGrowth;

interface PlannedGrowth extends Omit<TraceChange, 'event' | 'vm'> {
  readonly planned: number;
}

/** Of files that were written before changes had their times. */
export type UntimedGrowth = { readonly vm: VmSpec } | { readonly event: ScenarioEvent };

/** A header whose scenario grows. What was read before doesn't change. */
export class GrowingHeader {
  private readonly base: TraceHeader;
  private hasGrown = false;
  private readonly vms: VmSpec[];
  private readonly events: ScenarioEvent[];
  private readonly vcpus: TraceVcpu[];
  private readonly changes: TraceChange[];

  constructor(header: TraceHeader) {
    this.base = header;
    this.vms = [...header.scenario.vms];
    this.events = [...header.scenario.events];
    this.vcpus = [...header.vcpus];
    this.changes = [...(header.changes ?? [])];
  }

  grow(growth: Growth | UntimedGrowth): void {
    if ('vm' in growth) this.addVm(growth);
    else if ('event' in growth) this.addEvent(growth);
    else this.carryOut(growth);
    this.hasGrown = true;
  }

  /** As it is now. */
  header(): TraceHeader {
    const { base, vms, events, vcpus, changes } = this;
    if (!this.hasGrown) return base;
    return {
      ...base,
      scenario: { ...base.scenario, vms: [...vms], events: [...events] },
      vcpus: [...vcpus],
      ...(changes.length > 0 && { changes: [...changes] }),
    };
  }

  private addVm(growth: Extract<Growth | UntimedGrowth, { readonly vm: VmSpec }>): void {
    const { vms, vcpus, changes } = this;
    const { vm } = growth;
    const { startNs: atNs } = vm;
    if ('askedNs' in growth)
      changes.push({ event: null, vm: vms.length, askedNs: growth.askedNs, atNs, actsNs: atNs });
    for (let i = 0; i < vm.vcpus; i++) vcpus.push({ id: `${vm.name}/v${i}`, vm: vms.length });
    vms.push(vm);
  }

  private addEvent(growth: Extract<Growth | UntimedGrowth, { readonly event: ScenarioEvent }>): void {
    const { events, changes } = this;
    const { event } = growth;
    if ('askedNs' in growth) {
      const { askedNs, actsNs } = growth;
      changes.push({ event: events.length, askedNs, atNs: event.atNs, actsNs });
    }
    events.push(event);
  }

  private carryOut({ planned, askedNs, atNs, actsNs }: PlannedGrowth): void {
    this.changes.push({ event: planned, askedNs, atNs, actsNs });
  }
}

export interface Trace {
  readonly header: TraceHeader;
  /** `count` rows of WIDTH numbers (record.ts), in order of time; at one instant in the order they were told */
  readonly rows: Float64Array;
  readonly count: number;
  /** when the run ended, ns; NaN: the trace breaks off */
  readonly endNs: number;
  /** False: the run was interrupted or failed. */
  readonly complete: boolean;
  /** Records that are missing: never recorded (a full ring), or forgotten (a bounded memory keeps the newest). */
  readonly lost: LostRecords;
}

export interface LostRecords {
  readonly intents: number;
  readonly facts: number;
  readonly forgotten: number;
}

/** Rows sorted by time; what was told at one instant keeps its order. */
export function sortedByTime(rows: Float64Array, count: number): Float64Array {
  if (isSorted(rows, count)) return rows.subarray(0, count * WIDTH);
  const timeOf = (row: number): number => rows[row * WIDTH + Column.timeNs];
  const order = Uint32Array.from({ length: count }, (_, row) => row);
  order.sort((a, b) => timeOf(a) - timeOf(b) || a - b);
  const sorted = new Float64Array(count * WIDTH);
  order.forEach((row, place) => sorted.set(rows.subarray(row * WIDTH, (row + 1) * WIDTH), place * WIDTH));
  return sorted;
}

function isSorted(rows: Float64Array, count: number): boolean {
  for (let row = 1; row < count; row++) {
    if (rows[row * WIDTH + Column.timeNs] < rows[(row - 1) * WIDTH + Column.timeNs]) return false;
  }
  return true;
}

/** Whoever reads the trace may not have the file. */
function ownParameters(type: string): Pick<TraceHeader, 'parameters'> {
  if (moduleOf(type) === null) return {};
  const { parameters, vmParameters } = policyTypeOf(type);
  return { parameters: { scheduler: parameters, vm: vmParameters } };
}

export function traceHeader(
  scenario: Scenario,
  { label, run, machine }: Pick<TraceHeader, 'label' | 'run' | 'machine'>,
): TraceHeader {
  return {
    format: TRACE_FORMAT,
    version: TRACE_VERSION,
    generator: { name: 'creditlab', version: packageVersion() },
    machine,
    label,
    run,
    scenario,
    policy: termsOf(scenario.scheduler.type),
    ...ownParameters(scenario.scheduler.type),
    vcpus: vcpusOf(scenario).map(({ id, vmIndex }) => ({ id, vm: vmIndex })),
  };
}
