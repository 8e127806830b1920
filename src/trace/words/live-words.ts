/** What is said of a record to somebody who watches the run: of few kinds, and nothing twice in a short time. */
import { Exit } from '../../machine/machine.ts';
import { Column, COLUMNS, Kind, WIDTH } from '../record.ts';
import type { Trace } from '../trace.ts';
import { vocabularyOf } from '../vocabulary.ts';
import { recordWords } from './record-words.ts';
import { vcpuName, vmName } from './words.ts';

/** What was just said isn't news for that long. */
const QUIET_NS = 2e9;
/** A vCPU that is counted that often within a second is told of: boosted so often, it hardly waits for its turn. */
const OFTEN = 20;
const SECOND_NS = 1e9;

interface Counted {
  sinceNs: number;
  count: number;
}

export class LiveWords {
  /** by what was said of whom: when */
  private readonly said = new Map<string, number>();
  private readonly counted = new Map<string, Counted>();

  /** @returns a clause without its full stop: `B is parked: over its cap`; null: nothing worth telling */
  of(trace: Trace, row: number): string | null {
    const { rows, header } = trace;
    const at = row * WIDTH;
    const kind = rows[at + Column.kind];
    const timeNs = rows[at + Column.timeNs];
    if (kind === Kind.exit) return rows[at + COLUMNS.exit.why] === Exit.done ? recordWords(trace, row) : null;
    if (kind === Kind.tune) return rows[at + COLUMNS.tune.status] === 0 ? null : recordWords(trace, row);
    if (kind === Kind.set) return rows[at + COLUMNS.set.status] === 0 ? null : recordWords(trace, row);
    const shape = vocabularyOf(header.policy).shapes[kind];
    const own = shape?.own ?? null;
    const about = shape?.about ?? null;
    if (own === null || about?.what !== 'vCPU') return null;
    const vcpu = rows[at + about.column];
    const key = `${own.kind} ${vcpu}`;
    if (own.effect === 'park') {
      const why = own.description.replace(/^it is /, '');
      return this.isNews(key, timeNs) ? `${shortName(trace, vcpu)} is parked: ${why}` : null;
    }
    if (own.effect !== undefined || own.counted === undefined) return null;
    const often = this.count(key, timeNs);
    return often > 0 && this.isNews(key, timeNs)
      ? `${shortName(trace, vcpu)}: ${often} ${own.counted} within a second`
      : null;
  }

  private isNews(key: string, timeNs: number): boolean {
    const lastNs = this.said.get(key) ?? -Infinity;
    if (timeNs - lastNs < QUIET_NS) return false;
    this.said.set(key, timeNs);
    return true;
  }

  /** @returns how often it has come within a second, once that is often; else 0 */
  private count(key: string, timeNs: number): number {
    let counted = this.counted.get(key);
    if (counted === undefined || timeNs - counted.sinceNs >= SECOND_NS) {
      counted = { sinceNs: timeNs, count: 0 };
      this.counted.set(key, counted);
    }
    counted.count++;
    return counted.count >= OFTEN ? counted.count : 0;
  }
}

/** The VM's name says it where it has one vCPU. */
function shortName(trace: Trace, vcpu: number): string {
  const { vcpus, scenario } = trace.header;
  const vm = vcpus[vcpu]?.vm ?? -1;
  return scenario.vms[vm]?.vcpus === 1 ? vmName(trace, vm) : vcpuName(trace, vcpu);
}
