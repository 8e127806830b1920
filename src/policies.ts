/** Every policy there is, by its type. */
import type { Counters } from './core/counters.ts';
import { creditType } from './core/credit1/type.ts';
import { credit2Type } from './core/credit2/type.ts';
import { completed } from './core/parameters.ts';
import { lotteryType } from './core/lottery/lottery.ts';
import { roundRobinType } from './core/round-robin/round-robin.ts';
import { rtdsType } from './core/rtds/type.ts';
import { sedfType } from './core/sedf/type.ts';
import type { ParameterValues, Policy, PolicyVm } from './core/policy.ts';
import type { Parameter, PolicyType, Reserve } from './core/policy-type.ts';
import type { PolicyTerms } from './core/policy-terms.ts';
import type { Topology } from './core/topology.ts';
import type { TraceSink } from './core/trace-sink.ts';

export const POLICY_TYPES: readonly PolicyType[] = [
  creditType,
  roundRobinType,
  lotteryType,
  sedfType,
  credit2Type,
  rtdsType,
];

/** What a scenario gets that asks for none. */
export const DEFAULT_POLICY_TYPE = creditType.type;

/** Which policy, with which parameters. */
export interface PolicyChoice {
  /** default: DEFAULT_POLICY_TYPE */
  readonly type?: string;
  /** by field; absent: the defaults */
  readonly parameters?: ParameterValues;
}

export interface PolicyInput extends PolicyChoice {
  readonly pcpuCount: number;
  readonly vms: readonly PolicyVm[];
  /** how many VMs and vCPUs may come later; default: none */
  readonly reserve?: Reserve;
  /** default: one socket, no SMT */
  readonly topology?: Topology;
  readonly counters?: Counters;
  /** is told what the policy does; default: nobody is */
  readonly recorder?: TraceSink | null;
}

/** @throws RangeError for one that isn't there */
export function policyTypeOf(type: string = DEFAULT_POLICY_TYPE): PolicyType {
  const found = POLICY_TYPES.find((each) => each.type === type);
  if (found !== undefined) return found;
  const known = POLICY_TYPES.map((each) => each.type);
  throw new RangeError(`there is no scheduler '${type}', only ${known.join(', ')}`);
}

/**
 * A choice as programs may write it, whose compiler may not have looked at it: a name alone, or an object.
 * @throws RangeError for anything else in it, which would otherwise be ignored without a word
 */
export function policyChoiceOf(choice: PolicyChoice | string = {}): PolicyChoice {
  if (typeof choice === 'string') return { type: policyTypeOf(choice).type };
  const unknown = Object.keys(choice).find((key) => key !== 'type' && key !== 'parameters');
  if (unknown === undefined) return choice;
  throw new RangeError(
    `scheduler: '${unknown}' is unknown: expected a name, or { type, parameters: { sliceNs: 5e6 } } for example`,
  );
}

/** What the numbers of a policy mean, as plain data: without what makes or checks one. */
export function termsOf(type: string): PolicyTerms {
  const { vcpuReadings, vmReadings, records, reasons, choices } = policyTypeOf(type);
  return { type, vcpuReadings, vmReadings, records, reasons, choices };
}

/** @throws RangeError for options that the policy refuses */
export function createPolicy({ type, recorder = null, ...options }: PolicyInput): Policy {
  const policy = policyTypeOf(type).create({ ...options, trace: recorder });
  recorder?.attach(policy);
  return policy;
}

/** How long a vCPU runs before others of its kind have their turn, ns; null: this policy has no such time. */
export function sliceNsOf({ type, parameters }: PolicyChoice): number | null {
  const { parameters: declared } = policyTypeOf(type);
  const slice = declared.find(({ isSlice }) => isSlice === true);
  return slice === undefined ? null : completed(declared, parameters)[slice.field];
}

/**
 * The shortest time for which a policy gives a pCPU to somebody who wants more, ns; null: it doesn't say.
 * @param vms parameters of the VMs; default: whatever VMs there may be
 */
export function shortestSliceNsOf(choice: PolicyChoice, vms: readonly ParameterValues[] = []): number | null {
  const { shortestSliceNs } = policyTypeOf(choice.type);
  return shortestSliceNs?.(choice.parameters ?? {}, vms) ?? sliceNsOf(choice);
}

/** Whether a policy's VMs have a parameter with this name. */
export function hasVmParameter(type: string, field: string): boolean {
  return policyTypeOf(type).vmParameters.some((parameter) => parameter.field === field);
}

/** Those of its parameters that scenario files may give. */
export function scenarioParameters({ parameters }: PolicyType): readonly Parameter[] {
  return parameters.filter(({ scope = 'scenario' }) => scope === 'scenario');
}
