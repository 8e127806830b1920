/**
 * What the numbers mean that a policy tells and records: plain data, so that a trace can hold it, and words and
 * pictures can be made from it without knowing the policy.
 */

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

/** Most fields of a record that only one policy makes: as many as TraceSink.own() can tell. */
export const MOST_OWN_FIELDS = 6;

/** A record that only this policy makes. */
export interface RecordKind {
  readonly kind: string;
  /**
   * The names of its numbers, at most MOST_OWN_FIELDS. `vcpu`, `prev`, `next` are vCPUs, `pcpu`, `from`, `to` pCPUs,
   * and `vm` is a VM. A reading's key is that reading of the record's vCPU or VM, from then on. Others are plain
   * numbers.
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
