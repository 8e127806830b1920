/** Everything that happens at an instant, sorted by whom it concerns: the scheduler, a VM or a vCPU. */
import { Exit } from '../../../machine/machine.ts';
import { COLUMNS, Column, Kind, WIDTH } from '../../record.ts';
import type { Trace } from '../../trace.ts';
import { cpuName, priorityName } from '../../words/words.ts';
import type { Details, Instant } from './track.ts';

export interface Instants {
  readonly scheduler: readonly Instant[];
  /** index VM */
  readonly vms: readonly (readonly Instant[])[];
  /** index vCPU */
  readonly vcpus: readonly (readonly Instant[])[];
}

export function instantsOf(trace: Trace): Instants {
  const { rows, count, header } = trace;
  const scheduler: Instant[] = [aboutTheTrace(trace)];
  const vms: Instant[][] = header.scenario.vms.map(() => []);
  const vcpus: Instant[][] = header.vcpus.map(() => []);
  let grants: Record<string, string> = {};
  for (let row = 0; row < count * WIDTH; row += WIDTH) {
    const atNs = rows[row + Column.timeNs];
    const whom = rows[row + Column.fields]; // the first field of most kinds: a vCPU, or a VM
    const put = (list: Instant[], name: string, details: Details = {}) => list.push({ name, atNs, details });
    switch (rows[row + Column.kind]) {
      case Kind.grant:
        grants[`VM ${header.scenario.vms[whom].name}`] = grantOf(rows, row);
        break;
      case Kind.acct:
        put(scheduler, 'accounting', {
          totalWeight: rows[row + COLUMNS.acct.totalWeight],
          balance: rows[row + COLUMNS.acct.balance],
          ...grants,
        });
        grants = {};
        break;
      case Kind.tune:
        put(scheduler, whom === 0 ? 'scheduler parameters changed' : 'scheduler parameters refused');
        break;
      case Kind.set:
        put(vms[whom], 'weight and cap', {
          weight: rows[row + COLUMNS.set.weight],
          cap: rows[row + COLUMNS.set.cap],
        });
        break;
      case Kind.start:
        put(vms[whom], 'start');
        break;
      case Kind.pause:
        put(vms[whom], 'pause');
        break;
      case Kind.unpause:
        put(vms[whom], 'unpause');
        break;
      case Kind.park:
        put(vcpus[whom], 'park');
        break;
      case Kind.unpark:
        put(vcpus[whom], 'unpark');
        break;
      case Kind.steal:
        put(vcpus[whom], 'steal', {
          from: cpuName(trace, rows[row + COLUMNS.steal.from]),
          to: cpuName(trace, rows[row + COLUMNS.steal.to]),
        });
        break;
      case Kind.migrate:
        put(vcpus[whom], 'migrate', {
          from: cpuName(trace, rows[row + COLUMNS.migrate.from]),
          to: cpuName(trace, rows[row + COLUMNS.migrate.to]),
        });
        break;
      case Kind.wake:
        put(vcpus[whom], 'wake', { priority: priorityName(rows[row + COLUMNS.wake.priority]) });
        break;
      case Kind.boost:
        put(vcpus[whom], 'boost');
        break;
      case Kind.unboost:
        put(vcpus[whom], 'boost ends');
        break;
      case Kind.activate:
        put(vcpus[whom], 'joins accounting', { activeCount: rows[row + COLUMNS.activate.activeCount] });
        break;
      case Kind.deactivate:
        put(vcpus[whom], 'leaves accounting', { activeCount: rows[row + COLUMNS.deactivate.activeCount] });
        break;
      case Kind.exit:
        put(vcpus[whom], EXIT_NAMES[rows[row + COLUMNS.exit.why] as Exit]);
        break;
    }
  }
  return { scheduler, vms, vcpus };
}

const EXIT_NAMES: Readonly<Record<Exit, string>> = {
  [Exit.blocked]: 'blocks',
  [Exit.yielded]: 'yields',
  [Exit.done]: 'finishes',
};

/** What accounting gave a VM, with the division: ⌈300 × 256 ÷ 768⌉ = 100, at most 300. */
function grantOf(rows: Float64Array, row: number): string {
  const { toShare, weight, fair, peak } = COLUMNS.grant;
  const credits = Math.min(rows[row + fair], rows[row + peak]);
  const division = `by weight ${rows[row + fair]} of ${rows[row + toShare]} (weight ${rows[row + weight]})`;
  return `${credits} credits: ${division}, at most ${rows[row + peak]}`;
}

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
