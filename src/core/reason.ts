/**
 * Why a pCPU decides, and how it chooses, in ways that policies have in common. A policy names those that it knows in
 * its terms, and adds its own.
 */
import type { ChoiceKind, ReasonKind } from './policy-terms.ts';

/** Why a decision was taken. A policy's own reasons have numbers from 5 on. */
export const Reason = {
  /** the current vCPU has had its slice */
  sliceOver: 0,
  /** a vCPU was queued that may preempt the current one, or that this idle pCPU is to fetch */
  tickled: 1,
  /** the current vCPU sleeps, or has done its work */
  blocked: 2,
  /** the current vCPU's VM was paused */
  paused: 3,
  /** the current vCPU lets others go first */
  yielded: 4,
} as const;

/** How the next vCPU was found. A policy's own choices have numbers from 3 on. */
export const Choice = {
  /** the first in the pCPU's queue, where the vCPU that ran had been put back if it still could run */
  queue: 0,
  /** out of another pCPU's queue */
  stolen: 1,
  /** nobody to run */
  nobody: 2,
} as const;
export type Choice = (typeof Choice)[keyof typeof Choice];

export const REASONS: readonly ReasonKind[] = [
  {
    value: Reason.sliceOver,
    key: 'sliceOver',
    title: 'slice over',
    began: 'the slice of the one before was over',
    ended: 'its slice was over',
    after: 'requeued',
  },
  {
    value: Reason.tickled,
    key: 'tickled',
    title: 'tickled',
    lossTitle: 'preempted',
    began: 'a vCPU was queued and the pCPU told to look',
    ended: 'it was preempted by a vCPU that came into the queue',
    after: 'preempted',
  },
  {
    value: Reason.blocked,
    key: 'blocked',
    title: 'blocked',
    began: 'the one before slept or had done its work',
    ended: 'it slept, or had done its work',
    after: 'blocked',
  },
  {
    value: Reason.paused,
    key: 'paused',
    title: 'paused',
    began: 'the VM of the one before was paused',
    ended: 'its VM was paused',
    after: 'paused',
  },
  {
    value: Reason.yielded,
    key: 'yielded',
    title: 'yielded',
    began: 'the one before yielded',
    ended: 'it yielded',
    after: 'requeued',
  },
];

export const NOBODY: ChoiceKind = { value: Choice.nobody, key: 'nobody', words: 'there was nobody else' };

/** Of a policy with a queue per pCPU. */
export const CHOICES: readonly ChoiceKind[] = [
  { value: Choice.queue, key: 'queue', words: "it was the head of the pCPU's own queue" },
  { value: Choice.stolen, key: 'stolen', words: "it was stolen from another pCPU's queue" },
  NOBODY,
];

/** Of a policy with one queue for all pCPUs. */
export const CHOICES_OF_ONE_QUEUE: readonly ChoiceKind[] = [
  { value: Choice.queue, key: 'queue', words: 'it was the first in the queue that may run there' },
  NOBODY,
];
