import type { Finding, FindingLevel } from './diagnosis.ts';
import type { Observations } from './observations.ts';

/** An examination knows one topic. It never throws: what it can't tell from the observations is unknown. */
export type Examination = (observed: Observations) => Finding;

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
    level: FindingLevel,
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
