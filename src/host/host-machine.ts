import { IDLE } from '../core/policy.ts';
import { TimerHeap } from '../core/timer-heap.ts';
import { LOST_NS } from '../machine/loop.ts';
import { Exit, type Machine } from '../machine/machine.ts';
import type { Native } from '../addon/native.ts';
import type { Scoreboard } from './scoreboard.ts';

/** A loop that is later than this was stopped with its process, or the host gave it no time. */
export const HELD_UP_NS = LOST_NS;
const EXIT_SHIFT = 65536;

/**
 * Real cores: vCPUs are threads at the addon's gate, decisions are signals and futexes, and time is the host's.
 * Lives in the hypervisor thread.
 */
export class HostMachine implements Machine {
  exit: Exit = Exit.blocked;
  exitNs = 0;
  /** Somebody kicked the loop since this was last set to false: there may be a command. */
  kicked = true;
  private readonly native: Native;
  private readonly scoreboard: Scoreboard;
  /** When each sleeping vCPU is to be woken. */
  private readonly alarms: TimerHeap;
  /** Index vCPU: CPU time when last read, for one whose thread has ended. */
  private readonly lastCpuNs: Float64Array;
  /** The vCPUs that have yielded since the last wait. */
  private readonly yielded: Int32Array;
  private yieldedCount = 0;
  private readonly speed: number;

  /** @param speed how fast the machine's clock runs: 1, or more for a rehearsal without vCPUs */
  constructor(native: Native, vcpuCount: number, scoreboard: Scoreboard, speed = 1) {
    this.native = native;
    this.speed = speed;
    this.scoreboard = scoreboard;
    this.alarms = new TimerHeap(vcpuCount);
    this.lastCpuNs = new Float64Array(vcpuCount);
    this.yielded = new Int32Array(vcpuCount);
  }

  nowNs(): number {
    return this.native.nowNs() * this.speed;
  }

  cpuNs(vcpu: number): number {
    // Negative: unknown. A branch that only a run with vCPUs takes would be compiled in a rehearsal as one that is
    // never taken, and the code would be thrown away in the run.
    const cpuNs = Math.max(this.native.cpuNs(vcpu), this.lastCpuNs[vcpu]);
    this.lastCpuNs[vcpu] = cpuNs;
    return cpuNs;
  }

  dispatch(pcpu: number, vcpu: number): void {
    this.native.dispatch(pcpu, vcpu === IDLE ? -1 : vcpu);
  }

  wait(deadlineNs: number): void {
    this.unblockYielded();
    const { scoreboard } = this;
    const wakeNs = this.alarms.firstNs();
    const untilNs = Math.min(deadlineNs, wakeNs);
    const startNs = this.nowNs();
    this.kicked = this.native.waitUntil(untilNs / this.speed) || this.kicked;
    // If a wait is overdue when it begins, the loop itself took that long: a hold-up counts from the wait's beginning.
    // A kick ends most waits early, but after a stop of the whole process it may come before this thread runs again.
    const nowNs = this.nowNs();
    const dueNs = Math.max(untilNs, startNs);
    if (nowNs - dueNs > HELD_UP_NS) scoreboard.addHeldUp(dueNs, nowNs - dueNs);
    else if (nowNs >= untilNs)
      (wakeNs < deadlineNs ? scoreboard.wakeLatency : scoreboard.timerLatency).add(nowNs - untilNs);
  }

  nextExit(nowNs: number): number {
    const code = this.native.nextExit();
    if (code < 0) return -1;
    const vcpu = code % EXIT_SHIFT;
    this.exit = Math.floor(code / EXIT_SHIFT) as Exit;
    this.exitNs = this.native.exitNs(vcpu) * this.speed;
    const lateNs = Math.max(0, nowNs - this.exitNs);
    if (lateNs < HELD_UP_NS) this.scoreboard.exitLatency.add(lateNs);
    switch (this.exit) {
      case Exit.blocked:
        // A short sleep may be over before the thread has left. Who is woken before it blocks sleeps for ever.
        this.alarms.arm(vcpu, Math.max(this.native.wakeAtNs(vcpu), this.exitNs));
        break;
      case Exit.yielded:
        // It can run, but its pCPU's word still wishes for it: the gate would let it in before the policy has decided.
        this.yielded[this.yieldedCount++] = vcpu;
        break;
      case Exit.done:
        break;
    }
    return vcpu;
  }

  /** The gate drops what such a vCPU said before, and doesn't let it in again. */
  retire(vcpu: number): void {
    this.alarms.cancel(vcpu);
    this.native.retire(vcpu);
  }

  nextWakeNs(): number {
    return this.alarms.firstNs();
  }

  nextWake(nowNs: number): number {
    if (this.alarms.firstNs() > nowNs) return -1;
    const vcpu = this.alarms.firstId();
    this.alarms.cancel(vcpu);
    this.native.unblock(vcpu);
    return vcpu;
  }

  private unblockYielded(): void {
    for (let i = 0; i < this.yieldedCount; i++) this.native.unblock(this.yielded[i]);
    this.yieldedCount = 0;
  }
}
