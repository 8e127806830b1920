import { checkCap } from './checks.ts';
import { formatDuration } from './duration.ts';
import { suggest } from '../base/text.ts';
import { checkRatelimit } from './resolve-scheduler.ts';
import type { ScenarioEvent, SchedulerSpec, VmSpec } from './scenario.ts';
import type { EventInput } from './schema.ts';
import type { Path, Source } from './source.ts';
import { mistake } from './validate.ts';

interface Context {
  readonly vms: readonly VmSpec[];
  readonly scheduler: SchedulerSpec;
  readonly durationNs: number | null;
}

const KINDS =
  'one of: vm with weight and/or cap; vm with action (pause or unpause); scheduler with tslice and/or ratelimit';

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
  let tuning: { tsliceNs: number; ratelimitNs: number } = context.scheduler;
  for (const { event, index } of events) {
    if (event.kind !== 'tune') continue;
    tuning = {
      tsliceNs: event.tsliceNs ?? tuning.tsliceNs,
      ratelimitNs: event.ratelimitNs ?? tuning.ratelimitNs,
    };
    checkRatelimit(tuning, source, ['events', index, 'scheduler']);
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
  const { weight, cap, action, scheduler } = input;
  const changes = weight !== undefined || cap !== undefined;
  if (scheduler !== undefined) {
    if (input.vm !== undefined || changes || action !== undefined) {
      throw mistake(
        source.locate([...path, 'scheduler'], 'key'),
        'an event changes a VM or the scheduler, not both',
        {
          expected: KINDS,
          hint: 'write two events with the same time',
        },
      );
    }
    const { tslice, ratelimit } = scheduler;
    if (tslice === undefined && ratelimit === undefined) throw withoutEffect(path, source);
    return {
      atNs,
      kind: 'tune',
      ...(tslice === undefined ? {} : { tsliceNs: tslice }),
      ...(ratelimit === undefined ? {} : { ratelimitNs: ratelimit }),
    };
  }
  if (!changes && action === undefined) throw withoutEffect(path, source);
  const vm = findVm(input.vm, path, context, source);
  if (action !== undefined) {
    if (changes) {
      throw mistake(source.locate([...path, 'action'], 'key'), 'an event does one thing', {
        expected: KINDS,
        hint: 'write two events with the same time',
      });
    }
    return { atNs, kind: action, vm: vm.name };
  }
  if (cap !== undefined) checkCap(cap, vm.vcpus, () => source.locate([...path, 'cap']));
  return {
    atNs,
    kind: 'set',
    vm: vm.name,
    ...(weight === undefined ? {} : { weight }),
    ...(cap === undefined ? {} : { cap }),
  };
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

function withoutEffect(path: Path, source: Source) {
  return mistake(source.locate(path), 'the event has no effect', { expected: KINDS });
}
