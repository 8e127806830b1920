import { TimerHeap } from '../core/timer-heap.ts';
import { IDLE } from '../core/policy.ts';
import type { Machine } from '../machine/machine.ts';
import { Exit } from '../machine/machine.ts';
import type { CpuSamples } from './cpu-samples.ts';
import type { GuestSpec } from './guest.ts';
import { Guests } from './guests.ts';
import { type Latency, type LoopLatencies, ON_TIME } from './latency.ts';
import type { PutOffs } from './put-offs.ts';

const OFF = -1;
const NOWHERE = -1;

/** What a wait may end with, and which latency it has. */
const Event = { timer: 0, exit: 1, wake: 2 } as const;
type Event = (typeof Event)[keyof typeof Event];

export interface SimMachineOptions {
  readonly pcpuCount: number;
  /** per vCPU */
  readonly guests: readonly GuestSpec[];
  /** per vCPU: when its VM starts */
  readonly startNs: readonly number[];
  /** how many vCPUs may come later; default: none */
  readonly reserve?: number;
  /** default null: every wait ends on time */
  readonly latency?: LoopLatencies | null;
  /** default null: a vCPU leaves its pCPU in the instant in which the machine is told so */
  readonly putOffs?: PutOffs | null;
  /** per pCPU: the part of its time, 0 ≤ part < 1, that others take from the vCPU there; default null: none */
  readonly stolenParts?: readonly number[] | null;
  /** default null: none are taken */
  readonly samples?: CpuSamples | null;
}

/**
 * A machine in virtual time: time jumps from one event to the next, and pCPUs run what they are told: at once, unless
 * latencies or stretches that can't be paused are asked for. Guests are programs of bursts (see GuestSpec). Two runs
 * with the same input, seed included, are the same to the nanosecond.
 *
 * With `putOffs` a vCPU that should leave its pCPU may be in a stretch that can't be paused, as on real cores. It goes
 * on computing for a while, and whoever is to run there next comes then:
 *
 *     told: p0 runs B        A goes on (garbage collection)      B starts
 *     ────────┼──────────────────────────────────────────────────┼────────
 *             └─────────────── put off by 29 ms ─────────────────┘
 *
 * So the vCPU that a pCPU was told to run (`running`) and the vCPU that is there (`holder`) may differ, as in the gate
 * of real cores. The rule is the same, too: a vCPU comes onto a pCPU when the pCPU is free and the vCPU is on no other.
 *
 * With `stolenParts` a vCPU computes more slowly than time goes by: what others take of its pCPU is spread evenly.
 */
export class SimMachine implements Machine {
  exit: Exit = Exit.blocked;
  exitNs = 0;
  /** No wait goes beyond this instant: who drives the loop in steps sets it. */
  horizonNs = Infinity;
  private vcpuCount = 0;
  /** Index vCPU: how often its own timer woke it. */
  readonly wakes: Float64Array;
  /** Index vCPU: when it had done its work, −1 = never. */
  readonly doneNs: Float64Array;
  /** Index vCPU: when it first came onto a pCPU, −1 = never. */
  readonly firstNs: Float64Array;
  private clockNs = 0;
  private readonly guests: Guests;
  private readonly latency: LoopLatencies | null;
  private readonly waits: Readonly<Record<Event, Latency>>;
  /** Index Event: the latency of the one that is waited for, and when that is due. */
  private readonly lateNs = new Float64Array(3);
  private readonly lateFor = new Float64Array(3).fill(NaN);
  private readonly putOffs: PutOffs | null;
  private readonly samples: CpuSamples | null;
  /** Index pCPU: CPU time that a vCPU gets there in a nanosecond. */
  private readonly pace: Float64Array;
  /** Index pCPU: the vCPU it was told to run. */
  private readonly running: Int32Array;
  /** Index pCPU: time in which vCPUs computed there, without the one that computes there now. */
  private readonly ranNs: Float64Array;
  /** Index pCPU: the vCPU that is there. */
  private readonly holder: Int32Array;
  /** Index vCPU: the pCPU that it is on, or NOWHERE. */
  private readonly seatOf: Int32Array;
  /** Index vCPU: CPU time up to when it last came onto a pCPU or left it. */
  private readonly usedNs: Float64Array;
  /** Index vCPU: since when it computes, or OFF. */
  private readonly sinceNs: Float64Array;
  /** Index vCPU: CPU time left of its burst at that moment. */
  private readonly leftNs: Float64Array;
  /** Index vCPU: when that is used up, if it stays on its pCPU. */
  private readonly endNs: Float64Array;
  /** Index vCPU: 1 from the end of a burst until it is woken, if it blocks then; it can't come onto a pCPU. */
  private readonly isOut: Uint8Array;
  /** The vCPUs that have yielded since the last wait. */
  private readonly yielded: Int32Array;
  private yieldedCount = 0;
  /** When each computing vCPU will have used up its burst. */
  private readonly burstEnds: TimerHeap;
  private readonly wakeUps: TimerHeap;
  /** When each pCPU whose vCPU should have left will be free. */
  private readonly departures: TimerHeap;
  /** When each pCPU will have carried out what it was told, if that takes longer. */
  private readonly arrivals: TimerHeap;
  /** Index pCPU: the instant at which it has carried out what it was told last, also when that is past. */
  private readonly readyNs: Float64Array;

