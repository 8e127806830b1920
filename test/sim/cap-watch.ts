import { CREDIT_NS } from '../../src/core/credit1/constants.ts';
import { IDLE } from '../../src/core/policy.ts';
import { Onlooker } from './onlooker.ts';

/**
 * By how much each VM exceeded its cap in the window in which it did most: the CPU time it used there, less what the
 * cap allows for the window's length. Exact: a window that is worst begins and ends at a switch.
 */
export class CapWatch extends Onlooker {
  /** VM: that CPU time, ns */
  readonly excessNs: number[] = [];
  private readonly drift: number;
  private usedNs: number[] = [];
  private running: number[] = [];
  private atNs: number[] = [];
  private least: number[] = [];

  /** @param drift added to what the cap of each vCPU allows, in pCPUs */
  constructor(drift = 0) {
    super();
    this.drift = drift;
  }

  override decide(...told: Parameters<Onlooker['decide']>): void {
    const [nowNs, , prev, next] = told;
    if (next === prev) return;
    if (prev !== IDLE) this.count(this.state.vmOf[prev], -1, nowNs);
    if (next !== IDLE) this.count(this.state.vmOf[next], 1, nowNs);
  }

  private count(vm: number, by: number, nowNs: number): void {
    this.usedNs[vm] ??= 0;
    this.running[vm] ??= 0;
    this.least[vm] ??= Infinity;
    this.excessNs[vm] ??= 0;
    this.usedNs[vm] += this.running[vm] * (nowNs - (this.atNs[vm] ?? nowNs));
    this.atNs[vm] = nowNs;
    this.running[vm] += by;
    const above = this.usedNs[vm] - this.allowedPerNs(vm) * nowNs;
    this.least[vm] = Math.min(this.least[vm], above);
    this.excessNs[vm] = Math.max(this.excessNs[vm], above - this.least[vm]);
  }

  /** Credits are whole: a VM's cap rounds up, and so does each vCPU's part of it. */
  private allowedPerNs(vm: number): number {
    const { state } = this;
    const credits = Math.ceil((state.cap[vm] * state.creditsPerSlice) / 100);
    const vcpus = state.firstVcpu[vm + 1] - state.firstVcpu[vm];
    return ((credits + vcpus - 1) * CREDIT_NS) / state.tsliceNs + this.drift * vcpus;
  }
}
