/** One scenario, held against the rules. */
import { IDLE, type ParameterValues, type Policy } from '../core/policy.ts';
import type { Parameter, PolicyType } from '../core/policy-type.ts';
import { faultIn, guarded } from '../core/guarded.ts';
import { isPolicyFault, PolicyFault, shown } from '../core/policy-fault.ts';
import type { PolicyInput } from '../policies.ts';
import { simulate, type SimOptions, type SimResult } from '../sim/simulate.ts';
import { BlackBox, type Decision, Phase } from './black-box.ts';
import { type Case, optionsOf, vcpuNames, workOf } from './case.ts';
import { ContractWatch } from './contract-watch.ts';
import { observe } from './observe.ts';
import type { Rule } from './rules.ts';

/** A rule that was broken. */
export interface Finding {
  readonly rule: Rule;
  /** what happened, as a clause; a vCPU is called by its number, see named() */
  readonly what: string;
  /** `mine.mjs:12`; null: it isn't a single place */
  readonly where: string | null;
  /** when, in virtual time; of what went on for some time, its end */
  readonly atNs: number;
  /** the last ones before that */
  readonly decisions: readonly Decision[];
}

export interface Watched {
  readonly watch: ContractWatch;
  readonly result: SimResult;
}

/** Run a policy that nobody trusts. @throws PolicyFault, Refusal, and RangeError for impossible options */
export function watched(type: PolicyType, options: SimOptions, box = new BlackBox()): Watched {
  const watch = new ContractWatch(options.vms.flatMap(({ vcpus }) => vcpus.map(({ pin }) => pin ?? null)));
  let policy: Policy | null = null;
  const create = (input: PolicyInput): Policy => {
    policy = createdBy(type, input, box);
    watch.attach(policy);
    return policy;
  };
  try {
    const result = simulate({ ...options, create, recorder: watch, paranoid: true });
    watch.finish(result.endNs);
    return { watch, result };
  } catch (error) {
    const fault = policy === null ? error : faultIn(policy, error);
    // The guard lets refusals pass: values that the policy declares are none to be refused.
    throw isRefusal(fault) ? new Refusal(fault.message) : fault;
  }
}

function createdBy(type: PolicyType, { recorder = null, ...input }: PolicyInput, box: BlackBox): Policy {
  const options = { ...input, trace: recorder };
  box.enter(Phase.create);
  let plain: Policy;
  try {
    plain = type.create(options);
  } catch (error) {
    if (isRefusal(error)) throw new Refusal(`create(): ${error.message}`);
    throw new PolicyFault('threw', `create() threw ${textOf(error)}`, { cause: error });
  } finally {
    box.enter(Phase.nothing);
  }
  const policy = guarded(plain, options, { pulse: box.pulse });
  observe(policy, box);
  return policy;
}

/** A policy refused what it declares. */
class Refusal extends Error {}

/** Whether an error says that values were refused. One that V8 throws at a recursion without end doesn't. */
export function isRefusal(error: unknown): error is RangeError {
  return error instanceof RangeError && !error.message.includes('call stack');
}

export function textOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : shown(error);
}

/** The first rule that a policy breaks in a scenario, or null. */
export function judge(type: PolicyType, scenario: Case, box = new BlackBox()): Finding | null {
  try {
    const { watch, result } = watched(type, optionsOf(scenario), box);
    const waste = wasteIn(type, scenario, watch);
    if (waste !== null) {
      const isForgotten = watch.wasteEndNs === result.endNs;
      return seen(isForgotten ? 'forgotten' : 'idle', waste, watch.wasteEndNs, watch);
    }
    const starved = starvedIn(type, scenario, result);
    return starved === null ? null : seen('starved', starved, result.endNs, watch);
  } catch (error) {
    if (error instanceof Refusal) return { rule: 'refuses', what: error.message, where: null, ...last(box) };
    if (!isPolicyFault(error)) throw error;
    return { rule: error.kind, what: clauseOf(error), where: placeOf(error.cause), ...last(box) };
  }
}

/** When it ended, and what was decided until then. */
function last(box: BlackBox): Pick<Finding, 'atNs' | 'decisions'> {
  return { atNs: box.nowNs(), decisions: box.decisions() };
}

/** What was found when the run was over. */
function seen(rule: Rule, what: string, atNs: number, { decisions }: ContractWatch): Finding {
  const until = decisions.flatMap(([decidedNs, pcpu, , vcpu]) =>
    decidedNs <= atNs ? [{ atNs: decidedNs, pcpu, vcpu }] : [],
  );
  return { rule, what, where: null, atNs, decisions: until };
}

/** Without the instant, and without the calls before it, which are for those who look into the lab. */
function clauseOf({ message }: PolicyFault): string {
  return message
    .replace("the scheduler's state is broken: ", '')
    .replace(/\n.*/s, '')
    .replace(/, at [\d.]+ ms$/, '');
}

/** Where in its module an error comes from, as far as the stack says; null: it doesn't. */
function placeOf(error: unknown): string | null {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  return /([^/\s()]+\.[cm]?js:\d+):\d+\)?$/m.exec(stack)?.[1] ?? null;
}

