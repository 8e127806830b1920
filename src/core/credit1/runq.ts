import { Priority } from './constants.ts';
import { LinkedLists, NONE } from '../linked-lists.ts';

/**
 * The run queues, one per pCPU: runnable vCPUs that wait, ordered by priority, first come first served inside one; or,
 * as a variant, those with more credits first.
 *
 *     head ─► BOOST … ─► UNDER … ─► OVER … ─► (idle)
 *
 * The running vCPU is not in its queue. Xen also queues the pCPU's idle vCPU, last, while another one runs;
 * here it is never linked, and an empty queue stands for it.
 *
 * Accounting changes the priorities of queued vCPUs in place, so a queue may be out of order until the next
 * tick sorts it.
 */
export class RunQueues {
  private readonly lists: LinkedLists;
  /** Index vCPU. */
  private readonly priority: Int32Array;
  /** Index vCPU: what equals are ordered by; null: by when they came. */
  private readonly credit: Int32Array | null;

  constructor(pcpuCount: number, priority: Int32Array, credit: Int32Array | null = null) {
    this.lists = new LinkedLists(pcpuCount, priority.length);
    this.priority = priority;
    this.credit = credit;
  }

  /** The vCPU that waits first, or NONE. */
  head(pcpu: number): number {
    return this.lists.head(pcpu);
  }

  /** The vCPU that waits behind this one, or NONE. */
  next(vcpu: number): number {
    return this.lists.next(vcpu);
  }

  isEmpty(pcpu: number): boolean {
    return this.lists.head(pcpu) === NONE;
  }

  isQueued(vcpu: number): boolean {
    return this.lists.isLinked(vcpu);
  }

  /** Insert behind all vCPUs of the same or a higher priority. */
  insert(pcpu: number, vcpu: number): void {
    this.lists.insertBefore(pcpu, vcpu, this.firstBelow(pcpu, vcpu));
  }

  /**
   * Insert a vCPU that yielded: it lets one vCPU of lower priority pass, unless that is the queue's last
   * element.
   * @param idleQueued whether the idle vCPU waits behind them all, so that no other one is last
   */
  insertYielding(pcpu: number, vcpu: number, idleQueued: boolean): void {
    const { lists } = this;
    let successor = this.firstBelow(pcpu, vcpu);
    if (successor !== NONE && (idleQueued || lists.next(successor) !== NONE))
      successor = lists.next(successor);
    lists.insertBefore(pcpu, vcpu, successor);
  }

  remove(pcpu: number, vcpu: number): void {
    this.lists.remove(pcpu, vcpu);
  }

  /**
   * Move everyone at UNDER or above in front of the others. Both groups keep their order; BOOST and UNDER
   * mix.
   */
  sort(pcpu: number): void {
    if (this.credit !== null) {
      this.sortAll(pcpu);
      return;
    }
    const { lists, priority } = this;
    let firstOther: number = NONE;
    for (let vcpu = lists.head(pcpu); vcpu !== NONE;) {
      const following = lists.next(vcpu);
      if (priority[vcpu] < Priority.under) {
        if (firstOther === NONE) firstOther = vcpu;
      } else if (firstOther !== NONE) {
        lists.remove(pcpu, vcpu);
        lists.insertBefore(pcpu, vcpu, firstOther);
      }
      vcpu = following;
    }
  }

  /** Insert each anew among those before it, which are in order by then. */
  private sortAll(pcpu: number): void {
    const { lists } = this;
    for (let vcpu = lists.head(pcpu); vcpu !== NONE;) {
      const following = lists.next(vcpu);
      lists.remove(pcpu, vcpu);
      lists.insertBefore(pcpu, vcpu, this.firstBelow(pcpu, vcpu, following));
      vcpu = following;
    }
  }

  /** The first one that a vCPU goes before; at the latest `end`. */
  private firstBelow(pcpu: number, vcpu: number, end: number = NONE): number {
    const { lists, priority } = this;
    const own = priority[vcpu];
    let at = lists.head(pcpu);
    while (at !== end && priority[at] >= own && !this.isPoorer(at, vcpu)) at = lists.next(at);
    return at;
  }

  /** Whether an equal has fewer credits, where these count. */
  private isPoorer(at: number, vcpu: number): boolean {
    const { priority, credit } = this;
    return credit !== null && priority[at] === priority[vcpu] && credit[at] < credit[vcpu];
  }
}
