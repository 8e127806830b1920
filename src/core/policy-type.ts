/**
 * What a policy says of itself, so that everything around it can create, configure, record, draw and explain it without
 * knowing its name. One object of this type per policy stands in the registry (src/policies.ts).
 */
import type { CounterKind, Counters } from './counters.ts';
import type { EntitlementRule } from './entitlement.ts';
import type { ParameterValues, Policy, PolicyVm } from './policy.ts';
import type { Topology } from './topology.ts';
import type { PolicyTerms } from './policy-terms.ts';
import type { ShareRule } from './share.ts';
import type { TraceSink } from './trace-sink.ts';

/**
 * A number that a user may give, to the scheduler or to a VM. The scenario schema, options, help, the documents and the
 * errors are all made from this one declaration.
 */
export interface Parameter {
  /** as in scenario files and `--scheduler`: `tslice` */
  readonly key: string;
  /** as in plans and results, with its unit: `tsliceNs` */
  readonly field: string;
  /** a time is kept in ns, percents are of one pCPU, a flag is 0 or 1, a choice is a place in `choices` */
  readonly unit: 'time' | 'percent' | 'number' | 'flag' | 'choice';
  /** the least and the greatest value, both included; all values are whole */
  readonly min: number;
  readonly max: number;
  /** of a choice, which can't change in a run: the names of its values, from 0 on */
  readonly choices?: readonly string[];
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
   * Who may give it: scenario files and `--scheduler`; only `--scheduler` in virtual time; or only programs that use
   * the library. Default: `scenario`.
   */
  readonly scope?: 'scenario' | 'simulation' | 'library';
  /** It may keep a VM from CPU time that nobody else wants, like a cap. */
  readonly isLimit?: boolean;
  /** It is how long a vCPU runs before others of its kind have their turn. */
  readonly isSlice?: boolean;
}

/** Values that don't go together, though each alone is allowed. */
export interface Misfit {
  /** of the parameter that explains most */
  readonly field: string;
  /** what is wrong, as a clause */
  readonly message: string;
  readonly expected: string;
}

/** VMs that may come later. */
export interface Reserve {
  readonly vms: number;
  readonly vcpus: number;
}

export interface PolicyOptions {
  readonly pcpuCount: number;
  readonly vms: readonly PolicyVm[];
  readonly parameters?: ParameterValues;
  /** how many VMs and vCPUs may come later, by addVm(); default: none */
  readonly reserve?: Reserve;
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
   * What doesn't go together of what is given for a VM, as far as that can be said without running it, or null. Absent:
   * all does.
   * @param before the VM's parameters, which are to change; null: it begins
   */
  readonly misfitOf?: (given: ParameterValues, before: ParameterValues | null) => Misfit | null;
  /**
   * What a VM's parameters are when some are given in place of those before, or of the defaults. Absent: the others
   * stay as they were.
   */
  readonly valuesAfter?: (before: ParameterValues, given: ParameterValues) => ParameterValues;
  /** what it counts of each vCPU beyond what all policies count; results list them */
  readonly counters: readonly CounterKind[];
  /** what the ideal goes by */
  readonly entitlement: EntitlementRule;
  /**
   * How a VM is given its part when a scenario that was written for another policy is played under this one. Absent: by
   * the parameters `weight` and `cap`, as far as it has them, which then mean what they mean elsewhere.
   */
  readonly shares?: ShareRule;
  /**
   * How long a vCPU without pins may wait while a pCPU idles, when nothing is capped. 0: the policy is strictly
   * work-conserving, and with pins, too. The contract suite holds every policy to what it says here.
   * @param waiting most vCPUs that were on one pCPU at a time, waiting or running
   */
  longestWasteNs(parameters: ParameterValues, waiting: number): number;
  /**
   * The shortest time for which it gives a pCPU to somebody who wants more, ns: what a machine must be able to measure
   * out. Absent: the parameter that is its slice.
   * @param vms the parameters of each, as far as they are given; none: of whatever VMs
   */
  readonly shortestSliceNs?: (parameters: ParameterValues, vms: readonly ParameterValues[]) => number;
  /** @throws RangeError for options that it refuses */
  create(options: PolicyOptions): Policy;
}
