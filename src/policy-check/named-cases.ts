/** Scenarios that a policy has to manage, from the simplest on: the first that it fails shows most clearly why. */
import { problemIn } from '../core/parameters.ts';
import type { ParameterValues } from '../core/policy.ts';
import type { Parameter, PolicyType } from '../core/policy-type.ts';
import type { Case, CaseVm, Load } from './case.ts';
import { isStrict, PATIENCE_NS } from './judge.ts';

const HOG: Load = { kind: 'hog' };
const FINITE: Load = { kind: 'finite', workNs: 40e6 };
const SLEEPER: Load = { kind: 'sleeper', runNs: 2e6, bursts: null };
const SHORT_SLEEPER: Load = { kind: 'sleeper', runNs: 2e6, bursts: 10 };
const WAKER: Load = { kind: 'waker', sleepNs: 1e6, bursts: null };
const YIELDER: Load = { kind: 'yielder', runNs: 1e6, bursts: null };

function vm(load: Load, vcpus = 1, more: Partial<CaseVm> = {}): CaseVm {
  return { vcpus, load, startNs: 0, pin: null, parameters: {}, ...more };
}

function of(name: string, vms: readonly CaseVm[], more: Partial<Case> = {}): Case {
  return {
    name,
    pcpuCount: 1,
    topology: null,
    parameters: {},
    vms,
    events: [],
    durationNs: 1e9,
    everybodyRuns: false,
    ...more,
  };
}

export function namedCases(type: PolicyType): Case[] {
  return [
    of('one hog', [vm(HOG)]),
    of('two equal hogs', [vm(HOG), vm(HOG)], { durationNs: 10e9, everybodyRuns: true }),
    of('a hog and two pCPUs', [vm(HOG)], { pcpuCount: 2 }),
    of('three hogs on two pCPUs', [vm(HOG), vm(HOG), vm(HOG)], { pcpuCount: 2 }),
    of('more vCPUs than pCPUs', [vm(HOG, 3), vm(HOG, 2)], { pcpuCount: 2 }),
    of('as many hogs as pCPUs', [vm(HOG, 2), vm(HOG, 2)], { pcpuCount: 4 }),
    of('work that ends', [vm(FINITE, 2), vm(FINITE)], { durationNs: PATIENCE_NS }),
    of('a sleeper alone', [vm(SLEEPER)]),
    of('a sleeper beside a hog', [vm(SLEEPER), vm(HOG)]),
    of('sleepers on two pCPUs', [vm(SLEEPER, 3), vm(SLEEPER, 2)], { pcpuCount: 2 }),
    of('a storm of wake-ups', [vm(WAKER, 4), vm(WAKER, 4), vm(HOG)], { pcpuCount: 2, durationNs: 200e6 }),
    of('yields', [vm(YIELDER), vm(YIELDER), vm(HOG)], { pcpuCount: 2 }),
    of('a yield with nobody else', [vm(YIELDER)]),
    of('a VM that comes later', [vm(HOG), vm(HOG, 2, { startNs: 100e6 })], { pcpuCount: 2 }),
    of('a pause', [vm(HOG), vm(HOG)], {
      events: [
        { atNs: 100e6, kind: 'pause', vm: 0 },
        { atNs: 300e6, kind: 'unpause', vm: 0 },
      ],
    }),
    of('a pause of the only VM', [vm(HOG, 2)], {
      pcpuCount: 2,
      events: [
        { atNs: 100e6, kind: 'pause', vm: 0 },
        { atNs: 300e6, kind: 'unpause', vm: 0 },
      ],
    }),
    of('a wake-up during a pause', [vm(SHORT_SLEEPER), vm(SHORT_SLEEPER)], {
      durationNs: PATIENCE_NS,
      events: [
        { atNs: 5e6, kind: 'pause', vm: 0 },
        { atNs: 50e6, kind: 'unpause', vm: 0 },
      ],
    }),
    of('a VM that is destroyed', [vm(HOG, 2), vm(HOG)], {
      pcpuCount: 2,
      events: [{ atNs: 200e6, kind: 'destroy', vm: 0 }],
    }),
    of('the only VM is destroyed', [vm(SLEEPER)], { events: [{ atNs: 103e6, kind: 'destroy', vm: 0 }] }),
    of('pins', [vm(HOG, 2, { pin: [0] }), vm(HOG, 2, { pin: [1] })], { pcpuCount: 2 }),
    of('pins beside VMs without', [vm(HOG, 2, { pin: [1] }), vm(SLEEPER, 2)], { pcpuCount: 2 }),
    of('a pin that changes', [vm(HOG, 2), vm(HOG, 2)], {
      pcpuCount: 3,
      events: [
        { atNs: 200e6, kind: 'pin', vm: 0, vcpu: 1, pcpus: [2] },
        { atNs: 500e6, kind: 'pin', vm: 0, vcpu: null, pcpus: null },
      ],
    }),
    of('cores with two threads', [vm(HOG, 3), vm(SLEEPER, 2)], {
      pcpuCount: 4,
      topology: { sockets: 1, cores: 2, threads: 2 },
    }),
    ...parameterCases(type),
    ...(isStrict(type)
      ? [of('pinned beside an idle pCPU', [vm(HOG, 1, { pin: [1] })], { pcpuCount: 2 })]
      : []),
  ];
}