  constructor(options: SimMachineOptions) {
    const vcpuCount = options.guests.length + (options.reserve ?? 0);
    this.guests = new Guests(vcpuCount);
    const { latency = null } = options;
    this.latency = latency;
    this.waits = {
      [Event.timer]: latency?.timer ?? ON_TIME,
      [Event.exit]: latency?.exit ?? ON_TIME,
      [Event.wake]: latency?.wake ?? ON_TIME,
    };
    this.putOffs = options.putOffs ?? null;
    this.samples = options.samples ?? null;
    this.pace = new Float64Array(options.pcpuCount).fill(1);
    options.stolenParts?.forEach((part, pcpu) => (this.pace[pcpu] = 1 - part));
    this.running = new Int32Array(options.pcpuCount).fill(IDLE);
    this.ranNs = new Float64Array(options.pcpuCount);
    this.holder = new Int32Array(options.pcpuCount).fill(IDLE);
    this.seatOf = new Int32Array(vcpuCount).fill(NOWHERE);
    this.wakes = new Float64Array(vcpuCount);
    this.doneNs = new Float64Array(vcpuCount).fill(-1);
    this.firstNs = new Float64Array(vcpuCount).fill(-1);
    this.usedNs = new Float64Array(vcpuCount);
    this.sinceNs = new Float64Array(vcpuCount).fill(OFF);
    this.leftNs = new Float64Array(vcpuCount);
    this.endNs = new Float64Array(vcpuCount);
    this.isOut = new Uint8Array(vcpuCount);
    this.yielded = new Int32Array(vcpuCount);
    this.burstEnds = new TimerHeap(vcpuCount);
    this.wakeUps = new TimerHeap(vcpuCount);
    this.departures = new TimerHeap(options.pcpuCount);
    this.arrivals = new TimerHeap(options.pcpuCount);
    this.readyNs = new Float64Array(options.pcpuCount);
    options.guests.forEach((guest, vcpu) => this.addVcpu(guest, options.startNs[vcpu]));
  }

  /** A vCPU more; there must be room for it. @returns its number @throws RangeError for an impossible program */
  addVcpu(guest: GuestSpec, startNs: number): number {
    const vcpu = this.vcpuCount++;
    this.guests.set(vcpu, guest, startNs);
    this.leftNs[vcpu] = this.guests.burstNs[vcpu];
    return vcpu;
  }

  nowNs(): number {
    return this.clockNs;
  }

  cpuNs(vcpu: number): number {
    return this.cpuNsAt(vcpu, this.clockNs);
  }

  /** Time in which vCPUs computed on a pCPU, so far. */
  busyNs(pcpu: number): number {
    const vcpu = this.holder[pcpu];
    return this.ranNs[pcpu] + (vcpu === IDLE ? 0 : this.cpuNs(vcpu) - this.usedNs[vcpu]);
  }

  dispatch(pcpu: number, vcpu: number): void {
    this.running[pcpu] = vcpu;
    const prev = this.holder[pcpu];
    if (prev === vcpu && prev !== IDLE) {
      this.departures.cancel(pcpu);
      return;
    }
    if (this.latency === null && this.putOffs === null) {
      if (prev !== IDLE) this.leave(prev);
    } else if (prev === IDLE) {
      this.readyNs[pcpu] = this.clockNs + (this.latency === null ? 0 : this.latency.start.nextNs());
    } else if (!this.departures.isArmed(pcpu)) {
      this.sendAway(pcpu, prev);
    }
    if (vcpu !== IDLE) this.tryEnter(pcpu);
  }

