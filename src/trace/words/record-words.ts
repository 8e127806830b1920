/** Records in words. */
import { IDLE } from '../../core/policy.ts';
import { Exit } from '../../machine/machine.ts';
import { Column, COLUMNS, Kind, Left, WIDTH } from '../record.ts';
import type { Trace } from '../trace.ts';
import { vocabularyOf, type Field } from '../vocabulary.ts';
import { policyWords } from './by-policy.ts';
import { cpuName, readingsText, readingText, signed, span, vcpuName, vmName } from './words.ts';

/** A decision: what asked for it, and what came of it, without the instant. */
export function decisionWords(trace: Trace, row: number): string {
  return policyWords(trace).decision(trace, row);
}

/** A whole record, without the instant. */
export function recordWords(trace: Trace, row: number): string {
  return policyWords(trace).record(trace, row) ?? commonRecordWords(trace, row);
}

function commonRecordWords(trace: Trace, row: number): string {
  const at = row * WIDTH;
  const { rows, header } = trace;
  const { vcpuReadings, vmReadings } = header.policy;
  const number = (column: number): number => rows[at + column];
  const vcpu = (column: number): string => vcpuName(trace, rows[at + column]);
  const cpu = (column: number): string => cpuName(trace, rows[at + column]);
  const vm = (column: number): string => vmName(trace, rows[at + column]);
  const numbers = (column: number, count: number): number[] => [
    ...rows.subarray(at + column, at + column + count),
  ];
  const had = (column: number): string =>
    vcpuReadings.length === 0 ? '' : ` (${readingsText(vcpuReadings, numbers(column, vcpuReadings.length))})`;
  const c = COLUMNS;
  switch (number(Column.kind) as Kind) {
    case Kind.decide:
      return `${cpu(c.decide.pcpu)}: ${decisionWords(trace, row)}`;
    case Kind.tick:
      return `${cpu(c.tick.pcpu)}: tick, ${vcpu(c.tick.vcpu)}${had(c.tick.readings)}`;
    case Kind.steal:
      return `${cpu(c.steal.to)} steals ${vcpu(c.steal.vcpu)} from ${cpu(c.steal.from)}`;
    case Kind.migrate:
      return `${vcpu(c.migrate.vcpu)} moves from ${cpu(c.migrate.from)} to ${cpu(c.migrate.to)}`;
    case Kind.wake:
      return `${vcpu(c.wake.vcpu)} wakes up${had(c.wake.readings)}`;
    case Kind.set: {
      if (number(c.set.status) !== 0) return `a change of ${vm(c.set.vm)} was refused`;
      const settings = readingsText(vmReadings, numbers(c.set.vmReadings, vmReadings.length));
      return settings === '' ? `${vm(c.set.vm)} was changed` : `${vm(c.set.vm)} has ${settings} from now on`;
    }
    case Kind.tune:
      return number(c.tune.status) === 0
        ? "the scheduler's parameters were changed"
        : 'a change of the scheduler was refused';
    case Kind.start:
      return `${vm(c.start.vm)} starts`;
    case Kind.pause:
      return `${vm(c.pause.vm)} is paused`;
    case Kind.unpause:
      return `${vm(c.unpause.vm)} is unpaused`;
    case Kind.destroy:
      return `${vm(c.destroy.vm)} is destroyed`;
    case Kind.pin:
      return `${vcpu(c.pin.vcpu)} may run on ${number(c.pin.pcpuCount)} of ${header.scenario.pcpus.length} pCPUs`;
    case Kind.exit:
      return `${vcpu(c.exit.vcpu)} ${EXIT_WORDS[number(c.exit.why) as Exit]}`;
    case Kind.enter:
      return `fact: ${vcpu(c.enter.vcpu)} runs on ${cpu(c.enter.pcpu)}`;
    case Kind.leave: {
      const next = number(c.leave.next);
      const late = number(c.leave.lateNs);
      const why =
        number(c.leave.why) === Left.blocked
          ? ' to sleep'
          : number(c.leave.why) === Left.done
            ? ', done'
            : '';
      const whom = next === IDLE ? '' : ` for ${vcpuName(trace, next)}`;
      const delay = late > 0 ? `, ${span(late)} late: not at a safe point` : '';
      return `fact: ${vcpu(c.leave.vcpu)} leaves ${cpu(c.leave.pcpu)}${why}${whom}${delay}`;
    }
    default:
      return ownWords(trace, row);
  }
}

/** A record that only the policy makes: what it is, and its numbers. */
function ownWords(trace: Trace, row: number): string {
  const { rows, header } = trace;
  const shape = vocabularyOf(header.policy).shapes[rows[row * WIDTH + Column.kind]];
  if (shape === undefined) return 'a record of an unknown kind';
  const fields = shape.fields.map((field) => fieldText(trace, row, field));
  const name = shape.own?.title ?? shape.kind;
  return fields.length === 0 ? name : `${name}: ${fields.join(', ')}`;
}

function fieldText(trace: Trace, row: number, { name, column, what, reading }: Field): string {
  const value = trace.rows[row * WIDTH + column];
  switch (what) {
    case 'vCPU':
      return vcpuName(trace, value);
    case 'VM':
      return vmName(trace, value);
    case 'pCPU':
      return name === 'pcpu' ? cpuName(trace, value) : `${name} ${cpuName(trace, value)}`;
    case 'reading':
      return reading === null ? signed(value) : readingText(reading, value);
    case 'word':
    case 'number':
      return `${name} ${signed(value)}`;
  }
}

const EXIT_WORDS: Readonly<Record<Exit, string>> = {
  [Exit.blocked]: 'goes to sleep',
  [Exit.yielded]: 'yields',
  [Exit.done]: 'has done its work',
};
