/**
 * Every policy there is, by its type: the built-in ones, and those that were loaded from files.
 *
 * One from a file is called as its file is (`mine.mjs`): no built-in one has a point in its name, and a path would say
 * where somebody's files lie. Of two files of one name in one process, the one that comes later has as much of its path
 * in front as tells them apart (`b/mine.mjs`).
 */
import { cfsType } from './core/cfs/type.ts';
import type { Counters } from './core/counters.ts';
import { creditType } from './core/credit1/type.ts';
import { credit2Type } from './core/credit2/type.ts';
import { completed } from './core/parameters.ts';
import { eevdfType } from './core/eevdf/type.ts';
import { linuxRtType } from './core/linux-rt/type.ts';
import { lotteryType } from './core/lottery/lottery.ts';
import { roundRobinType } from './core/round-robin/round-robin.ts';
import { guarded } from './core/guarded.ts';
import { rtdsType } from './core/rtds/type.ts';
import { sedfType } from './core/sedf/type.ts';
import type { ParameterValues, Policy, PolicyVm } from './core/policy.ts';
import { PolicyFault } from './core/policy-fault.ts';
import type { Parameter, PolicyOptions, PolicyType, Reserve } from './core/policy-type.ts';
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
  cfsType,
  eevdfType,
  linuxRtType,
];

interface FromFile {
  readonly policy: PolicyType;
  /** file URL of its module */
  readonly url: string;
}

/** Those that were loaded from files, in this order. */
const FROM_FILES: FromFile[] = [];
let generation = 0;

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
  /** of one from a file: where the call under way is told (see guarded()); default: nowhere */
  readonly pulse?: Int32Array;
}

/** The built-in ones, and then those that were loaded from files. */
export function allPolicyTypes(): readonly PolicyType[] {
  return [...POLICY_TYPES, ...FROM_FILES.map(({ policy }) => policy)];
}

/** Null: there is none, or its file wasn't loaded. */
export function knownPolicyType(type: string): PolicyType | null {
  return allPolicyTypes().find((each) => each.type === type) ?? null;
}

/** Of policies that are known from records alone: by type, what the records say of them. */
const RECORDED = new Map<string, PolicyType>();

/** What records say of a policy whose file isn't loaded, so that they can be read. It can't be run. */
export function rememberRecorded(
  terms: PolicyTerms,
  parameters: readonly Parameter[],
  vmParameters: readonly Parameter[],
): void {
  const { type } = terms;
  const missing = `the file of the scheduler ${type} is not loaded`;
  RECORDED.set(type, {
    ...terms,
    description: missing,
    parameters,
    vmParameters,
    counters: [],
    entitlement: missing,
    longestWasteNs: () => Infinity,
    create: () => {
      throw new RangeError(missing);
    },
  });
}

/** @throws RangeError for one that isn't there */
export function policyTypeOf(type: string = DEFAULT_POLICY_TYPE): PolicyType {
  const found = knownPolicyType(type) ?? RECORDED.get(type);
  if (found !== undefined) return found;
  const known = allPolicyTypes().map((each) => each.type);
  throw new RangeError(`there is no scheduler '${type}', only ${known.join(', ')}`);
}

/** How a policy from this file will be called, or is. */
export function typeOfFile(url: string): string {
  const known = policyAt(url);
  if (known !== null) return known.type;
  const parts = decodeURIComponent(new URL(url).pathname).split('/');
  let count = 1;
  let type = parts.slice(-count).join('/');
  while (count < parts.length && knownPolicyType(type) !== null) type = parts.slice(-++count).join('/');
  return type;
}

/** Make a policy from a file known under its type. */
export function registerPolicy(policy: PolicyType, url: string): void {
  if (policyAt(url) !== null) return;
  FROM_FILES.push({ policy, url });
  generation++;
}

/** All that were loaded from files, or known from records: for tests, which share a process. */
export function forgetPolicies(): void {
  FROM_FILES.length = 0;
  RECORDED.clear();
  generation++;
}

/** The policy that was loaded from this file, or null. */
export function policyAt(url: string): PolicyType | null {
  return FROM_FILES.find((each) => each.url === url)?.policy ?? null;
}

/** Whether what can be said of schedulers depends on more than the built-in ones; changes when it does. */
export function policyGeneration(): number {
  return generation;
}

/** File URL of the module that a policy was loaded from; null: it is built in. */
export function moduleOf(type: string): string | null {
  return FROM_FILES.find(({ policy }) => policy.type === type)?.url ?? null;
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

/**
 * @throws RangeError for options that the policy refuses. One from a file throws PolicyFault when it breaks, now or
 *   later
 */
export function createPolicy({ type, recorder = null, pulse, ...given }: PolicyInput): Policy {
  const policyType = policyTypeOf(type);
  const options = { ...given, trace: recorder };
  const isBuiltIn = moduleOf(policyType.type) === null;
  const policy = isBuiltIn ? policyType.create(options) : createGuarded(policyType, options, pulse);
  recorder?.attach(policy);
  return policy;
}

function createGuarded(type: PolicyType, options: PolicyOptions, pulse?: Int32Array): Policy {
  let plain: Policy;
  try {
    plain = type.create(options);
  } catch (cause) {
    if (cause instanceof RangeError) throw cause;
    throw new PolicyFault('threw', `create() threw ${String(cause)}`, { isPlaced: true, cause });
  }
  return guarded(plain, options, pulse === undefined ? {} : { pulse });
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
