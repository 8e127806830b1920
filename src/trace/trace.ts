/** A trace in memory: what a run or a simulation recorded, sorted by time. */
import { packageVersion } from '../base/package-root.ts';
import type { PolicyTerms } from '../core/policy-terms.ts';
import { termsOf } from '../policies.ts';
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
  /** Index vCPU. */
  readonly vcpus: readonly TraceVcpu[];
}

export interface TraceVcpu {
  /** as threads are named: VM/v0 */
  readonly id: string;
  /** index in the scenario's VMs */
  readonly vm: number;
}

/** A run that can be changed while it is under way: its scenario grows by what is done to it. */
export type Growth = { readonly vm: VmSpec } | { readonly event: ScenarioEvent };

/** A header whose scenario grows. What was read before doesn't change. */
export class GrowingHeader {
  private readonly base: TraceHeader;
  private readonly vms: VmSpec[];
  private readonly events: ScenarioEvent[];
  private readonly vcpus: TraceVcpu[];

  constructor(header: TraceHeader) {
    this.base = header;
    this.vms = [...header.scenario.vms];
    this.events = [...header.scenario.events];
    this.vcpus = [...header.vcpus];
  }

  grow(growth: Growth): void {
    if ('event' in growth) {
      this.events.push(growth.event);
      return;
    }
    const { vm } = growth;
    for (let i = 0; i < vm.vcpus; i++) this.vcpus.push({ id: `${vm.name}/v${i}`, vm: this.vms.length });
    this.vms.push(vm);
  }

  /** As it is now. */
  header(): TraceHeader {
    const { base, vms, events, vcpus } = this;
    const hasGrown = vms.length + events.length > base.scenario.vms.length + base.scenario.events.length;
    if (!hasGrown) return base;
    return {
      ...base,
      scenario: { ...base.scenario, vms: [...vms], events: [...events] },
      vcpus: [...vcpus],
    };
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
    vcpus: vcpusOf(scenario).map(({ id, vmIndex }) => ({ id, vm: vmIndex })),
  };
}
