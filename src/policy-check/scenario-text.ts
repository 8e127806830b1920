import { formatDuration } from '../scenario/duration.ts';
import { fileValue } from '../scenario/parameters.ts';
import type { ParameterValues } from '../core/policy.ts';
import type { Parameter } from '../core/policy-type.ts';
import type { ScriptedEvent } from '../machine/agenda.ts';
import { type Case, type CaseVm, vmName, workOf } from './case.ts';
import type { Declared } from './verdict.ts';

type Entry = readonly [key: string, value: string | number | boolean];

/**
 * The text of a scenario file that is the same scenario.
 * @param scheduler as the file names it: a path from where it lies, beginning with `./` or `/`
 * @param notes lines in front, without their `#`
 */
export function scenarioText(
  scenario: Case,
  declared: Pick<Declared, 'parameters' | 'vmParameters'>,
  scheduler: string,
  notes: readonly string[] = [],
): string {
  const { pcpuCount, topology, parameters, vms, events, durationNs } = scenario;
  const given = entriesOf(declared.parameters, parameters);
  const where =
    topology === null
      ? `pcpus: [${Array.from({ length: pcpuCount }, (_, pcpu) => pcpu).join(', ')}]`
      : `topology: ${mapping(Object.entries(topology) as [string, number][])}`;
  const type = given.length === 0 ? text(scheduler) : mapping([['type', scheduler], ...given]);
  const lines = [
    ...notes.map((note) => `# ${note}`),
    where,
    `duration: ${formatDuration(durationNs)}`,
    `scheduler: ${type}`,
    'vms:',
    ...vms.map((vm, index) => `  - ${mapping(vmEntries(vm, index, declared.vmParameters))}`),
    ...(events.length === 0 ? [] : ['events:']),
    ...events.map((event) => `  - ${mapping(eventEntries(event, declared))}`),
  ];
  return `${lines.join('\n')}\n`;
}

function vmEntries(vm: CaseVm, index: number, declared: readonly Parameter[]): Entry[] {
  const { vcpus, load, startNs, pin, parameters } = vm;
  return [
    ['name', vmName(index)],
    ...entriesOf(declared, parameters),
    ...(vcpus === 1 ? [] : [['vcpus', vcpus] as const]),
    ...programOf(load),
    ...(startNs === 0 ? [] : [['start', formatDuration(startNs)] as const]),
    ...(pin === null ? [] : [['pin', list(pin)] as const]),
  ];
}

function programOf(load: CaseVm['load']): Entry[] {
  const workNs = workOf(load);
  const work: Entry[] = workNs === null ? [] : [['work', formatDuration(workNs)]];
  switch (load.kind) {
    case 'hog':
    case 'finite':
      return work;
    case 'sleeper':
      return [['workload', 'interactive'], ['size', load.runNs / 1e3], ...work];
    case 'yielder':
      return [['workload', 'polite'], ['size', load.runNs / 1e3], ...work];
    case 'waker': {
      const units: Entry[] = load.bursts === null ? [] : [['work', `${load.bursts} units`]];
      return [['workload', 'idle'], ['size', load.sleepNs / 1e6], ...units];
    }
  }
}

function eventEntries(
  event: ScriptedEvent,
  declared: Pick<Declared, 'parameters' | 'vmParameters'>,
): Entry[] {
  const at: Entry = ['at', formatDuration(event.atNs)];
  switch (event.kind) {
    case 'tune':
      return [at, ['scheduler', mapping(entriesOf(declared.parameters, event.parameters))]];
    case 'set':
      return [at, ['vm', vmName(event.vm)], ...entriesOf(declared.vmParameters, event.parameters)];
    case 'pin': {
      const vcpu: Entry[] = event.vcpu === null ? [] : [['vcpu', event.vcpu]];
      return [
        at,
        ['vm', vmName(event.vm)],
        ...vcpu,
        ['pin', event.pcpus === null ? 'all' : list(event.pcpus)],
      ];
    }
    case 'pause':
    case 'unpause':
    case 'destroy':
      return [at, ['vm', vmName(event.vm)], ['action', event.kind]];
  }
}

function entriesOf(declared: readonly Parameter[], values: ParameterValues): Entry[] {
  return declared.flatMap((parameter): Entry[] => {
    const value = values[parameter.field];
    return value === undefined ? [] : [[parameter.key, fileValue(parameter, value)]];
  });
}

function mapping(entries: readonly Entry[]): string {
  return `{ ${entries.map(([key, value]) => `${key}: ${text(value)}`).join(', ')} }`;
}

function list(items: readonly number[]): string {
  return `[${items.join(', ')}]`;
}

/** A scalar; in quotes if YAML would read something else. */
function text(value: string | number | boolean): string {
  if (typeof value !== 'string' || /^[\w.,/[\]{} :-]+$/.test(value) === false) return JSON.stringify(value);
  return value;
}
