/** Everything that happens at an instant, sorted by whom it concerns: the scheduler, a VM or a vCPU. */
import { Exit } from '../../../machine/machine.ts';
import { Column, COLUMNS, Kind, WIDTH } from '../../record.ts';
import type { Trace } from '../../trace.ts';
import { vocabularyOf, type RecordShape } from '../../vocabulary.ts';
import { policyWords } from '../../words/by-policy.ts';
import { cpuName, vcpuName, vmName } from '../../words/words.ts';
import { readingDetails } from './reading-details.ts';
import type { Details, Instant } from './track.ts';

export interface InstantsBySubject {
  readonly scheduler: readonly Instant[];
  /** index VM */
  readonly vms: readonly (readonly Instant[])[];
  /** index vCPU */
  readonly vcpus: readonly (readonly Instant[])[];
}

export function instantsOf(trace: Trace): InstantsBySubject {
  const { rows, count, header } = trace;
  const { policy } = header;
  const { shapes } = vocabularyOf(policy);
  const words = policyWords(trace);
  const scheduler: Instant[] = [aboutTheTrace(trace)];
  const vms: Instant[][] = header.scenario.vms.map(() => []);
  const vcpus: Instant[][] = header.vcpus.map(() => []);
  /** what records before the next moment of the scheduler add to it */
  let added: Record<string, string> = {};
  const putOwn = (row: number, shape: RecordShape): void => {
    const title = shape.own?.title;
    if (title === undefined) return;
    const at = row * WIDTH;
    const details = ownDetails(trace, at, shape);
    const instant = (more: Details = {}): Instant => ({
      name: title,
      atNs: rows[at + Column.timeNs],
      details: { ...details, ...more },
    });
    if (shape.about === null) {
      scheduler.push(instant(added));
      added = {};
    } else {
      (shape.about.what === 'VM' ? vms : vcpus)[rows[at + shape.about.column]].push(instant());
    }
  };
  for (let row = 0; row < count; row++) {
    const at = row * WIDTH;
    const atNs = rows[at + Column.timeNs];
    const whom = rows[at + Column.fields]; // the first field of most kinds: a vCPU, or a VM
    const put = (list: Instant[], name: string, details: Details = {}) => list.push({ name, atNs, details });
    const places = (from: number, to: number): Details => ({
      from: cpuName(trace, rows[at + from]),
      to: cpuName(trace, rows[at + to]),
    });
    const kind = rows[at + Column.kind];
    switch (kind) {
      case Kind.decide:
      case Kind.tick:
      case Kind.enter:
      case Kind.leave:
        break;
      case Kind.tune:
        put(scheduler, whom === 0 ? 'scheduler parameters changed' : 'scheduler parameters refused');
        break;
      case Kind.set: {
        const { vmReadings } = policy;
        const first = at + COLUMNS.set.vmReadings;
        const values = [...rows.subarray(first, first + vmReadings.length)];
        const isRefused = rows[at + COLUMNS.set.status] !== 0;
        const keys = vmReadings.map(({ key }) => key).join(' and ');
        const name = isRefused ? 'change refused' : keys === '' ? 'changed' : keys;
        put(vms[whom], name, readingDetails(vmReadings, values));
        break;
      }
      case Kind.start:
        put(vms[whom], 'start');
        break;
      case Kind.pause:
        put(vms[whom], 'pause');
        break;
      case Kind.unpause:
        put(vms[whom], 'unpause');
        break;
      case Kind.steal:
        put(vcpus[whom], 'steal', places(COLUMNS.steal.from, COLUMNS.steal.to));
        break;
      case Kind.migrate:
        put(vcpus[whom], 'migrate', places(COLUMNS.migrate.from, COLUMNS.migrate.to));
        break;
      case Kind.wake: {
        const first = at + COLUMNS.wake.readings;
        const values = [...rows.subarray(first, first + policy.vcpuReadings.length)];
        put(vcpus[whom], 'wake', readingDetails(policy.vcpuReadings, values));
        break;
      }
      case Kind.exit:
        put(vcpus[whom], EXIT_NAMES[rows[at + COLUMNS.exit.why] as Exit]);
        break;
      default: {
        const detail = words.detail(trace, row);
        if (detail !== null) added[detail.name] = detail.text;
        const shape = shapes[kind];
        if (shape !== undefined) putOwn(row, shape);
      }
    }
  }
  return { scheduler, vms, vcpus };
}

/** The fields of a record that only the policy makes; whom it is about is where it stands. */
function ownDetails(trace: Trace, at: number, { fields, about }: RecordShape): Details {
  return Object.assign(
    {},
    ...fields.map((field): Details => {
      if (field === about) return {};
      const value = trace.rows[at + field.column];
      switch (field.what) {
        case 'reading':
          return field.reading === null ? {} : readingDetails([field.reading], [value]);
        case 'vCPU':
          return { [field.name]: vcpuName(trace, value) };
        case 'VM':
          return { [field.name]: vmName(trace, value) };
        case 'pCPU':
          return { [field.name]: cpuName(trace, value) };
        case 'word':
        case 'number':
          return { [field.name]: value };
      }
    }),
  ) as Details;
}

const EXIT_NAMES: Readonly<Record<Exit, string>> = {
  [Exit.blocked]: 'blocks',
  [Exit.yielded]: 'yields',
  [Exit.done]: 'finishes',
};

/** A file says by itself what it is, and whether something is missing. */
function aboutTheTrace({ header, rows, count, complete, lost }: Trace): Instant {
  const { machine, label, run, generator } = header;
  return {
    name: 'trace begins',
    atNs: count === 0 ? 0 : rows[Column.timeNs],
    details: {
      label,
      run,
      machine,
      generator: `${generator.name} ${generator.version}`,
      complete: complete ? 'yes' : 'no',
      lostIntents: lost.intents,
      lostFacts: lost.facts,
      forgottenRecords: lost.forgotten,
    },
  };
}
