import type { DoctorFacts } from './facts.ts';

/** notice: worth knowing, timings stay usable; bad: it will spoil timings; unknown: the system doesn't say. */
export type Level = 'good' | 'notice' | 'bad' | 'unknown';

/** What the doctor has to say about one topic. */
export interface Finding {
  readonly key: string;
  readonly title: string;
  /** what is, in a few words */
  readonly state: string;
  readonly level: Level;
  /** what it does to timings; null when it is good or unknown */
  readonly consequence: string | null;
  /** what to do, with the command where there is one; null when there is nothing to do */
  readonly remedy: string | null;
}

/** A check knows one topic. It never throws: what it can't tell from the facts is unknown. */
export type Check = (facts: DoctorFacts) => Finding;

/** The findings of one topic. */
export class Topic {
  readonly key: string;
  readonly title: string;

  constructor(key: string, title: string) {
    this.key = key;
    this.title = title;
  }

  good(state: string): Finding {
    return this.finding('good', state);
  }

  notice(state: string, consequence: string, remedy: string | null = null): Finding {
    return this.finding('notice', state, consequence, remedy);
  }

  bad(state: string, consequence: string, remedy: string | null = null): Finding {
    return this.finding('bad', state, consequence, remedy);
  }

  /** @param state what could not be found out, and why */
  unknown(state: string, remedy: string | null = null): Finding {
    return this.finding('unknown', state, null, remedy);
  }

  private finding(
    level: Level,
    state: string,
    consequence: string | null = null,
    remedy: string | null = null,
  ): Finding {
    return { key: this.key, title: this.title, state, level, consequence, remedy };
  }
}

/** Does something spoil timings? */
export function isBad(findings: readonly Finding[]): boolean {
  return findings.some(({ level }) => level === 'bad');
}
