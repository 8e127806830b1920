import { TimerHeap } from '../core/timer-heap.ts';
import { IDLE } from '../core/policy.ts';
import type { Machine } from '../machine/machine.ts';
import { Exit } from '../machine/machine.ts';
import type { CpuSamples } from './cpu-samples.ts';
import type { GuestSpec } from './guest.ts';
import { Guests } from './guests.ts';
import type { TimerLatency } from './latency.ts';

const OFF = -1;

export interface SimMachineOptions {
  readonly pcpuCount: number;
  /** per vCPU */
  readonly guests: readonly GuestSpec[];
  /** per vCPU: when its VM starts */
  readonly startNs: readonly number[];
  /** default null: every wait ends on time */
  readonly latency?: TimerLatency | null;
  /** default null: none are taken */
  readonly samples?: CpuSamples | null;
}

/**
 * A machine in virtual time: time jumps from one event to the next, and pCPUs run exactly what they are told.
 * Guests are programs of bursts (see GuestSpec). Two runs with the same input, seed included, are the same to
 * the nanosecond.
 */
export class SimMachine implements Machine {
  exit: Exit = Exit.blocked;
  /** Index vCPU: how often its own timer woke it. */
  readonly wakes: Float64Array;
  /** Index vCPU: when it had done its work, −1 = never. */
  readonly doneNs: Float64Array;
  /** Index vCPU: when it first came onto a pCPU, −1 = never. */
  readonly firstNs: Float64Array;
  private clockNs = 0;
  private readonly guests: Guests;
  private readonly latency: TimerLatency | null;
  private readonly samples: CpuSamples | null;
  /** Index pCPU: the vCPU it was told to run. */
  private readonly running: Int32Array;
  /** Index pCPU: since when it does what it does. */
  private readonly changedNs: Float64Array;
  /** Index pCPU: time until then in which it ran a vCPU. */
  private readonly ranNs: Float64Array;
  /** Index vCPU: CPU time up to when it last came onto a pCPU or left it. */
  private readonly usedNs: Float64Array;
  /** Index vCPU: since when it computes, or OFF. */
  private readonly sinceNs: Float64Array;
  /** Index vCPU: CPU time left of its burst at that moment. */
  private readonly leftNs: Float64Array;
  /** When each computing vCPU will have used up its burst. */
  private readonly burstEnds: TimerHeap;
  private readonly wakeUps: TimerHeap;

  constructor(options: SimMachineOptions) {
    const vcpuCount = options.guests.length;
    this.guests = new Guests(options.guests, options.startNs);
    this.latency = options.latency ?? null;
    this.samples = options.samples ?? null;
    this.running = new Int32Array(options.pcpuCount).fill(IDLE);
    this.changedNs = new Float64Array(options.pcpuCount);
    this.ranNs = new Float64Array(options.pcpuCount);
    this.wakes = new Float64Array(vcpuCount);
    this.doneNs = new Float64Array(vcpuCount).fill(-1);
    this.firstNs = new Float64Array(vcpuCount).fill(-1);
    this.usedNs = new Float64Array(vcpuCount);
    this.sinceNs = new Float64Array(vcpuCount).fill(OFF);
    this.leftNs = Float64Array.from(this.guests.burstNs);
    this.burstEnds = new TimerHeap(vcpuCount);
    this.wakeUps = new TimerHeap(vcpuCount);
  }

  nowNs(): number {
    return this.clockNs;
  }

  cpuNs(vcpu: number): number {
    return this.cpuNsAt(vcpu, this.clockNs);
  }

  /** Time in which a pCPU was told to run a vCPU, so far. */
  busyNs(pcpu: number): number {
    const sinceNs = this.running[pcpu] === IDLE ? this.clockNs : this.changedNs[pcpu];
    return this.ranNs[pcpu] + this.clockNs - sinceNs;
  }

  dispatch(pcpu: number, vcpu: number): void {
    const { clockNs } = this;
    const prev = this.running[pcpu];
    if (prev !== IDLE) {
      this.ranNs[pcpu] += clockNs - this.changedNs[pcpu];
      if (this.sinceNs[prev] !== OFF) {
        this.leave(prev, Math.min(clockNs - this.sinceNs[prev], this.leftNs[prev]));
        this.burstEnds.cancel(prev);
      }
    }
    this.running[pcpu] = vcpu;
    this.changedNs[pcpu] = clockNs;
    if (vcpu === IDLE) return;
    if (this.firstNs[vcpu] < 0) this.firstNs[vcpu] = clockNs;
    this.enter(vcpu);
  }

  wait(deadlineNs: number): void {
    let untilNs = Math.min(deadlineNs, this.burstEnds.firstNs(), this.wakeUps.firstNs());
    if (this.latency !== null) untilNs += this.latency.nextNs();
    if (untilNs <= this.clockNs) return;
    if (this.samples !== null && this.samples.nextNs < untilNs) this.sampleUntil(this.samples, untilNs);
    this.clockNs = untilNs;
  }

  nextExit(nowNs: number): number {
    const { burstEnds, guests } = this;
    const endNs = burstEnds.firstNs();
    if (endNs > nowNs) return -1;
    const vcpu = burstEnds.firstId();
    burstEnds.cancel(vcpu);
    this.leave(vcpu, this.leftNs[vcpu]);
    this.leftNs[vcpu] = guests.burstNs[vcpu];
    this.exit = guests.endBurst(vcpu, endNs);
    if (this.exit === Exit.yielded) this.enter(vcpu);
    else if (this.exit === Exit.blocked) this.wakeUps.arm(vcpu, guests.wakeNs[vcpu]);
    else this.doneNs[vcpu] = endNs;
    return vcpu;
  }

  nextWake(nowNs: number): number {
    if (this.wakeUps.firstNs() > nowNs) return -1;
    const vcpu = this.wakeUps.firstId();
    this.wakeUps.cancel(vcpu);
    this.wakes[vcpu]++;
    return vcpu;
  }

  private enter(vcpu: number): void {
    this.sinceNs[vcpu] = this.clockNs;
    if (this.leftNs[vcpu] !== Infinity) this.burstEnds.arm(vcpu, this.clockNs + this.leftNs[vcpu]);
  }

  private leave(vcpu: number, ranNs: number): void {
    this.usedNs[vcpu] += ranNs;
    this.leftNs[vcpu] -= ranNs;
    this.sinceNs[vcpu] = OFF;
  }

  private cpuNsAt(vcpu: number, nowNs: number): number {
    const sinceNs = this.sinceNs[vcpu];
    if (sinceNs === OFF) return this.usedNs[vcpu];
    return this.usedNs[vcpu] + Math.min(nowNs - sinceNs, this.leftNs[vcpu]);
  }

  private sampleUntil(samples: CpuSamples, untilNs: number): void {
    while (samples.nextNs < untilNs) {
      const atNs = samples.nextNs;
      samples.take((vcpu) => this.cpuNsAt(vcpu, atNs));
    }
  }
}
