/**
 * What a command means for the VMs that there are at an instant: a VM that starts then, events that happen then, or
 * both. Events of scenario files and the commands of a run under way are resolved here, and nowhere else.
 */
import { suggest } from '../base/text.ts';
import { policyTypeOf } from '../policies.ts';
import type { CommandInput, CommandInputOf } from './command.ts';
import { formatDuration } from './duration.ts';
import { MAX_NAME } from './limits.ts';
import {
  checkLimits,
  checkPerVcpu,
  checkTogether,
  named,
  type Place,
  requireTunable,
  takeParameters,
  tunableKeys,
} from './parameters.ts';
import { checkedPin, checkThreadName, resolveProgram, resolveVm } from './resolve-vm.ts';
import type { ScenarioEvent, VmSpec } from './scenario.ts';
import type { Path, Source } from './source.ts';
import { asItIs, firstName, type Life, type Stage } from './stage.ts';
import { mistake } from './validate.ts';

export interface Resolved {
  /** starts at the instant, before the events happen */
  readonly create: VmSpec | null;
  /** in this order, all at the instant */
  readonly events: readonly ScenarioEvent[];
}

/** Where a command was given, and when it is to happen. */
export interface Occasion {
  readonly stage: Stage;
  readonly atNs: number;
  /** its value is the command as it was written */
  readonly source: Source;
  /** VMs that commands will create which are known already, and when: nobody else may be called so */
  readonly expected?: ReadonlyMap<string, number>;
  /** vCPUs at most, in all VMs together */
  readonly mostVcpus: number;
}

/** @throws LabError BAD_SCENARIO or BAD_WORKLOAD with the place of the mistake */
export function resolveCommand(command: CommandInput, occasion: Occasion): Resolved {
  const { atNs } = occasion;
  switch (command.command) {
    case 'create':
      return create(command, occasion);
    case 'destroy':
    case 'pause':
    case 'unpause': {
      const { vm } = livingVm(command.vm, occasion);
      return { create: null, events: [{ atNs, kind: command.command, vm: vm.name }] };
    }
    case 'set':
      return set(command, occasion);
    case 'pin':
      return pin(command, occasion);
    case 'workload':
      return workload(command, occasion);
    case 'tune':
      return tune(command, occasion);
    case 'mark':
      return { create: null, events: [{ atNs, kind: 'mark', text: command.text }] };
    case 'rerun':
    case 'stop':
      return { create: null, events: [] };
  }
}

/** A name whose VMs were all destroyed stands for another life. */
function create({ vm }: CommandInputOf<'create'>, occasion: Occasion): Resolved {
  const { stage, atNs, source } = occasion;
  const { pcpus, scheduler } = stage;
  const path = ['vm', 'name'];
  const policy = policyTypeOf(scheduler.type);
  const spec = resolveVm(vm, { policy, pcpus, durationNs: null }, { path: ['vm'], source });
  const known = stage.find(vm.name);
  if (known !== null && known.destroyedNs === null) {
    throw mistake(source.locate(path), 'two VMs have the same name', {
      expected: 'a name that no VM has',
      got: `'${vm.name}', which ${placeInTime(known, atNs)}`,
      hint: `${stage.nextName(vm.name)} is free`,
    });
  }
  const name = known === null ? vm.name : nextName(vm.name, path, occasion);
  return { create: added({ ...spec, name, startNs: atNs }, path, occasion), events: [] };
}

/** The old life ends, and one with another workload begins where it was. */
function workload(command: CommandInputOf<'workload'>, occasion: Occasion): Resolved {
  const { atNs, source } = occasion;
  const life = livingVm(command.vm, occasion);
  const name = nextName(life.vm.name, ['vm'], occasion);
  const program = resolveProgram(command, { path: [], source });
  const events: ScenarioEvent[] = [{ atNs, kind: 'destroy', vm: life.vm.name }];
  for (const [vcpu, own] of life.vcpuPins) events.push({ atNs, kind: 'pin', vm: name, vcpu, pin: own });
  if (life.isPaused) events.push({ atNs, kind: 'pause', vm: name });
  const spec = { ...asItIs(life), ...program, name, startNs: atNs };
  return { create: added(spec, ['vm'], occasion), events };
}