/** With each parameter at its bounds, and changed as it runs. */
function parameterCases(type: PolicyType): Case[] {
  const vms = [vm(HOG), vm(HOG, 2)];
  const ofScheduler = inFiles(type).flatMap((parameter) =>
    boundsOf(inFiles(type), parameter).map((parameters) =>
      of(`${parameter.key} at a bound`, vms, { parameters, durationNs: 200e6 }),
    ),
  );
  const ofVm = type.vmParameters.flatMap((parameter) =>
    boundsOf(type.vmParameters, parameter).flatMap((parameters) =>
      (type.misfitOf?.(parameters, null) ?? null) !== null
        ? []
        : [
            of(`${parameter.key} of a VM at a bound`, [vm(HOG, 1, { parameters }), vm(HOG)], {
              durationNs: 200e6,
            }),
          ],
    ),
  );
  const tuned = inFiles(type).flatMap((parameter) =>
    parameter.isTunable
      ? boundsOf(inFiles(type), parameter).map((parameters) =>
          of(`${parameter.key} changes`, vms, {
            durationNs: 300e6,
            events: [{ atNs: 100e6, kind: 'tune', parameters }],
          }),
        )
      : [],
  );
  const set = type.vmParameters.flatMap((parameter) =>
    parameter.isTunable
      ? boundsOf(type.vmParameters, parameter).flatMap((parameters) =>
          (type.misfitOf?.(parameters, defaultsOf(type.vmParameters)) ?? null) !== null
            ? []
            : [
                of(`${parameter.key} of a VM changes`, vms, {
                  durationNs: 300e6,
                  events: [{ atNs: 100e6, kind: 'set', vm: 0, parameters }],
                }),
              ],
        )
      : [],
  );
  return [...ofScheduler, ...ofVm, ...tuned, ...set];
}

/** Parameters of the scheduler that a scenario file may give. */
export function inFiles({ parameters }: PolicyType): readonly Parameter[] {
  return parameters.filter(({ scope = 'scenario' }) => scope === 'scenario');
}

/** Periods shorter than this would make a million decisions. */
const SHORT_NS = 100_000;

/** Values of a parameter that are allowed, of a VM with one vCPU, too, apart from its default. */
export function valuesOf(parameter: Parameter): number[] {
  const { unit, min, default: usual, zero, step = 1, maxPerVcpu = Infinity } = parameter;
  const max = Math.min(parameter.max, maxPerVcpu);
  const least = unit === 'time' && min < SHORT_NS ? Math.min(max, 100 * Math.max(min, 1000)) : min;
  const few = [least, least + 3 * step, max, ...(zero === undefined ? [] : [0])];
  return [...new Set(few)].filter((value) => value <= max && value !== usual);
}

export function defaultsOf(declared: readonly Parameter[]): ParameterValues {
  return Object.fromEntries(declared.map(({ field, default: usual }) => [field, usual]));
}

function boundsOf(declared: readonly Parameter[], parameter: Parameter): ParameterValues[] {
  return valuesOf(parameter)
    .map((value) => ({ [parameter.field]: value }))
    .filter((values) => problemIn(declared, { ...defaultsOf(declared), ...values }) === null);
}
