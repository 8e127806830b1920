/** What a run's figures are worth, in a word, and the checks that say so. */

/** The better ones first. */
export const VERDICTS = ['good', 'usable', 'do not trust'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** What a verdict says of the figures, behind its word and a colon. */
export const VERDICT_MEANING: Readonly<Record<Verdict, string>> = {
  good: 'nothing disturbed the run beyond what is tolerable',
  usable: 'the figures hold, with this in mind',
  'do not trust': 'the figures say more about the host than about the scheduler',
};

export interface Certificate {
  /** the worst of the checks' */
  readonly verdict: Verdict;
  /** in words, for each check that isn't good */
  readonly reasons: readonly string[];
  readonly checks: readonly Check[];
}

export interface Check {
  readonly key: string;
  readonly title: string;
  /** what was measured, in words; null: not known */
  readonly found: string | null;
  readonly verdict: Verdict;
}

/** A check, and what is to be said of it where it isn't good. */
export interface Finding extends Check {
  readonly reason: string;
}

/** @param verdicts one at least */
export function worstOfVerdicts(verdicts: readonly Verdict[]): Verdict {
  return VERDICTS[Math.max(...verdicts.map((verdict) => VERDICTS.indexOf(verdict)))];
}
