/**
 * What a policy says of itself, so that everything around it can create, configure, record, draw and explain it without
 * knowing its name. One object of this type per policy stands in the registry (src/policies.ts).
 */
import type { Counters } from './counters.ts';
import type { Policy } from './policy.ts';
import type { Topology } from './topology.ts';
import type { TraceSink } from './trace-sink.ts';

/**
 * A parameter that a user may give, to the scheduler or to a VM. The scenario schema, `--help`, the docs and the errors are
 * all made from this one declaration.
 */
export interface Parameter {
  /** as in YAML and flags: `tslice` */
  readonly key: string;
  /** as in plans and results, with its unit: `tsliceNs` */
  readonly field: string;
  readonly unit: 'time' | 'percent' | 'number';
  /** in ns, percent or as a number; both included */
  readonly min: number;
  readonly max: number;
  /** values are multiples of that; absent: whole numbers */
  readonly step?: number;
  /** 0 is allowed beside min..max, and means this, for example 'no cap' */
  readonly zero?: string;
  readonly default: number;
  readonly description: string;
  /** may change while a run is under way */
  readonly isTunable: boolean;
}

/** A number that a policy keeps for each vCPU or VM, and that traces, pictures and explanations show. */
export interface Reading {
  /** unique within its list: `credit` */
  readonly key: string;
  /** for people, after a number: `credits`, `ms`; '' for none. Times are recorded in ns and shown in ms */
  readonly unit: string;
  readonly description: string;
  /** a level is drawn as a line over time; a class is one of a few named values */
  readonly kind: 'level' | 'class';
  /** of a class: its values, from the one that goes first to the one that goes last */
  readonly classes?: readonly { readonly value: number; readonly name: string }[];
  /** what the idle vCPU has, and what a vCPU has before anything was told of it */
  readonly idle: number;
  readonly initial: number;
}

/** A record that only this policy makes: the names of its numbers, each a vCPU, VM, pCPU, or a plain number. */
export interface RecordKind {
  readonly kind: string;
  readonly fields: readonly string[];
  readonly description: string;
}

/** Why a pCPU decided, or how it chose: the number in a record, its name in files and its words for people. */
export interface Named {
  readonly value: number;
  readonly key: string;
  readonly words: string;
}

export interface PolicyOptions {
  readonly pcpuCount: number;
  readonly vms: readonly PolicyTypeVm[];
  /** by field; absent: the defaults */
  readonly parameters?: Readonly<Record<string, number>>;
  /** default: one socket, no SMT */
  readonly topology?: Topology;
  readonly counters?: Counters;
  readonly trace?: TraceSink | null;
}

export interface PolicyTypeVm {
  /** by field; absent: the defaults */
  readonly parameters?: Readonly<Record<string, number>>;
  /** per vCPU: the pCPUs it may run on (hard affinity), or null for all of them */
  readonly vcpus: readonly (readonly number[] | null)[];
}

export interface PolicyType {
  /** as in YAML: `scheduler: { type: credit }` */
  readonly type: string;
  /** a sentence */
  readonly description: string;
  readonly parameters: readonly Parameter[];
  readonly vmParameters: readonly Parameter[];
  /** at most four, in the order in which readVcpu() writes them */
  readonly vcpuReadings: readonly Reading[];
  readonly vmReadings: readonly Reading[];
  readonly records: readonly RecordKind[];
  readonly reasons: readonly Named[];
  readonly choices: readonly Named[];
  /** @throws RangeError for options that it refuses */
  create(options: PolicyOptions): Policy;
}
