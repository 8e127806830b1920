/**
 * The four queues of each pCPU. Whoever is awake is in the run queue or in the wait queue, also while it runs:
 *
 *     run queue    by deadline   those whose period has begun; the first one runs
 *     wait queue   by begin      those whose period is still to come; also who runs in extra time
 *     L0           by score      those with extra time to make up for lost reservations
 *     L1           by score      those with extra time
 *
 * All four put a newcomer behind its equals, and are never sorted again: keys are looked at when somebody is put in.
 * Only the head is ever taken, so one whose key has changed may keep others from their turn.
 */
import { LinkedLists, NONE } from '../linked-lists.ts';

/** What orders the queues. */
interface Keys {
  readonly deadlineNs: Float64Array;
  readonly periodNs: Float64Array;
  readonly score0: Int32Array;
  readonly score1: Int32Array;
}

export class SedfQueues {
  readonly compensation: ScoreQueues;
  readonly extra: ScoreQueues;
  private readonly run: LinkedLists;
  private readonly wait: LinkedLists;
  private readonly deadlineNs: Float64Array;
  private readonly periodNs: Float64Array;

  constructor(pcpuCount: number, vcpuCount: number, { deadlineNs, periodNs, score0, score1 }: Keys) {
    this.run = new LinkedLists(pcpuCount, vcpuCount);
    this.wait = new LinkedLists(pcpuCount, vcpuCount);
    this.compensation = new ScoreQueues(pcpuCount, score0);
    this.extra = new ScoreQueues(pcpuCount, score1);
    this.deadlineNs = deadlineNs;
    this.periodNs = periodNs;
  }

  /** The first in the run queue, or NONE. */
  firstDue(pcpu: number): number {
    return this.run.head(pcpu);
  }

  /** The one behind it in the run queue, or NONE. */
  nextDue(vcpu: number): number {
    return this.run.next(vcpu);
  }

  /** The first in the wait queue, or NONE. */
  firstWaiting(pcpu: number): number {
    return this.wait.head(pcpu);
  }

  isDue(vcpu: number): boolean {
    return this.run.isLinked(vcpu);
  }

  /** Whether it is in the run queue or in the wait queue. */
  isAwake(vcpu: number): boolean {
    return this.run.isLinked(vcpu) || this.wait.isLinked(vcpu);
  }

  /** Into the run queue if its period has begun, else into the wait queue. */
  insert(pcpu: number, vcpu: number, nowNs: number): void {
    if (this.deadlineNs[vcpu] - this.periodNs[vcpu] > nowNs) this.insertWaiting(pcpu, vcpu);
    else this.insertDue(pcpu, vcpu);
  }

  insertDue(pcpu: number, vcpu: number): void {
    const { run, deadlineNs } = this;
    let at = run.head(pcpu);
    while (at !== NONE && deadlineNs[at] <= deadlineNs[vcpu]) at = run.next(at);
    run.insertBefore(pcpu, vcpu, at);
  }

  insertWaiting(pcpu: number, vcpu: number): void {
    const { wait, deadlineNs, periodNs } = this;
    const beginNs = deadlineNs[vcpu] - periodNs[vcpu];
    let at = wait.head(pcpu);
    while (at !== NONE && deadlineNs[at] - periodNs[at] <= beginNs) at = wait.next(at);
    wait.insertBefore(pcpu, vcpu, at);
  }

  /** Out of the run queue or the wait queue, wherever it is. */
  remove(pcpu: number, vcpu: number): void {
    if (this.run.isLinked(vcpu)) this.run.remove(pcpu, vcpu);
    else if (this.wait.isLinked(vcpu)) this.wait.remove(pcpu, vcpu);
  }

  /** Out of all four. */
  removeFromAll(pcpu: number, vcpu: number): void {
    this.remove(pcpu, vcpu);
    this.compensation.remove(pcpu, vcpu);
    this.extra.remove(pcpu, vcpu);
  }

  /** Everybody who is awake, in the order in which they would be chosen. Allocates. */
  awakeOn(pcpu: number): number[] {
    const byClass = [this.run, this.compensation.lists, this.extra.lists, this.wait];
    return [...new Set(byClass.flatMap((lists) => lists.itemsOf(pcpu)))];
  }
}

/** Queues of vCPUs by score, the lowest first; one per pCPU. */
export class ScoreQueues {
  readonly lists: LinkedLists;
  private readonly score: Int32Array;

  constructor(pcpuCount: number, score: Int32Array) {
    this.lists = new LinkedLists(pcpuCount, score.length);
    this.score = score;
  }

  /** The first one, or NONE. */
  first(pcpu: number): number {
    return this.lists.head(pcpu);
  }

  has(vcpu: number): boolean {
    return this.lists.isLinked(vcpu);
  }

  /**
   * @param paid what all that are there already gain on it: their scores drop by so much, as numbers of 32 bits
   */
  insert(pcpu: number, vcpu: number, paid: number): void {
    const { lists, score } = this;
    let successor: number = NONE;
    for (let at = lists.head(pcpu); at !== NONE; at = lists.next(at)) {
      score[at] -= paid;
      if (successor === NONE && score[at] > score[vcpu]) successor = at;
    }
    lists.insertBefore(pcpu, vcpu, successor);
  }

  remove(pcpu: number, vcpu: number): void {
    if (this.lists.isLinked(vcpu)) this.lists.remove(pcpu, vcpu);
  }
}
