import { Choice, Reason } from '../../core/reason.ts';
import { Left } from '../../trace/record.ts';
import type { Words } from './view-data.ts';

/** Why the pCPU decided when it gave the vCPU its slice; the sentence begins with "came on because". */
const CAME: Readonly<Record<keyof typeof Reason, string>> = {
  sliceOver: 'the slice of the one before was over',
  rateLimitOver: 'the rate limit, which had put the decision off, was over',
  tickled: 'a vCPU was queued and the pCPU told to look',
  blocked: 'the one before slept or had done its work',
  parked: 'the one before was parked: its VM was over its cap',
  paused: 'the VM of the one before was paused',
  yielded: 'the one before yielded',
  moved: 'the one before went to a better pCPU',
};

const CHOSEN: Readonly<Record<keyof typeof Choice, string>> = {
  queue: "it was the head of the pCPU's own queue",
  stolen: "it was stolen from another pCPU's queue",
  rateLimited: 'the rate limit kept it there',
  nobody: 'there was nobody else',
};

/** Why the slice ended; the sentence begins with "left because". */
const LEFT: Readonly<Record<keyof typeof Reason, string>> = {
  sliceOver: 'its slice was over',
  rateLimitOver: 'it was preempted, as soon as the rate limit allowed it',
  tickled: 'it was preempted by a vCPU that came into the queue',
  blocked: 'it slept, or had done its work',
  parked: 'it was parked: its VM was over its cap',
  paused: 'its VM was paused',
  yielded: 'it yielded',
  moved: 'it went to a better pCPU',
};

/** Why a thread left its core. */
const STOPPED: Readonly<Record<keyof typeof Left, string>> = {
  paused: 'paused by the scheduler',
  blocked: 'blocked of its own accord',
  done: 'done with its work',
};

export const WORDS: Words = {
  came: inOrder(Reason, CAME),
  chosen: inOrder(Choice, CHOSEN),
  left: inOrder(Reason, LEFT),
  stopped: inOrder(Left, STOPPED),
  priorities: ['OVER', 'UNDER', 'BOOST'],
};

function inOrder<Name extends string>(
  numbers: Readonly<Record<Name, number>>,
  texts: Readonly<Record<Name, string>>,
): string[] {
  const list: string[] = [];
  for (const name of Object.keys(numbers) as Name[]) list[numbers[name]] = texts[name];
  return list;
}
