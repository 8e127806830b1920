/**
 * Where a policy tells what it does, as it does it. Arguments are plain numbers, so that telling allocates
 * nothing. Times are ns since t = 0; IDLE stands for the idle vCPU, with priority −64 and credit 0.
 */
export interface TraceSink {
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
  set(nowNs: number, vm: number, weight: number, cap: number): void;
  /** The scheduler's own parameters were changed (0), or the request was refused (−1). */
  global(nowNs: number, status: number): void;
}
