/** What a run's figures are worth, in a word, and the checks that say so. */

import { z } from 'zod';
import type { Inferred } from '../base/schema.ts';
import { field } from '../base/schema.ts';

/** The better ones first. */
export const VERDICTS = ['good', 'usable', 'do not trust'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** What a verdict says of the figures, behind its word and a colon. */
export const VERDICT_MEANING: Readonly<Record<Verdict, string>> = {
  good: 'nothing disturbed the run beyond what is tolerable',
  usable: 'the figures hold, with this in mind',
  'do not trust': 'the figures say more about the host than about the scheduler',
};

const verdictSchema = z.enum(VERDICTS);

export const checkSchema = z.strictObject({
  key: field(z.string(), 'which one'),
  title: field(z.string(), 'the same for people'),
  found: field(z.string().nullable(), 'what was measured, in words', { note: 'null: not known' }),
  verdict: field(verdictSchema, '`good`, `usable` or `do not trust`'),
});

/** @interface */
export type Check = Inferred<typeof checkSchema>;

export const certificateSchema = z.strictObject({
  verdict: field(verdictSchema, "the worst of the checks': `good`, `usable` or `do not trust`", {
    column: 'verdict',
    behind: 'complete',
  }),
  reasons: field(z.array(z.string()), "in words, for each check that isn't good"),
  checks: field(z.array(checkSchema), 'what was looked at'),
});

/** @interface */
export type Certificate = Inferred<typeof certificateSchema>;

/** The keys of the checks that this version makes; results of other versions may have others. */
export type CheckKey =
  | 'complete'
  | 'checksums'
  | 'stolen'
  | 'own-threads'
  | 'switches'
  | 'speed'
  | 'drift'
  | 'lateness'
  | 'coarseness'
  | 'heldUp'
  | 'overruns'
  | 'records'
  | 'cpus'
  | 'pinning'
  | 'quota'
  | 'signals';

/** A check, and what is to be said of it where it isn't good. */
export interface JudgedCheck extends Check {
  readonly key: CheckKey;
  readonly reason: string;
}

/** @param verdicts one at least */
export function worstOfVerdicts(verdicts: readonly Verdict[]): Verdict {
  return VERDICTS[Math.max(...verdicts.map((verdict) => VERDICTS.indexOf(verdict)))];
}
