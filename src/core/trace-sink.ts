import type { Policy } from './policy.ts';

/**
 * Where a policy tells what it does, as it does it. Arguments are plain numbers, so that telling allocates
 * nothing. Times are ns since t = 0. What a vCPU or a VM has at such a moment is read from the policy itself.
 */
export interface TraceSink {
  /** The policy that will tell. Comes first. */
  attach(policy: Policy): void;
  /**
   * A pCPU decided, whether anything changes or not. The vCPU that ran has been charged; else nothing has changed yet.
   * @param reason one of the policy's reasons @param choice one of its choices
   */
  decide(nowNs: number, pcpu: number, prev: number, next: number, reason: number, choice: number): void;
  /** A tick found this vCPU running, and has done with it what it does. */
  tick(nowNs: number, pcpu: number, vcpu: number): void;
  /** Out of another pCPU's queue. */
  steal(nowNs: number, vcpu: number, from: number, to: number): void;
  /** To another pCPU in any other way. */
  migrate(nowNs: number, vcpu: number, from: number, to: number): void;
  /** A virtual interrupt arrived for a blocked vCPU; nothing has changed yet. */
  wake(nowNs: number, vcpu: number): void;
  /** A VM's vCPUs were created; they are placed, and blocked. */
  start(nowNs: number, vm: number): void;
  pause(nowNs: number, vm: number): void;
  unpause(nowNs: number, vm: number): void;
  /** A VM's vCPUs are gone for good. */
  destroy(nowNs: number, vm: number): void;
  /** A vCPU may run on so many pCPUs from now on. */
  pin(nowNs: number, vcpu: number, pcpuCount: number): void;
  /** A VM's parameters were changed (0), or the request was refused (−1). */
  set(nowNs: number, vm: number, status: number): void;
  /** The scheduler's own parameters were changed (0), or the request was refused (−1). */
  tune(nowNs: number, status: number): void;
  /** What only this policy tells. @param kind the record's place in its terms; MOST_OWN_FIELDS fields may follow */
  own(
    nowNs: number,
    kind: number,
    a: number,
    b?: number,
    c?: number,
    d?: number,
    e?: number,
    f?: number,
  ): void;
}
