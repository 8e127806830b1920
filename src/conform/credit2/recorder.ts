import { IDLE } from '../../core/policy.ts';
import { VcpuReading, VmReading } from '../../core/credit2/terms.ts';
import type { TraceSink } from '../../core/trace-sink.ts';
import type { GoldenField } from '../golden-records.ts';
import { GoldenRecorder } from '../golden-recorder.ts';

/** What Xen answers to a request that it refuses. */
const EINVAL = -22;
const IDLE_SLICE = -1;

export class Credit2Recorder extends GoldenRecorder implements TraceSink {
  /** what the reset under way has given so far */
  private gifts: [string, number, number][] = [];
  /** the rate limit that the change under way asks for */
  private askedNs = NaN;

  decide(nowNs: number, pcpu: number, prev: number, next: number): void {
    if (prev === IDLE && next === IDLE) return;
    const name = this.name(next);
    if (next === prev) this.write('run', nowNs, pcpu, name, ...this.begun(next));
    else this.write('sw', nowNs, pcpu, this.name(prev), this.creditOf(prev), name, ...this.begun(next));
  }

  own(nowNs: number, kind: number, a: number, b = 0, c = 0, d = 0): void {
    switch (this.policy.terms.records[kind].kind) {
      case 'ready':
        this.write('wake', nowNs, this.name(a), b);
        break;
      case 'give':
        this.gifts.push([this.name(a), b, c]);
        break;
      case 'reset':
        this.write('reset', nowNs, a, this.gifts);
        this.gifts = [];
        break;
      case 'tickle':
        this.write('tickle', nowNs, this.name(a), b);
        break;
      case 'park':
        this.write('park', nowNs, this.name(a), b);
        break;
      case 'unpark':
        this.write('unpark', nowNs, this.name(a));
        break;
      case 'refill':
        this.write('repl', nowNs, this.vmNames[a], b);
        break;
      case 'pick':
        this.write('pick', nowNs, this.name(a), b, c);
        break;
      case 'weigh':
        this.write('lchk', nowNs, a, b, c);
        break;
      case 'balance':
        this.write('bal', nowNs, a, b, c, d);
        break;
      case 'move':
        this.write('migr', nowNs, this.name(a), b, c, d);
        break;
      case 'ratelimit':
        this.askedNs = a;
        break;
      default: // golden files know nothing of the others
        break;
    }
  }

  /** What a VM has from the beginning is a request like any other. */
  start(nowNs: number, vm: number): void {
    this.set(nowNs, vm, 0);
  }

  set(nowNs: number, vm: number, status: number): void {
    const readings = this.vmReadingsOf(vm);
    const values = [readings[VmReading.weight], readings[VmReading.cap]];
    this.write('set', nowNs, this.vmNames[vm], status === 0 ? 0 : EINVAL, ...values);
  }

  tune(nowNs: number, status: number): void {
    this.write('global', nowNs, status === 0 ? 0 : EINVAL, this.askedNs / 1e3);
  }

  // Golden files know nothing of these, or such a scenario is refused before it is written.

  /** The policy says itself which vCPUs wake that can run. */
  wake(): void {}

  tick(): void {}

  steal(): void {}

  /** From one pCPU to another inside a runqueue. */
  migrate(): void {}

  pause(): void {}

  unpause(): void {}

  destroy(): void {}

  pin(): void {}

  /** Credit and slice of the one that runs from now on; if its VM is capped, its budget and the VM's pool. */
  private begun(vcpu: number): GoldenField[] {
    if (vcpu === IDLE) return [0, IDLE_SLICE];
    const readings = this.readingsOf(vcpu);
    const begun = [readings[VcpuReading.credit], readings[VcpuReading.slice]];
    const vm = this.vmReadingsOf(this.policy.vmOf[vcpu]);
    if (vm[VmReading.cap] === 0) return begun;
    return [...begun, readings[VcpuReading.budget], vm[VmReading.pool]];
  }

  private creditOf(vcpu: number): number {
    return vcpu === IDLE ? 0 : this.readingsOf(vcpu)[VcpuReading.credit];
  }
}
