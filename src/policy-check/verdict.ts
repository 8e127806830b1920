/** What the thread of a check tells, and what comes of it in the end. All of it is plain data. */
import type { LabErrorCode, LabErrorDetails } from '../base/errors.ts';
import type { Parameter } from '../core/policy-type.ts';
import type { Case } from './case.ts';
import type { Finding } from './judge.ts';
import type { Shares } from './shares.ts';

/** What a thread is to do. */
export type Job =
  /** all checks; no random scenario begins later than so many ms after the start */
  | {
      readonly kind: 'all';
      readonly seed: number;
      readonly randomCases: number;
      readonly randomUntilMs: number;
    }
  /** these scenarios, to see in which it hangs or dies */
  | { readonly kind: 'cases'; readonly cases: readonly Case[] };

export interface ThreadData {
  readonly path: string;
  /** of the black box */
  readonly memory: SharedArrayBuffer;
  readonly job: Job;
}

/** A finding, and the scenario that shows it; null: no scenario is needed. */
export interface Shown {
  readonly finding: Finding;
  readonly scenario: Case | null;
}

/** How many scenarios were looked at. */
export interface Counts {
  readonly named: number;
  readonly random: number;
  /** how many random ones there would have been, had they not taken so long */
  readonly ofRandom: number;
}

/** What a policy declares, as far as others need it. */
export interface Declared {
  readonly type: string;
  readonly description: string;
  readonly parameters: readonly Parameter[];
  readonly vmParameters: readonly Parameter[];
}

export type ThreadMessage =
  | ({ readonly kind: 'loaded' } & Declared)
  /** the module is none of a policy */
  | {
      readonly kind: 'refused';
      readonly code: LabErrorCode;
      readonly message: string;
      readonly details: LabErrorDetails;
    }
  | { readonly kind: 'doing'; readonly what: string }
  | { readonly kind: 'printed'; readonly text: string }
  | { readonly kind: 'exits'; readonly what: string }
  /** several may come: each is shown more simply than the one before */
  | ({ readonly kind: 'found' } & Shown)
  | { readonly kind: 'done'; readonly counts: Counts; readonly shares: Shares | null };

export interface Verdict {
  /** null: it didn't come so far */
  readonly policy: Declared | null;
  /** null: it keeps the rules */
  readonly shown: Shown | null;
  /** null: something was found before */
  readonly counts: Counts | null;
  readonly shares: Shares | null;
  /** the first lines that the module printed */
  readonly printed: readonly string[];
}
