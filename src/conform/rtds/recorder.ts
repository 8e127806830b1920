import { IDLE, type Policy } from '../../core/policy.ts';
import { Rtds } from '../../core/rtds/rtds.ts';
import { VcpuReading } from '../../core/rtds/terms.ts';
import type { TraceSink } from '../../core/trace-sink.ts';
import { GoldenRecorder } from '../golden-recorder.ts';

/** What Xen answers to a request that it refuses. */
const EINVAL = -22;

export class RtdsRecorder extends GoldenRecorder implements TraceSink {
  private readonly paused = new Set<number>();
  private rtds: Rtds | null = null;

  override attach(policy: Policy): void {
    super.attach(policy);
    if (!(policy instanceof Rtds)) throw new Error(`golden files of rtds are not of ${policy.terms.type}`);
    this.rtds = policy;
  }

  decide(nowNs: number, pcpu: number, prev: number, next: number): void {
    if (next !== prev) {
      const had = this.readingsOf(prev);
      this.write(
        'sw',
        nowNs,
        pcpu,
        this.name(prev),
        had[VcpuReading.budget],
        had[VcpuReading.level],
        this.name(next),
        ...this.readingsOf(next),
      );
    } else if (next !== IDLE) {
      this.write('run', nowNs, pcpu, this.name(next), ...this.readingsOf(next));
    }
  }

  own(nowNs: number, kind: number, a: number, b = 0, c = 0): void {
    switch (this.policy.terms.records[kind].kind) {
      case 'renew':
        this.write('repl', nowNs, this.name(a), b, c);
        break;
      case 'tickle':
        this.write('tickle', nowNs, b);
        break;
      case 'resume':
        this.writeWake(nowNs, a);
        break;
      default: // golden files know nothing of the others
        break;
    }
  }

  /** In golden files only who can run then wakes. */
  wake(nowNs: number, vcpu: number): void {
    if (!this.paused.has(this.policy.vmOf[vcpu])) this.writeWake(nowNs, vcpu);
  }

  pause(_nowNs: number, vm: number): void {
    this.paused.add(vm);
  }

  unpause(_nowNs: number, vm: number): void {
    this.paused.delete(vm);
  }

  /** What a VM has from the beginning is a request like any other. */
  start(nowNs: number, vm: number): void {
    const [periodNs, budgetNs, extratime] = this.vmReadingsOf(vm);
    this.write('set', nowNs, this.vmNames[vm], 0, periodNs / 1e3, budgetNs / 1e3, extratime);
  }

  set(nowNs: number, vm: number, status: number): void {
    if (this.rtds === null) return;
    const { periodNs, budgetNs, extratime } = this.rtds.state.request;
    const rc = status === 0 ? 0 : EINVAL;
    this.write('set', nowNs, this.vmNames[vm], rc, periodNs / 1e3, budgetNs / 1e3, extratime);
  }

  // Golden files know nothing of these, or such a scenario is refused before it is written.

  tick(): void {}

  steal(): void {}

  migrate(): void {}

  destroy(): void {}

  pin(): void {}

  tune(): void {}

  private writeWake(nowNs: number, vcpu: number): void {
    this.write('wake', nowNs, this.name(vcpu), ...this.readingsOf(vcpu));
  }
}
