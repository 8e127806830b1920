import { formatDuration } from './duration.ts';
import { suggest } from '../base/text.ts';
import { policyTypeOf } from '../policies.ts';
import {
  checkLimits,
  checkPerVcpu,
  named,
  requireTunable,
  takeParameters,
  tunableKeys,
} from './parameters.ts';
import type { ScenarioEvent, SchedulerSpec, VmSpec } from './scenario.ts';
import type { EventInput } from './schema.ts';
import type { Path, Source } from './source.ts';
import { mistake } from './validate.ts';

interface Context {
  readonly vms: readonly VmSpec[];
  readonly scheduler: SchedulerSpec;
  readonly durationNs: number | null;
}

function kinds({ scheduler }: Context): string {
  const { parameters, vmParameters } = policyTypeOf(scheduler.type);
  const [ofVm, ofScheduler] = [tunableKeys(vmParameters), tunableKeys(parameters)];
  return [
    'one of: vm with action (pause or unpause)',
    ...(ofVm.length > 0 ? [`vm with ${ofVm.join(' and/or ')}`] : []),
    ...(ofScheduler.length > 0 ? [`scheduler with ${ofScheduler.join(' and/or ')}`] : []),
  ].join('; ');
}

/** Check the changes at run time and put them in the order in which they happen. */
export function resolveEvents(
  inputs: readonly EventInput[],
  context: Context,
  source: Source,
): readonly ScenarioEvent[] {
  const events = inputs.map((input, index) => ({
    event: resolveEvent(input, ['events', index], context, source),
    index,
  }));
  events.sort((a, b) => a.event.atNs - b.event.atNs || a.index - b.index);
  const { parameters: declared } = policyTypeOf(context.scheduler.type);
  let values = context.scheduler.parameters;
  for (const { event, index } of events) {
    if (event.kind !== 'tune') continue;
    values = { ...values, ...event.parameters };
    checkLimits(declared, values, { path: ['events', index, 'scheduler'], source });
  }
  return events.map(({ event }) => event);
}

function resolveEvent(input: EventInput, path: Path, context: Context, source: Source): ScenarioEvent {
  const { durationNs } = context;
  const atNs = input.at;
  if (durationNs !== null && atNs >= durationNs) {
    throw mistake(source.locate([...path, 'at']), 'the event would come after the end of the run', {
      expected: `a time before the duration of ${formatDuration(durationNs)}`,
      got: formatDuration(atNs),
    });
  }
  const { action, scheduler } = input;
  const policy = policyTypeOf(context.scheduler.type);
  const values = takeParameters(input, 'vm', policy, { path, source });
  const changes = Object.keys(values).length > 0;
  if (scheduler !== undefined) {
    if (input.vm !== undefined || changes || action !== undefined) {
      throw mistake(
        source.locate([...path, 'scheduler'], 'key'),
        'an event changes a VM or the scheduler, not both',
        {
          expected: kinds(context),
          hint: 'write two events with the same time',
        },
      );
    }
    const place = { path: [...path, 'scheduler'], source };
    const parameters = takeParameters(scheduler, 'scheduler', policy, place);
    if (Object.keys(parameters).length === 0) throw withoutEffect(path, context, source);
    requireTunable(policy.parameters, parameters, place);
    return { atNs, kind: 'tune', parameters };
  }
  if (!changes && action === undefined) throw withoutEffect(path, context, source);
  const vm = findVm(input.vm, path, context, source);
  if (action !== undefined) {
    if (changes) {
      throw mistake(source.locate([...path, 'action'], 'key'), 'an event does one thing', {
        expected: kinds(context),
        hint: 'write two events with the same time',
      });
    }
    return { atNs, kind: action, vm: vm.name };
  }
  requireTunable(policy.vmParameters, values, { path, source });
  checkPerVcpu(policy.vmParameters, values, vm.vcpus, { path, source });
  return { atNs, kind: 'set', vm: vm.name, ...named(values) };
}

function findVm(name: string | undefined, path: Path, { vms }: Context, source: Source): VmSpec {
  const names = vms.map((vm) => vm.name);
  if (name === undefined) {
    throw mistake(source.locate(path), 'the event names no VM', {
      expected: `vm: one of ${names.join(', ')}`,
    });
  }
  const vm = vms.find((each) => each.name === name);
  if (vm !== undefined) return vm;
  throw mistake(source.locate([...path, 'vm']), `there is no VM '${name}'`, { hint: suggest(name, names) });
}

function withoutEffect(path: Path, context: Context, source: Source) {
  return mistake(source.locate(path), 'the event has no effect', { expected: kinds(context) });
}
