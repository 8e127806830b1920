/** What a policy must accept and what it must refuse, asked of it without a scenario. */
import { problemIn } from '../core/parameters.ts';
import type { ParameterValues, Policy } from '../core/policy.ts';
import type { Parameter, PolicyOptions, PolicyType } from '../core/policy-type.ts';
import { isPolicyFault } from '../core/policy-fault.ts';
import { isRefusal, textOf } from './judge.ts';
import type { Rule } from './rules.ts';

/** A request that had the wrong answer. */
export interface WrongAnswer {
  readonly rule: Rule;
  /** as a clause */
  readonly what: string;
}

const ONE_VM = [{ vcpus: [null] }];
const NO_SUCH = { colour: 1 };

/** The first request that has the wrong answer, or null. */
export function wrongAnswer(type: PolicyType): WrongAnswer | null {
  for (const ask of [machines, parameters, vmParameters, unknownParameters, room, laterVm]) {
    try {
      const what = ask(type);
      if (what !== null) return what;
    } catch (error) {
      if (isPolicyFault(error)) return { rule: error.kind, what: error.message };
      return { rule: 'threw', what: `it threw ${textOf(error)}` };
    }
  }
  return null;
}

/** Machines that can't be. */
function machines(type: PolicyType): WrongAnswer | null {
  const impossible: readonly (readonly [what: string, options: PolicyOptions])[] = [
    ['a machine without pCPUs', { pcpuCount: 0, vms: ONE_VM }],
    ['a VM without vCPUs', { pcpuCount: 1, vms: [{ vcpus: [] }] }],
    ['a pin to no pCPU', { pcpuCount: 1, vms: [{ vcpus: [[]] }] }],
    ['a pin to a pCPU that is not there', { pcpuCount: 1, vms: [{ vcpus: [[1]] }] }],
    ['a topology of another machine', { pcpuCount: 2, vms: ONE_VM, topology: { cores: [0], sockets: [0] } }],
  ];
  for (const [what, options] of impossible) {
    const answer = answerOf(() => type.create(options));
    if (answer !== 'refused') return accepted(`create() accepts ${what}`, answer);
  }
  return null;
}

function parameters(type: PolicyType): WrongAnswer | null {
  for (const parameter of type.parameters) {
    for (const value of refusedValues(parameter)) {
      const values = { [parameter.field]: value };
      const created = answerOf(() => made(type, { values }));
      if (created !== 'refused') return accepted(`create() accepts ${said(values)}`, created);
      const answer = answerOf(() => made(type, {}).tune(values, 0));
      const isRight = parameter.isTunable ? isNo(answer) : answer === 'refused';
      if (!isRight) return accepted(`tune() accepts ${said(values)}`, answer);
    }
  }
  return null;
}

function vmParameters(type: PolicyType): WrongAnswer | null {
  for (const parameter of type.vmParameters) {
    for (const value of refusedValues(parameter)) {
      const ofVm = { [parameter.field]: value };
      const created = answerOf(() => made(type, { ofVm }));
      if (created !== 'refused') return accepted(`create() accepts a VM with ${said(ofVm)}`, created);
      const policy = made(type, {});
      const before = vmReadings(policy);
      const answer = answerOf(() => policy.setVm(0, ofVm, 0));
      if (!isNo(answer)) return accepted(`setVm() accepts ${said(ofVm)}`, answer);
      const after = vmReadings(policy);
      if (before.some((reading, place) => !Object.is(reading, after[place])))
        return accepted(`setVm() refuses ${said(ofVm)}, and changes the VM's readings`, answer);
    }
  }
  return null;
}

function unknownParameters(type: PolicyType): WrongAnswer | null {
  const requests: readonly (readonly [what: string, ask: () => unknown])[] = [
    ['create()', () => made(type, { values: NO_SUCH })],
    ['create() with a VM', () => made(type, { ofVm: NO_SUCH })],
    ['tune()', () => made(type, {}).tune(NO_SUCH, 0)],
    ['setVm()', () => made(type, {}).setVm(0, NO_SUCH, 0)],
  ];
  for (const [what, ask] of requests) {
    const answer = answerOf(ask);
    if (answer !== 'refused') return accepted(`${what} accepts a parameter that it does not declare`, answer);
  }
  return null;
}

