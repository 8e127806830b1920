/**
 * What the page's script is given: one of these per trace, as JSON. Types only, because the script that reads it runs
 * in a browser (viewer/) and the code that writes it doesn't.
 */

/** A typed array: its bytes in base64, in the order of little-endian machines, which all of ours are. */
export interface PackedArray {
  readonly type: 'f64' | 'i32' | 'u32' | 'u16' | 'i8' | 'u8';
  readonly base64: string;
}

/** Columns of equal length, one value per entry and column. */
export type Packed<Columns extends string> = Readonly<Record<Columns, PackedArray>>;

/** As Slice in trace/timeline.ts; `endReason` is NO_REASON where the trace ended first. */
export type SliceColumn = 'fromNs' | 'toNs' | 'vcpu' | 'reason' | 'choice' | 'endReason' | 'renewals';
/** As Stay in trace/timeline.ts; `why` is NO_REASON where the trace ended first. */
export type StayColumn = 'fromNs' | 'toNs' | 'vcpu' | 'cpuNs' | 'why' | 'lateNs';
export type SpanColumn = 'fromNs' | 'toNs';

export interface PcpuData {
  /** by the host's number, as the terminal and traces name it: CPU 1 */
  readonly name: string;
  readonly slices: Packed<SliceColumn>;
  /** per reading of the policy: what the vCPU of each slice came with */
  readonly readings: readonly PackedArray[];
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
  /** when its readings changed, and per reading of the policy its values from then on */
  readonly toldNs: PackedArray;
  readonly readings: readonly PackedArray[];
  readonly parked: Packed<SpanColumn>;
}

export interface TimelineData {
  readonly title: string;
  /** which of the page's policies */
  readonly policy: number;
  readonly startNs: number;
  readonly endNs: number;
  readonly pcpus: readonly PcpuData[];
  readonly vcpus: readonly VcpuData[];
  /** moments that concern all vCPUs: lines are drawn there */
  readonly marksNs: PackedArray;
  /** what is missing in it, or null */
  readonly note: string | null;
}

/** As Reading in core/policy-type.ts, as far as pictures need it. */
export interface ReadingData {
  readonly key: string;
  readonly unit: string;
  readonly kind: 'level' | 'class';
  readonly description: string;
  /** of a class: from the one that goes first to the one that goes last */
  readonly classes: readonly { readonly value: number; readonly name: string }[];
}

/** What the numbers of a policy mean. */
export interface PolicyData {
  readonly readings: readonly ReadingData[];
  /** by the value of a reason: why a slice began, and why it ended; null: there is no such reason */
  readonly began: readonly (string | null)[];
  readonly ended: readonly (string | null)[];
  /** by the value of a choice */
  readonly chosen: readonly (string | null)[];
  /** what it means that a vCPU is parked */
  readonly parked: string;
}

export interface ViewData {
  readonly policies: readonly PolicyData[];
  /** why a thread left its core: by Left in trace/record.ts */
  readonly stopped: readonly string[];
  readonly timelines: readonly TimelineData[];
  /** under one another on one time axis, each in a canvas of its own; else one at a time */
  readonly areTogether: boolean;
}
