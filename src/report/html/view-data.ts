/**
 * What the page's script is given: one of these per trace, as JSON. Types only, because the script that reads it runs in
 * a browser (viewer/) and the code that writes it doesn't.
 */

/** A typed array: its bytes in base64, in the order of little-endian machines, which all of ours are. */
export interface PackedArray {
  readonly type: 'f64' | 'i32' | 'u32' | 'u16' | 'i8' | 'u8';
  readonly base64: string;
}

/** Columns of equal length, one value per entry and column. */
export type Packed<Columns extends string> = Readonly<Record<Columns, PackedArray>>;

/** As Slice in trace/timeline.ts; `endReason` is NO_REASON where the trace ended first. */
export type SliceColumn =
  'fromNs' | 'toNs' | 'vcpu' | 'priority' | 'credit' | 'reason' | 'choice' | 'endReason' | 'renewals';
/** As Stay in trace/timeline.ts; `why` is NO_REASON where the trace ended first. */
export type StayColumn = 'fromNs' | 'toNs' | 'vcpu' | 'cpuNs' | 'why' | 'lateNs';
/** Credit and priority from an instant on. */
export type CreditColumn = 'timeNs' | 'credit' | 'priority';
export type SpanColumn = 'fromNs' | 'toNs';

export interface PcpuData {
  /** by the host's number, as the terminal and traces name it: CPU 1 */
  readonly name: string;
  readonly slices: Packed<SliceColumn>;
  /** null: a simulation, which has no facts */
  readonly stays: Packed<StayColumn> | null;
}

export interface VcpuData {
  /** for labels: the VM's name where it has one vCPU, else VM/v0 */
  readonly name: string;
  /** index of its VM */
  readonly vm: number;
  /** number within its VM */
  readonly index: number;
  readonly credits: Packed<CreditColumn>;
  readonly parked: Packed<SpanColumn>;
}

export interface TimelineData {
  readonly title: string;
  readonly startNs: number;
  readonly endNs: number;
  readonly pcpus: readonly PcpuData[];
  readonly vcpus: readonly VcpuData[];
  /** when accounting passes ended */
  readonly acctNs: PackedArray;
  /** what is missing in it, or null */
  readonly note: string | null;
}

/** What the numbers in slices and stays mean, in words; indexes are Reason, Choice, Left (trace/record.ts, core/reason.ts). */
export interface Words {
  readonly came: readonly string[];
  readonly chosen: readonly string[];
  readonly left: readonly string[];
  readonly stopped: readonly string[];
  /** by priority + 2: OVER, UNDER, BOOST */
  readonly priorities: readonly string[];
}

export interface ViewData {
  readonly words: Words;
  readonly timelines: readonly TimelineData[];
}