/** Whether a policy decides the same once more; what differs first, or null. */
export function judgeRepeated(type: PolicyType, scenario: Case, box = new BlackBox()): Finding | null {
  const watches = [1, 2].map(() => watched(type, optionsOf(scenario), box).watch);
  const [once, again] = watches.map(({ decisions }) => decisions);
  const place = once.findIndex((decision, i) => decision.join() !== again.at(i)?.join());
  if (place < 0 && once.length === again.length) return null;
  const at = place < 0 ? once.length : place;
  const [atNs, what] = differenceAt(once[at], again[at]);
  return seen('unsteady', what, atNs, watches[1]);
}

function differenceAt(once: readonly number[] | undefined, again: readonly number[] | undefined) {
  const said = (decision: readonly number[] | undefined): string =>
    decision === undefined ? 'nothing' : `${whoOf(decision[3])} on pCPU ${decision[1]}`;
  const atNs = Math.min(once?.[0] ?? Infinity, again?.[0] ?? Infinity);
  return [atNs, `it runs ${said(once)}, and with the same input once more ${said(again)}`] as const;
}

function whoOf(vcpu: number): string {
  return vcpu === IDLE ? 'nobody' : `vCPU ${vcpu}`;
}

/** A text with the names of the vCPUs in place of their numbers. */
export function named(text: string, scenario: Case): string {
  const names = vcpuNames(scenario);
  const nameOf = (whole: string, number: string) => names[Number(number)] ?? whole;
  return text
    .replace(/vCPU (\d+)/g, nameOf)
    .replace(
      /(?<=returned )(\d+)(?=, a vCPU)/,
      (whole, number: string) => `${whole} (${nameOf(whole, number)})`,
    );
}

/** How somebody waited beside an idle pCPU for longer than the policy says; null: nobody did, or it can't be said. */
function wasteIn(type: PolicyType, scenario: Case, watch: ContractWatch): string | null {
  if (!isPlain(type, scenario) || scenario.events.length > 0) return null;
  const isPinned = scenario.vms.some(({ pin }) => pin !== null);
  if (isPinned && !isStrict(type)) return null;
  const mostNs = longestWasteNs(type, scenario.parameters, watch.mostOnOne);
  if (watch.longestWasteNs <= mostNs) return null;
  return `${watch.waste}: longer than it says (${mostNs / 1e6} ms)`;
}

/** Whose work isn't done although there was time enough, or who never had a turn; null: nobody. */
function starvedIn(type: PolicyType, scenario: Case, result: SimResult): string | null {
  const { vms, events, durationNs, everybodyRuns } = scenario;
  const vmOf = vms.flatMap(({ vcpus }, vm) => Array.from({ length: vcpus }, () => vm));
  if (everybodyRuns) {
    const never = result.vcpus.findIndex(({ cpuNs }) => cpuNs === 0);
    if (never >= 0)
      return `vCPU ${never} can run from the beginning, and had no turn in ${durationNs / 1e9} s`;
  }
  const isFinite = vms.every(({ load }) => workOf(load) !== null);
  if (!isFinite || durationNs < PATIENCE_NS || !isPlain(type, scenario) || !goesOn(events)) return null;
  const undone = result.vcpus.findIndex(({ doneNs }) => doneNs < 0);
  if (undone < 0) return null;
  const usedMs = result.vcpus[undone].cpuNs / 1e6;
  const workMs = (workOf(vms[vmOf[undone]].load) ?? 0) / 1e6;
  return `vCPU ${undone} has done ${usedMs} of ${workMs} ms of its work after ${durationNs / 1e9} s`;
}

/** Time enough for all finite work that the check makes up. */
export const PATIENCE_NS = 100e9;

/** Nothing happens but pauses that end. */
function goesOn(events: Case['events']): boolean {
  const paused = new Set<number>();
  for (const event of [...events].sort((a, b) => a.atNs - b.atNs)) {
    if (event.kind === 'pause') paused.add(event.vm);
    else if (event.kind === 'unpause') paused.delete(event.vm);
    else return false;
  }
  return paused.size === 0;
}

/** Whether a policy never lets anybody wait beside an idle pCPU, pins or not. */
export function isStrict(type: PolicyType): boolean {
  return longestWasteNs(type, {}, 1) === 0;
}

function longestWasteNs(type: PolicyType, parameters: ParameterValues, waiting: number): number {
  const ns: unknown = type.longestWasteNs(parameters, waiting);
  if (typeof ns === 'number' && ns >= 0) return ns;
  throw new PolicyFault('nonsense', `longestWasteNs() returned ${shown(ns)}, expected a time in ns`);
}

/** Nothing keeps a VM from its time: no limit was given, and of the scheduler at most another slice. */
function isPlain(type: PolicyType, { parameters, vms }: Case): boolean {
  const isOther = ({ field, isSlice = false }: Parameter) => !isSlice && parameters[field] !== undefined;
  if (type.parameters.some(isOther)) return false;
  const limits = type.vmParameters.filter(isLimiting);
  return vms.every((vm) => limits.every(({ field }) => vm.parameters[field] === undefined));
}

/** It may keep a VM from time that nobody else wants. */
export function isLimiting({ maxPerVcpu, isLimit = false }: Parameter): boolean {
  return maxPerVcpu !== undefined || isLimit;
}
