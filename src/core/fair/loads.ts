import { IDLE } from '../policy.ts';

/** Loads are kept in these parts of the load of the kernel's table, so that sums of them are exact. */
export const LOAD_PARTS = 1024;

/** As in the kernel: a share is never nothing. */
const LEAST_LOAD = 2;

/**
 * How heavy each vCPU is, and each pCPU by those that are on it.
 *
 * A VM is to all others what a control group is in the kernel: its load is divided among those of its vCPUs that can
 * run. (The kernel divides it among the CPUs by what runs on each, which comes to the same where its vCPUs are alike.)
 * How much that is for a vCPU is asked when it comes, when its turn begins, and when it is charged. Until then it keeps
 * what it had when the others of its VM came or went, as in the kernel, where each CPU looks for itself.
 */
export class Loads {
  /** Index vCPU. */
  readonly of: Float64Array;
  /** Index pCPU: the sum of those that wait there. */
  private readonly waiting: Float64Array;
  /** Index VM: what is divided, and how many vCPUs can run. */
  private readonly shares: Float64Array;
  private readonly runnable: Int32Array;

  constructor(pcpuCount: number, vmCount: number, vcpuCount: number) {
    this.of = new Float64Array(vcpuCount);
    this.waiting = new Float64Array(pcpuCount);
    this.shares = new Float64Array(vmCount);
    this.runnable = new Int32Array(vmCount);
  }

  /** @param load as vmLoad() gives it */
  setShare(vm: number, load: number): void {
    this.shares[vm] = load * LOAD_PARTS;
  }

  count(vm: number, change: 1 | -1): void {
    this.runnable[vm] += change;
  }

  /** What a vCPU of a VM weighs now. While none can run: what one would. */
  each(vm: number): number {
    return Math.max(LEAST_LOAD, Math.floor(this.shares[vm] / Math.max(1, this.runnable[vm])));
  }

  /** A vCPU has another load. @param pcpu where it waits, or IDLE */
  set(vcpu: number, load: number, pcpu: number): void {
    if (pcpu !== IDLE) this.waiting[pcpu] += load - this.of[vcpu];
    this.of[vcpu] = load;
  }

  join(vcpu: number, pcpu: number): void {
    this.waiting[pcpu] += this.of[vcpu];
  }

  leave(vcpu: number, pcpu: number): void {
    this.waiting[pcpu] -= this.of[vcpu];
  }

  /** @param running a vCPU that counts as well, or IDLE */
  sumOf(pcpu: number, running: number): number {
    return this.waiting[pcpu] + (running === IDLE ? 0 : this.of[running]);
  }
}
