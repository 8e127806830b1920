import { IDLE } from '../core/policy.ts';
import { Column, COLUMNS, Kind, WIDTH } from './record.ts';
import type { Slice, Stay } from './timeline.ts';
import { slicesOf, staysOf } from './timeline.ts';
import type { Trace } from './trace.ts';
import type { Window } from './window.ts';
import { vocabularyOf } from './vocabulary.ts';
import { clip, has, rowsIn, wholeOf } from './window.ts';

/** What a window of a trace amounts to. */
export interface TraceSummary {
  readonly vms: readonly VmSummary[];
  readonly pcpus: readonly PcpuSummary[];
  /** records in the window */
  readonly records: number;
}

export interface VmSummary {
  /** index in the scenario */
  readonly vm: number;
  /** time on pCPUs as decided, and that per pCPU in the order of `pcpus`, ns */
  readonly intentNs: number;
  readonly perPcpuNs: readonly number[];
  /** what its threads were there, and used of it by their CPU clocks, ns; null without facts */
  readonly factNs: number | null;
  readonly cpuNs: number | null;
  readonly dispatches: number;
  readonly steals: number;
  readonly migrations: number;
  /** records that only the policy makes, by the headings of those that it counts: boosts, parks */
  readonly own: Readonly<Record<string, number>>;
  /** why its vCPUs lost their pCPUs, times by reason */
  readonly lostBy: ReasonCounts;
}

export interface PcpuSummary {
  /** number in the scenario's list, and the host CPU's */
  readonly pcpu: number;
  readonly cpu: number;
  readonly busyNs: number;
  /** null without facts */
  readonly factNs: number | null;
  readonly switches: number;
  readonly decisions: number;
  /** decisions by reason */
  readonly decidedBy: ReasonCounts;
}

/** By the value of the reason; those that didn't occur are left out. */
export type ReasonCounts = ReadonlyMap<number, number>;

export function summarizeTrace(trace: Trace, window: Window = wholeOf(trace)): TraceSummary {
  const { header } = trace;
  const slices = within(slicesOf(trace), window);
  const allStays = staysOf(trace);
  const hasFacts = allStays.some((stays) => stays.length > 0);
  const stays = within(allStays, window);
  const counts = countRecords(trace, window);
  const pcpus = header.scenario.pcpus.flatMap((cpu, pcpu) =>
    has(window.pcpus, pcpu) ? [{ cpu, pcpu }] : [],
  );
  const vms = header.scenario.vms.flatMap((_, vm) => {
    const isIn = header.vcpus.some((vcpu, index) => vcpu.vm === vm && has(window.vcpus, index));
    return isIn ? [vm] : [];
  });
  const vmOf = ({ vcpu }: { readonly vcpu: number }): number => header.vcpus[vcpu].vm;
  return {
    records: counts.records,
    vms: vms.map((vm) => {
      const own = stays.flat().filter((stay) => vmOf(stay) === vm);
      const perPcpuNs = pcpus.map(({ pcpu }) => lengthOf(slices[pcpu].filter((slice) => vmOf(slice) === vm)));
      return {
        vm,
        intentNs: perPcpuNs.reduce((sum, ns) => sum + ns, 0),
        perPcpuNs,
        factNs: hasFacts ? lengthOf(own) : null,
        cpuNs: hasFacts ? own.reduce((sum, { cpuNs }) => sum + cpuNs, 0) : null,
        ...counts.vms[vm],
      };
    }),
    pcpus: pcpus.map(({ cpu, pcpu }) => ({
      pcpu,
      cpu,
      busyNs: lengthOf(slices[pcpu]),
      factNs: hasFacts ? lengthOf(stays[pcpu]) : null,
      ...counts.pcpus[pcpu],
    })),
  };
}

/** Of a stay that is cut its CPU time is cut in proportion: when within it the host took its part isn't known. */
function within<T extends Slice | Stay>(spans: readonly (readonly T[])[], window: Window): T[][] {
  return spans.map((ofPcpu, pcpu) => {
    if (!has(window.pcpus, pcpu)) return [];
    return ofPcpu.flatMap((span) => {
      const part = has(window.vcpus, span.vcpu) ? clip(span, window) : null;
      if (part === null) return [];
      if (part === span || !('cpuNs' in span)) return [part];
      const fraction = (part.toNs - part.fromNs) / (span.toNs - span.fromNs);
      return [{ ...part, cpuNs: span.cpuNs * fraction }];
    });
  });
}

function lengthOf(spans: readonly { readonly fromNs: number; readonly toNs: number }[]): number {
  return spans.reduce((sum, { fromNs, toNs }) => sum + toNs - fromNs, 0);
}

interface VmCounts {
  dispatches: number;
  steals: number;
  migrations: number;
  own: Record<string, number>;
  lostBy: Map<number, number>;
}

interface PcpuCounts {
  switches: number;
  decisions: number;
  decidedBy: Map<number, number>;
}

function countRecords(
  trace: Trace,
  window: Window,
): { records: number; vms: VmCounts[]; pcpus: PcpuCounts[] } {
  const { header, rows } = trace;
  const { shapes } = vocabularyOf(header.policy);
  const headings = header.policy.records.flatMap(({ counted }) => counted ?? []);
  const vms = header.scenario.vms.map((): VmCounts => ({
    dispatches: 0,
    steals: 0,
    migrations: 0,
    own: Object.fromEntries(headings.map((heading) => [heading, 0])),
    lostBy: new Map(),
  }));
  const pcpus = header.scenario.pcpus.map((): PcpuCounts => ({
    switches: 0,
    decisions: 0,
    decidedBy: new Map(),
  }));
  const found = rowsIn(trace, window);
  const vmOf = (vcpu: number): VmCounts => vms[header.vcpus[vcpu].vm];
  for (const row of found) {
    const at = row * WIDTH;
    switch (rows[at + Column.kind]) {
      case Kind.decide: {
        const { pcpu, prev, next, reason } = COLUMNS.decide;
        const counts = pcpus[rows[at + pcpu]];
        const why = rows[at + reason];
        const [from, to] = [rows[at + prev], rows[at + next]];
        counts.decisions++;
        count(counts.decidedBy, why);
        if (from === to) break;
        counts.switches++;
        if (to !== IDLE && has(window.vcpus, to)) vmOf(to).dispatches++;
        if (from !== IDLE && has(window.vcpus, from)) count(vmOf(from).lostBy, why);
        break;
      }
      case Kind.steal:
        vmOf(rows[at + COLUMNS.steal.vcpu]).steals++;
        break;
      case Kind.migrate:
        vmOf(rows[at + COLUMNS.migrate.vcpu]).migrations++;
        break;
      default: {
        const shape = shapes[rows[at + Column.kind]];
        const counted = shape?.own?.counted;
        const about = shape?.about ?? null;
        if (counted === undefined || about === null) break;
        const id = rows[at + about.column];
        (about.what === 'VM' ? vms[id] : vmOf(id)).own[counted]++;
      }
    }
  }
  return { records: found.length, vms, pcpus };
}

function count(counts: Map<number, number>, reason: number): void {
  counts.set(reason, (counts.get(reason) ?? 0) + 1);
}
