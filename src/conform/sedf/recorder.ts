import type { Policy } from '../../core/policy.ts';
import { IDLE } from '../../core/policy.ts';
import { Own } from '../../core/sedf/own.ts';
import { SedfChoice } from '../../core/sedf/reason.ts';
import { Sedf } from '../../core/sedf/sedf.ts';
import { VcpuReading } from '../../core/sedf/terms.ts';
import type { TraceSink } from '../../core/trace-sink.ts';
import { GoldenRecorder } from '../golden-recorder.ts';

/** What Xen answers to a request that it refuses. */
const EINVAL = -22;

type Stint = 'edf' | 'pen' | 'util' | 'idle';

const STINTS: Readonly<Partial<Record<number, Stint>>> = {
  [SedfChoice.reservation]: 'edf',
  [SedfChoice.compensation]: 'pen',
  [SedfChoice.extra]: 'util',
};

const WAKES: Readonly<Partial<Record<number, string>>> = {
  [Own.extraWake]: 'extra',
  [Own.shortWake]: 'short',
  [Own.longWake]: 'long',
};

/** What a pCPU runs, in what, and since when. */
interface Running {
  readonly vcpu: number;
  readonly stint: Stint;
  readonly sinceNs: number;
}

const NOBODY: Running = { vcpu: IDLE, stint: 'idle', sinceNs: 0 };

export class SedfRecorder extends GoldenRecorder implements TraceSink {
  /** How often pCPUs have decided. */
  decisions = 0;
  private readonly started = new Set<number>();
  /** by pCPU */
  private readonly running = new Map<number, Running>();
  /** by vCPU */
  private readonly extraNs = new Map<number, number>();
  private sedf: Sedf | null = null;

  override attach(policy: Policy): void {
    super.attach(policy);
    if (!(policy instanceof Sedf)) throw new Error(`golden files of sedf are not of ${policy.terms.type}`);
    this.sedf = policy;
  }

  /** Extra time that each vCPU has had when the run ends. */
  extraUntil(endNs: number): (vcpu: number) => number {
    for (const [pcpu, { vcpu, stint }] of this.running) this.follow(pcpu, vcpu, stint, endNs);
    return (vcpu) => this.extraNs.get(vcpu) ?? 0;
  }

  decide(nowNs: number, pcpu: number, prev: number, next: number, _reason: number, choice: number): void {
    this.decisions++;
    const stint = STINTS[choice] ?? 'idle';
    const was = this.follow(pcpu, next, stint, nowNs);
    const has = this.readingsOf(next);
    const [deadline, used] = [has[VcpuReading.deadline], has[VcpuReading.used]];
    if (next !== prev) {
      const had = this.readingsOf(prev);
      this.write(
        'sw',
        nowNs,
        pcpu,
        this.name(prev),
        had[VcpuReading.deadline],
        had[VcpuReading.used],
        had[VcpuReading.score],
        this.name(next),
        deadline,
        used,
        stint,
      );
    } else if (stint !== was.stint) {
      this.write('cls', nowNs, pcpu, this.name(next), deadline, used, stint);
    }
  }

  own(nowNs: number, kind: number, vcpu: number, b = 0, c = 0, d = 0, e = 0): void {
    const wake = WAKES[kind];
    if (kind === Own.miss) this.write('miss', nowNs, this.name(vcpu), b, c, d);
    else if (wake !== undefined)
      this.write('wake', nowNs, this.name(vcpu), b === 1 ? `first-${wake}` : wake, c, d, e);
  }

  start(_nowNs: number, vm: number): void {
    this.started.add(vm);
  }

  set(nowNs: number, vm: number, status: number): void {
    if (this.isRecorded(nowNs))
      this.write('set', nowNs, this.vmNames[vm], status === 0 ? 0 : EINVAL, this.termsOfAll());
  }

  // Golden files tell what follows from these, and don't know the others.

  wake(): void {}

  pause(): void {}

  unpause(): void {}

  tick(): void {}

  steal(): void {}

  migrate(): void {}

  destroy(): void {}

  pin(): void {}

  tune(): void {}

  /** @returns what the pCPU ran before */
  private follow(pcpu: number, vcpu: number, stint: Stint, nowNs: number): Running {
    const was = this.running.get(pcpu) ?? NOBODY;
    if (was.stint === 'pen' || was.stint === 'util')
      this.extraNs.set(was.vcpu, (this.extraNs.get(was.vcpu) ?? 0) + nowNs - was.sinceNs);
    this.running.set(pcpu, { vcpu, stint, sinceNs: nowNs });
    return was;
  }

  private termsOfAll(): (string | number)[][] {
    if (this.sedf === null) return [];
    const { periodNs, sliceNs, weight, extraWeight, isAware } = this.sedf.state;
    return [...this.names.entries()]
      .filter(([vcpu]) => this.started.has(this.policy.vmOf[vcpu]))
      .map(([vcpu, name]) => [
        name,
        periodNs[vcpu],
        sliceNs[vcpu],
        weight[vcpu],
        extraWeight[vcpu],
        isAware[vcpu],
      ]);
  }
}
