/** What there is to say of a trace in words that depend on its policy. */
import type { Spell } from '../spells.ts';
import type { Trace } from '../trace.ts';

export interface PolicyWords {
  /** What asked for a decision, and what came of it, without the instant. */
  decision(trace: Trace, row: number): string;
  /** A whole record, without the instant; null: as any policy's is told. */
  record(trace: Trace, row: number): string | null;
  /** `it woke up`, and what that did. @param row of the wake-up */
  wakeUp(trace: Trace, vcpu: number, row: number): string;
  /**
   * Why a vCPU waits and not the one that runs: goes on after `CPU 0 ran B/v0 from 0.090 s (UNDER)`, to the full stop.
   */
  waiting(wait: Wait): string;
  /** Why a vCPU is parked: sentences. @param row the last record that counts */
  parked(trace: Trace, spell: Spell, row: number): string;
  /** What brought it into a spell that began with its end of parking: a clause. */
  unparked(trace: Trace, row: number): string;
  /** What ended a spell: it was parked, or no longer is: a clause. */
  ended(trace: Trace, row: number, effect: 'park' | 'unpark'): string;
  /** What a vCPU has, and how it came to it. @param row the last record that counts */
  standing(trace: Trace, vcpu: number, row: number): ExplanationPart | null;
  /** The value of a level that a picture of a few steps is full at; null: the greatest in it. */
  fullScale(trace: Trace, reading: number): number | null;
  /** What a record adds to the next moment that concerns everybody, as timelines show it; null: nothing. */
  detail(trace: Trace, row: number): { readonly name: string; readonly text: string } | null;
}

export interface ExplanationPart {
  /** `why`, `meanwhile`, `then`, `fact`, or what the policy calls its own */
  readonly title: string;
  readonly text: string;
}

/** A vCPU waits while another one runs. */
export interface Wait {
  readonly trace: Trace;
  readonly atNs: number;
  /** the last record that counts */
  readonly row: number;
  readonly spell: Spell;
  /** of the one that runs */
  readonly holder: Spell;
}