function set(command: CommandInputOf<'set'>, occasion: Occasion): Resolved {
  const { stage, atNs, source } = occasion;
  const policy = policyTypeOf(stage.scheduler.type);
  const place = { path: [], source };
  const values = takeParameters(command, 'vm', policy, place);
  const { vm, parameters } = livingVm(command.vm, occasion);
  const keys = tunableKeys(policy.vmParameters);
  if (Object.keys(values).length === 0) {
    throw mistake(source.locate([]), 'this has no effect', {
      expected:
        keys.length > 0
          ? keys.join(' and/or ')
          : `nothing: VMs of the scheduler ${policy.type} have no parameters`,
    });
  }
  requireTunable(policy.vmParameters, values, place);
  checkPerVcpu(policy.vmParameters, values, vm.vcpus, place);
  checkTogether(policy, values, parameters, place);
  return { create: null, events: [{ atNs, kind: 'set', vm: vm.name, ...named(values) }] };
}

function pin(command: CommandInputOf<'pin'>, occasion: Occasion): Resolved {
  const { stage, atNs, source } = occasion;
  const { vm } = livingVm(command.vm, occasion);
  const { vcpu = null } = command;
  if (vcpu !== null && vcpu >= vm.vcpus) {
    throw mistake(source.locate(['vcpu']), `VM ${vm.name} has no vCPU ${String(vcpu)}`, {
      expected: vm.vcpus === 1 ? '0' : `0 to ${String(vm.vcpus - 1)}`,
      got: String(vcpu),
    });
  }
  const cpus = command.pin === 'all' ? null : checkedPin(command.pin, stage.pcpus, { path: ['pin'], source });
  return { create: null, events: [{ atNs, kind: 'pin', vm: vm.name, vcpu, pin: cpus }] };
}

function tune({ scheduler }: CommandInputOf<'tune'>, { stage, atNs, source }: Occasion): Resolved {
  const { type, parameters: current } = stage.scheduler;
  const policy = policyTypeOf(type);
  const place: Place = { path: ['scheduler'], source };
  const parameters = takeParameters(scheduler, 'scheduler', policy, place);
  if (Object.keys(parameters).length === 0) {
    throw mistake(source.locate([]), 'this has no effect', {
      expected: `scheduler with ${tunableKeys(policy.parameters).join(' and/or ')}`,
    });
  }
  requireTunable(policy.parameters, parameters, place);
  checkLimits(policy.parameters, { ...current, ...parameters }, place);
  return { create: null, events: [{ atNs, kind: 'tune', parameters }] };
}

/** The VM that is meant: it has started, and wasn't destroyed. */
function livingVm(name: string, occasion: Occasion): Life {
  const { stage, atNs, source, expected } = occasion;
  const at = () => source.locate(['vm']);
  const life = stage.find(name);
  if (life === null) {
    const createdNs = expected?.get(name);
    if (createdNs !== undefined) throw tooEarly(name, createdNs);
    const names = stage.lives.filter(({ destroyedNs }) => destroyedNs === null).map(({ vm }) => vm.name);
    throw mistake(at(), `there is no VM '${name}'`, {
      hint: names.length === 0 ? 'there are no VMs: create one' : suggest(name, names),
    });
  }
  if (life.destroyedNs !== null) {
    throw mistake(at(), `VM ${name} was destroyed at ${formatDuration(life.destroyedNs)}`, {
      expected: 'a VM that is there',
      got: `'${name}' at ${formatDuration(atNs)}`,
      hint: `create a VM ${firstName(name)} for another life of it`,
    });
  }
  if (life.vm.startNs > atNs) throw tooEarly(name, life.vm.startNs);
  return life;

  function tooEarly(of: string, startNs: number) {
    return mistake(at(), `VM ${of} has not started by then`, {
      expected: `a time from its start at ${formatDuration(startNs)} on`,
      got: formatDuration(atNs),
    });
  }
}

function placeInTime({ vm: { startNs } }: Life, atNs: number): string {
  return startNs > atNs ? `starts at ${formatDuration(startNs)}` : 'is there';
}

function nextName(name: string, path: Path, { stage, source }: Occasion): string {
  const next = stage.nextName(name);
  if (next.length <= MAX_NAME) return next;
  throw mistake(source.locate(path), `the name of ${firstName(name)} is too long for another life`, {
    expected: `at most ${String(MAX_NAME)} characters`,
    got: `'${next}' (${String(next.length)})`,
    hint: 'the lives of a VM are called NAME, NAME.2, NAME.3 and so on, and Linux cuts the names of threads',
  });
}

/** What concerns all VMs together. @param path of what asked for it */
function added(vm: VmSpec, path: Path, { stage, mostVcpus, source }: Occasion): VmSpec {
  checkThreadName(vm.name, vm.vcpus, () => source.locate(path));
  const total = stage.vcpuCount + vm.vcpus;
  if (total <= mostVcpus) return vm;
  throw mistake(source.locate(path), 'too many vCPUs', {
    expected: `at most ${String(mostVcpus)} in all VMs together, those that were destroyed included`,
    got: String(total),
  });
}
