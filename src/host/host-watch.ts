/**
 * Watches the host ten times a second while a run is under way. Does the process still have its pCPUs? Are its threads
 * where they were put? Does a quota stop them? Does the kernel refuse a signal? A look costs one system call, and two
 * more per pCPU.
 */
import { counted } from '../base/text.ts';
import { getSystemErrorName } from 'node:util';
import type { HostEvents } from '../result/result.ts';
import { formatCpuList } from '../scenario/cpu-list.ts';
import { type Native, RefusalField, VcpuField } from '../addon/native.ts';
import { readThrottling, type ThrottleCounts, throttledBetween } from './throttling.ts';

type WatchedNative = Pick<
  Native,
  | 'getAffinity'
  | 'holder'
  | 'readVcpu'
  | 'pinFailures'
  | 'refusals'
  | 'ownsPauseSignal'
  | 'pauseSignal'
  | 'usualPauseSignal'
>;

export class HostWatch {
  private readonly native: WatchedNative;
  private readonly pcpus: readonly number[];
  /** Index vCPU: as threads are named */
  private readonly vcpuIds: readonly string[];
  private readonly root: string;
  private readonly fields = new Float64Array(VcpuField.size);
  private readonly refused = new Float64Array(RefusalField.size);
  private readonly lost = new Set<number>();
  private readonly moved = new Set<string>();
  /** vCPUs that weren't where they should be when they were last looked at */
  private readonly suspects = new Set<number>();
  private throttledBefore: ThrottleCounts = new Map();
  private throttledAfter: ThrottleCounts | null = null;

  /** @param root prefix for /proc and /sys, for invented hosts in tests */
  constructor(native: WatchedNative, pcpus: readonly number[], vcpuIds: readonly string[], root = '/') {
    this.native = native;
    this.pcpus = pcpus;
    this.vcpuIds = vcpuIds;
    this.root = root;
  }

  begin(): void {
    this.throttledBefore = readThrottling(this.root);
  }

  look(): void {
    // The main thread is never pinned, and the kernel leaves out CPUs that are offline.
    const allowed = this.native.getAffinity(process.pid);
    if (typeof allowed !== 'number')
      for (const cpu of this.pcpus) if (!allowed.includes(cpu)) this.lost.add(cpu);
    for (const [pcpu, cpu] of this.pcpus.entries()) {
      const vcpu = this.native.holder(pcpu);
      if (vcpu < 0) continue;
      const isMisplaced = this.isMisplaced(vcpu, pcpu, cpu);
      // A vCPU that has just been granted a pCPU may not be pinned to it yet. So it counts as moved only when two looks
      // in a row find it elsewhere.
      if (isMisplaced && this.suspects.has(vcpu) && !this.lost.has(cpu)) this.moved.add(this.vcpuIds[vcpu]);
      if (isMisplaced) this.suspects.add(vcpu);
      else this.suspects.delete(vcpu);
    }
  }

  end(): void {
    this.look();
    this.throttledAfter = readThrottling(this.root);
  }

  events(): HostEvents {
    const { native, refused } = this;
    native.refusals(refused);
    return {
      lostCpus: [...this.lost].sort((a, b) => a - b),
      movedVcpus: [...this.moved].sort(),
      pinFailures: native.pinFailures(),
      refusedSignals: refused[RefusalField.signals],
      refusedTimers: refused[RefusalField.timers],
      signalTaken: !native.ownsPauseSignal(),
      throttled: throttledBetween(this.throttledBefore, this.throttledAfter ?? readThrottling(this.root)),
    };
  }

  /** The same in sentences. */
  warnings(): string[] {
    const events = this.events();
    const { lostCpus, movedVcpus, pinFailures, refusedSignals, refusedTimers, throttled } = events;
    const why = (field: number): string => getSystemErrorName(-this.refused[field]);
    const [signal, usual] = [this.native.pauseSignal(), this.native.usualPauseSignal()];
    const sentences: (string | false)[] = [
      lostCpus.length > 0 &&
        `CPU ${formatCpuList(lostCpus)} was taken away during the run (offline, or out of what the process may ` +
          'use): its vCPUs shared the CPUs that were left',
      movedVcpus.length > 0 &&
        `${movedVcpus.join(', ')}: somebody else changed the affinity of the thread, so that it may have run ` +
          'beside another vCPU',
      pinFailures > 0 &&
        `a vCPU could not be pinned to its core ${times(pinFailures)}: was a CPU taken offline?`,
      throttled !== null &&
        throttled.periods > 0 &&
        `the quota of a control group stopped the process in ${counted(throttled.periods, 'period')}, ` +
          `for ${(throttled.ns / 1e6).toFixed(0)} ms of CPU time`,
      refusedSignals > 0 &&
        `the kernel refused a signal that was to pause a vCPU ${times(refusedSignals)} ` +
          `(${why(RefusalField.signalError)}): the vCPU ran on until it was sent again, or until the end of ` +
          'its step',
      refusedTimers > 0 &&
        `a timer that was to look again at a pause that was put off could not be set ${times(refusedTimers)} ` +
          `(${why(RefusalField.timerError)}): the vCPU ran on until the end of its step`,
      events.signalTaken &&
        `somebody else in this process took signal ${String(signal)} during the run: vCPUs paused between two ` +
          'steps only',
      signal !== usual &&
        `signal ${String(usual)} belongs to somebody else in this process: vCPUs are paused by signal ` +
          `${String(signal)}`,
    ];
    return sentences.filter((sentence) => sentence !== false);
  }

  /** Whether a vCPU still holds a pCPU and isn't pinned to its CPU. */
  private isMisplaced(vcpu: number, pcpu: number, cpu: number): boolean {
    const { native, fields } = this;
    native.readVcpu(vcpu, fields);
    const cpus = native.getAffinity(fields[VcpuField.tid]);
    if (typeof cpus === 'number' || (cpus.length === 1 && cpus[0] === cpu)) return false;
    return native.holder(pcpu) === vcpu;
  }
}

function times(count: number): string {
  return count === 1 ? 'once' : `${String(count)} times`;
}
