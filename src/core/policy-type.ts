/**
 * What a policy says of itself, so that everything around it can create, configure, record, draw and explain it without
 * knowing its name. One object of this type per policy stands in the registry (src/policies.ts).
 */
import type { Counters } from './counters.ts';
import type { ParameterValues, Policy, PolicyVm } from './policy.ts';
import type { Topology } from './topology.ts';
import type { TraceSink } from './trace-sink.ts';

/**
 * A number that a user may give, to the scheduler or to a VM. The scenario schema, options, help, the documents and the
 * errors are all made from this one declaration.
 */
export interface Parameter {
  /** as in scenario files and options: `tslice` */
  readonly key: string;
  /** as in plans and results, with its unit: `tsliceNs` */
  readonly field: string;
  /** a time is kept in ns, percents are of one pCPU */
  readonly unit: 'time' | 'percent' | 'number';
  /** the least and the greatest value, both included; all values are whole */
  readonly min: number;
  readonly max: number;
  /** values are multiples of this; absent: of 1 */
  readonly step?: number;
  /** 0 is allowed, also below `min`, and means this: `no cap` */
  readonly zero?: string;
  /** the key of a parameter of the same list that it must not exceed */
  readonly atMost?: string;
  /** of a VM: it must not exceed this for each vCPU of the VM */
  readonly maxPerVcpu?: number;
  readonly default: number;
  /** one sentence without its end; the range and the default are added to it */
  readonly description: string;
  /** may change while a run is under way */
  readonly isTunable: boolean;
  /**
   * Who may give it: scenario files and the options of `run` and `sim`; only the options of `sim`; or only programs that
   * use the library. Default: `scenario`.
   */
  readonly scope?: 'scenario' | 'simulation' | 'library';
  /** It is how long a vCPU runs before others of its kind have their turn. */
  readonly isSlice?: boolean;
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

/** A record that only this policy makes. */
export interface RecordKind {
  readonly kind: string;
  /**
   * The names of its numbers, at most 14. `vcpu`, `prev`, `next` are vCPUs, `pcpu`, `from`, `to` pCPUs, and `vm` is a VM.
   * A reading's key is that reading of the record's vCPU or VM, from then on. Others are plain numbers.
   */
  readonly fields: readonly string[];
  /** what has happened, as a clause: `it is over its cap` */
  readonly description: string;
  /** what timelines call the moment; absent: they leave it out */
  readonly title?: string;
  /** from then on the vCPU is parked: it may not run although it could; or it no longer is */
  readonly effect?: 'park' | 'unpark';
  /** the heading under which summaries count it per VM; absent: they don't */
  readonly counted?: string;
  /** the moment concerns everybody: pictures draw a line through all lanes, and this is what such lines are called */
  readonly mark?: string;
}

/** Why a pCPU decided: the number in a record, its name in files, and its words for people. */
export interface ReasonKind {
  readonly value: number;
  readonly key: string;
  /** a heading: `slice over` */
  readonly title: string;
  /** the heading where it is said of the vCPU that had to leave; absent: the title */
  readonly lossTitle?: string;
  /** why the next vCPU came, as a clause */
  readonly began: string;
  /** why the vCPU before had to leave, as a clause about `it` */
  readonly ended: string;
  /** what the vCPU does that had to leave: it can't run, or waits for its next turn */
  readonly after: 'blocked' | 'parked' | 'paused' | 'preempted' | 'requeued';
}

/** How a pCPU chose the next vCPU: the number in a record, its name in files, and a clause about `it`. */
export interface ChoiceKind {
  readonly value: number;
  readonly key: string;
  readonly words: string;
}

/** What the numbers of a policy's records mean. A trace holds it, so that it explains itself. */
export interface PolicyTerms {
  /** as in YAML: `scheduler: { type: credit }` */
  readonly type: string;
  /** at most four, in the order in which readVcpu() writes them */
  readonly vcpuReadings: readonly Reading[];
  /** at most four, in the order in which readVm() writes them */
  readonly vmReadings: readonly Reading[];
  /** a record's place in the list is its number to TraceSink.own() */
  readonly records: readonly RecordKind[];
  readonly reasons: readonly ReasonKind[];
  readonly choices: readonly ChoiceKind[];
}

export interface PolicyOptions {
  readonly pcpuCount: number;
  readonly vms: readonly PolicyVm[];
  readonly parameters?: ParameterValues;
  /** where the pCPUs are, for groupsAt(); default: one socket, no SMT */
  readonly topology?: Topology;
  readonly counters?: Counters;
  readonly trace?: TraceSink | null;
}

export interface PolicyType extends PolicyTerms {
  /** a sentence */
  readonly description: string;
  readonly parameters: readonly Parameter[];
  readonly vmParameters: readonly Parameter[];
  /**
   * How long a vCPU may wait while a pCPU idles on which it may run, when nothing caps it. 0: a policy that is strictly
   * work-conserving. The contract suite holds every policy to what it says here.
   * @param waiting most vCPUs that were on one pCPU at a time, waiting or running
   */
  longestWasteNs(parameters: ParameterValues, waiting: number): number;
  /** @throws RangeError for options that it refuses */
  create(options: PolicyOptions): Policy;
}