/** VMs that come later have room as far as it was reserved. */
function room(type: PolicyType): WrongAnswer | null {
  const policy = type.create({ pcpuCount: 1, vms: [], reserve: { vms: 2, vcpus: 2 } });
  const three = answerOf(() => policy.addVm({ vcpus: [null, null, null] }));
  if (three !== 'refused') return accepted('addVm() accepts more vCPUs than were reserved', three);
  const pinned = answerOf(() => policy.addVm({ vcpus: [[1]] }));
  if (pinned !== 'refused') return accepted('addVm() accepts a pin to a pCPU that is not there', pinned);
  const coloured = answerOf(() => policy.addVm({ vcpus: [null], parameters: NO_SUCH }));
  if (coloured !== 'refused')
    return accepted('addVm() accepts a parameter that it does not declare', coloured);
  const answers = [1, 2].map(() => answerOf(() => policy.addVm({ vcpus: [null] })));
  if (answers.some((answer) => answer !== 'accepted')) {
    return { rule: 'refuses', what: 'addVm() refuses a VM for which there is room' };
  }
  const third = answerOf(() => policy.addVm({ vcpus: [null] }));
  if (third !== 'refused') return accepted('addVm() accepts more VMs than were reserved', third);
  if (policy.vcpuCount === 2) return null;
  return { rule: 'untrue', what: `vcpuCount is ${policy.vcpuCount} after two VMs with a vCPU each` };
}

/** Who comes later is known from then on as from the beginning. */
function laterVm(type: PolicyType): WrongAnswer | null {
  const [late, early] = [true, false].map((isLate) => {
    const vms = [{ vcpus: [null] }, { vcpus: [null, [1]] }];
    const policy = type.create({
      pcpuCount: 2,
      vms: isLate ? vms.slice(0, 1) : vms,
      ...(isLate && { reserve: { vms: 1, vcpus: 2 } }),
    });
    policy.attach?.({ cpuNs: () => 5e6 });
    policy.startVm(0, 0);
    policy.wake(0, 0, 0);
    const decisions = [policy.schedule(policy.nextResched(), 0, 0)];
    if (isLate) policy.addVm(vms[1]);
    policy.startVm(1, 5e6);
    for (const vcpu of [1, 2]) {
      policy.wake(vcpu, 5e6, 0);
      for (let round = 0; round < MOST_ROUNDS && policy.nextResched() >= 0; round++) {
        const pcpu = policy.nextResched();
        decisions.push(pcpu, policy.schedule(pcpu, 5e6, 5e6));
      }
    }
    const { current, pcpuOf, vmOf, vcpuCount } = policy;
    return [decisions, [...current], [...pcpuOf].slice(0, vcpuCount), [...vmOf].slice(0, vcpuCount)].join(
      ' ',
    );
  });
  if (late === early) return null;
  return { rule: 'untrue', what: 'a VM of addVm() is treated otherwise than one of create()' };
}

const MOST_ROUNDS = 100;

type Answer = 'accepted' | 'refused' | 'false' | 'threw';

function answerOf(ask: () => unknown): Answer {
  try {
    return ask() === false ? 'false' : 'accepted';
  } catch (error) {
    return isRefusal(error) ? 'refused' : 'threw';
  }
}

/** A policy may answer values that are never allowed as it answers those that don't go together. */
function isNo(answer: Answer): boolean {
  return answer === 'refused' || answer === 'false';
}

function accepted(what: string, answer: Answer): WrongAnswer {
  if (answer === 'threw')
    return {
      rule: 'threw',
      what: `${what.replace('accepts', 'throws something else than a RangeError at')}`,
    };
  return { rule: 'accepts', what };
}

function made(
  type: PolicyType,
  { values = {}, ofVm = {} }: { readonly values?: ParameterValues; readonly ofVm?: ParameterValues },
): Policy {
  return type.create({ parameters: values, pcpuCount: 1, vms: [{ parameters: ofVm, vcpus: [null] }] });
}

const MOST_READINGS = 4;

function vmReadings(policy: Policy): Float64Array {
  const out = new Float64Array(MOST_READINGS);
  policy.readVm(0, out, 0);
  return out;
}

/** Numbers beside what is allowed. */
function refusedValues(parameter: Parameter): number[] {
  const { min, max, step = 1, zero } = parameter;
  const near = [-1, NaN, max + 1, min + 0.5, min - 1, min + step / 2];
  const isNumber = (value: number) => value <= Number.MAX_SAFE_INTEGER || Number.isNaN(value);
  const alone = [{ ...parameter, atMost: '' }];
  const isRefused = (value: number) =>
    !(value === 0 && zero !== undefined) && problemIn(alone, { [parameter.field]: value }) !== null;
  return [...new Set(near.filter((value) => isNumber(value) && isRefused(value)))];
}

function said(values: ParameterValues): string {
  return Object.entries({ ...values })
    .map(([field, value]) => `${field} = ${value}`)
    .join(', ');
}