  wait(deadlineNs: number): void {
    if (this.yieldedCount > 0) this.letYieldedIn();
    if (this.latency === null && this.putOffs === null) {
      this.advance(this.endOfWait(deadlineNs));
      return;
    }
    const { departures, arrivals } = this;
    for (;;) {
      const untilNs = this.endOfWait(deadlineNs);
      // vCPUs that come onto a pCPU, or leave it, before the wait ends do so without the loop.
      const departureNs = departures.firstNs();
      const arrivalNs = arrivals.firstNs();
      if (departureNs > untilNs && arrivalNs > untilNs) {
        this.advance(untilNs);
        return;
      }
      if (departureNs <= arrivalNs) {
        this.advance(departureNs);
        this.depart(departures.firstId());
      } else {
        this.advance(arrivalNs);
        const pcpu = arrivals.firstId();
        arrivals.cancel(pcpu);
        this.tryEnter(pcpu);
      }
    }
  }

  nextExit(nowNs: number): number {
    const { burstEnds, guests } = this;
    const endNs = burstEnds.firstNs();
    if (endNs > nowNs) return -1;
    const vcpu = burstEnds.firstId();
    burstEnds.cancel(vcpu);
    const pcpu = this.seatOf[vcpu];
    if (pcpu !== NOWHERE) this.leaveAtEnd(pcpu, vcpu);
    this.leftNs[vcpu] = guests.burstNs[vcpu];
    this.exit = guests.endBurst(vcpu, endNs);
    this.exitNs = endNs;
    if (this.exit === Exit.yielded) this.yielded[this.yieldedCount++] = vcpu;
    else this.isOut[vcpu] = 1;
    if (this.exit === Exit.blocked) this.wakeUps.arm(vcpu, guests.wakeNs[vcpu]);
    else if (this.exit === Exit.done) this.doneNs[vcpu] = endNs;
    // If it was to leave, the next one comes now.
    if (pcpu !== NOWHERE && this.running[pcpu] !== vcpu) this.tryEnter(pcpu);
    return vcpu;
  }

  retire(vcpu: number): void {
    this.isOut[vcpu] = 1;
    this.burstEnds.cancel(vcpu);
    this.wakeUps.cancel(vcpu);
  }

  nextWakeNs(): number {
    return this.wakeUps.firstNs();
  }

  nextWake(nowNs: number): number {
    if (this.wakeUps.firstNs() > nowNs) return -1;
    const vcpu = this.wakeUps.firstId();
    this.wakeUps.cancel(vcpu);
    this.isOut[vcpu] = 0;
    this.wakes[vcpu]++;
    return vcpu;
  }

  /** When a wait ends: at the first of the things that it waits for. Each thing is late by its kind's latency. */
  private endOfWait(deadlineNs: number): number {
    const exitNs = this.burstEnds.firstNs();
    const wakeNs = this.wakeUps.firstNs();
    if (this.latency === null) return Math.min(deadlineNs, exitNs, wakeNs, this.horizonNs);
    return Math.min(
      this.horizonNs,
      this.late(Event.timer, deadlineNs),
      this.late(Event.exit, exitNs),
      this.late(Event.wake, wakeNs),
    );
  }

  /** A wait may end with another thing than this one. When the loop waits for this one again, its latency stays. */
  private late(event: Event, dueNs: number): number {
    if (dueNs !== this.lateFor[event]) {
      this.lateFor[event] = dueNs;
      this.lateNs[event] = this.waits[event].nextNs();
    }
    return dueNs + this.lateNs[event];
  }

  private advance(untilNs: number): void {
    if (untilNs <= this.clockNs) return;
    if (this.samples !== null && this.samples.nextNs < untilNs) this.sampleUntil(this.samples, untilNs);
    this.clockNs = untilNs;
  }

  /**
   * The vCPU on a pCPU has to leave. It leaves when the core has heard of it and the stretch that can't be paused is
   * over. The next vCPU may come after the gap between the two.
   */
  private sendAway(pcpu: number, vcpu: number): void {
    const { latency, clockNs } = this;
    const putOffNs = this.putOffs === null ? 0 : this.putOffs.nextNs(vcpu);
    const tookNs = latency === null ? 0 : latency.handOver.nextNs();
    const heardNs = latency === null ? 0 : Math.max(0, tookNs - latency.gap.nextNs());
    this.readyNs[pcpu] = clockNs + putOffNs + tookNs;
    const leavesNs = Math.min(clockNs + putOffNs + heardNs, this.endNs[vcpu]);
    if (leavesNs > clockNs) this.departures.arm(pcpu, leavesNs);
    else this.leave(vcpu);
  }

