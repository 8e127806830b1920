/**
 * Where a policy tells what it does, as it does it. Arguments are plain numbers, so that telling allocates
 * nothing. Times are ns since t = 0; IDLE stands for the idle vCPU, with priority −64 and credit 0.
 */
export interface TraceSink {
  /**
   * A pCPU decided, whether anything changes or not; before priorities and queues change any further.
   * @param reason see Reason @param choice see Choice (reason.ts)
   */
  decide(nowNs: number, pcpu: number, prev: number, next: number, reason: number, choice: number): void;
  /** A pCPU changes what it runs; both credits as they are after the burn. */
  sw(
    nowNs: number,
    pcpu: number,
    prev: number,
    prevPriority: number,
    prevCredit: number,
    next: number,
    nextPriority: number,
    nextCredit: number,
  ): void;
  /** A tick found this vCPU running; priority and credit after it. */
  tick(nowNs: number, pcpu: number, vcpu: number, priority: number, credit: number): void;
  /** An accounting pass ended. The state of each vCPU is in the policy. */
  acct(nowNs: number, totalWeight: number, balance: number): void;
  /**
   * Accounting gives a VM its part: ⌈toShare × weight ÷ totalWeight⌉ credits, `fair`, but `peak` at most.
   * @param weight of the VM times its active vCPUs
   */
  grant(nowNs: number, vm: number, toShare: number, weight: number, fair: number, peak: number): void;
  /** The part of one active vCPU: what it had, what it got, what it has now (clipped, or halved if it saved too much). */
  pay(nowNs: number, vcpu: number, before: number, share: number, after: number, priority: number): void;
  park(nowNs: number, vcpu: number): void;
  unpark(nowNs: number, vcpu: number): void;
  steal(nowNs: number, vcpu: number, from: number, to: number): void;
  migrate(nowNs: number, vcpu: number, from: number, to: number): void;
  /** A virtual interrupt arrived for a blocked vCPU. */
  wake(nowNs: number, vcpu: number, priorityBefore: number): void;
  boost(nowNs: number, vcpu: number): void;
  /** A tick took the boost away. */
  unboost(nowNs: number, vcpu: number): void;
  /** A vCPU joined its VM's active list, which then has that many members. */
  acctStart(nowNs: number, vcpu: number, activeCount: number): void;
  acctStop(nowNs: number, vcpu: number, activeCount: number): void;
  /** A VM's vCPUs were created; they are placed, and blocked. */
  start(nowNs: number, vm: number): void;
  pause(nowNs: number, vm: number): void;
  unpause(nowNs: number, vm: number): void;
  set(nowNs: number, vm: number, weight: number, cap: number): void;
  /** The scheduler's own parameters were changed (0), or the request was refused (−1). */
  global(nowNs: number, status: number): void;
}