  private depart(pcpu: number): void {
    const vcpu = this.holder[pcpu];
    this.departures.cancel(pcpu);
    this.leave(vcpu);
    // A vCPU whose burst ends before that makes room by itself.
    if (this.leftNs[vcpu] <= 0) this.readyNs[pcpu] = this.clockNs;
    this.tryEnter(pcpu);
  }

  /** The burst is used up: nothing is left of it, even if the clock is already later. */
  private leaveAtEnd(pcpu: number, vcpu: number): void {
    if (this.departures.isArmed(pcpu)) {
      this.departures.cancel(pcpu);
      this.readyNs[pcpu] = this.clockNs;
    }
    this.leave(vcpu);
  }

  private leave(vcpu: number): void {
    const pcpu = this.seatOf[vcpu];
    const ranNs = this.ranSince(vcpu, this.clockNs);
    this.usedNs[vcpu] += ranNs;
    this.leftNs[vcpu] -= ranNs;
    this.sinceNs[vcpu] = OFF;
    this.ranNs[pcpu] += ranNs;
    // The loop must still be told that a burst has ended.
    if (this.leftNs[vcpu] > 0) this.burstEnds.cancel(vcpu);
    this.holder[pcpu] = IDLE;
    this.seatOf[vcpu] = NOWHERE;
    // Another pCPU may already be told to run it.
    if (this.latency !== null || this.putOffs !== null) this.enterWhereTold(vcpu);
  }

  /** The policy has decided: who yielded and is still, or again, told to run somewhere comes onto that pCPU. */
  private letYieldedIn(): void {
    for (let i = 0; i < this.yieldedCount; i++) this.enterWhereTold(this.yielded[i]);
    this.yieldedCount = 0;
  }

  private enterWhereTold(vcpu: number): void {
    for (let pcpu = 0; pcpu < this.running.length; pcpu++) {
      if (this.running[pcpu] === vcpu) this.tryEnter(pcpu);
    }
  }

  /** Let the vCPU that a pCPU is told to run come onto it: if the pCPU is free, and the vCPU can run and is on none. */
  private tryEnter(pcpu: number): void {
    const vcpu = this.running[pcpu];
    if (vcpu === IDLE || this.holder[pcpu] !== IDLE || this.seatOf[vcpu] !== NOWHERE) return;
    // Its burst is over; the loop may not have been told yet.
    if (this.leftNs[vcpu] <= 0 || this.isOut[vcpu] !== 0) return;
    if (this.readyNs[pcpu] > this.clockNs) {
      this.arrivals.arm(pcpu, this.readyNs[pcpu]);
      return;
    }
    this.holder[pcpu] = vcpu;
    this.seatOf[vcpu] = pcpu;
    if (this.firstNs[vcpu] < 0) this.firstNs[vcpu] = this.clockNs;
    this.sinceNs[vcpu] = this.clockNs;
    this.endNs[vcpu] = this.clockNs + timeFor(this.leftNs[vcpu], this.pace[pcpu]);
    if (this.leftNs[vcpu] !== Infinity) this.burstEnds.arm(vcpu, this.endNs[vcpu]);
  }

  private cpuNsAt(vcpu: number, nowNs: number): number {
    if (this.sinceNs[vcpu] === OFF) return this.usedNs[vcpu];
    return this.usedNs[vcpu] + this.ranSince(vcpu, nowNs);
  }

  /** CPU time since it came onto its pCPU, whole nanoseconds as a clock gives them. */
  private ranSince(vcpu: number, nowNs: number): number {
    if (nowNs >= this.endNs[vcpu]) return this.leftNs[vcpu];
    const pace = this.pace[this.seatOf[vcpu]];
    const passedNs = nowNs - this.sinceNs[vcpu];
    return pace === 1 ? passedNs : Math.floor(passedNs * pace);
  }

  private sampleUntil(samples: CpuSamples, untilNs: number): void {
    while (samples.nextNs < untilNs) {
      const atNs = samples.nextNs;
      samples.take((vcpu) => this.cpuNsAt(vcpu, atNs));
    }
  }
}

/** How long a vCPU stays on a pCPU of that pace until it has used that CPU time, ns. */
function timeFor(cpuNs: number, pace: number): number {
  return pace === 1 ? cpuNs : Math.ceil(cpuNs / pace);
}
