import { IDLE, type Policy } from '../core/policy.ts';
import type { TraceSink } from '../core/trace-sink.ts';
import { Exit, type LoopObserver } from '../machine/machine.ts';
import type { QueueState } from './conformance-schema.ts';
import type { GoldenField, GoldenRecord } from './golden-records.ts';
import { queueStates } from './queue-state.ts';

export interface GoldenRecorderOptions {
  readonly vcpuNames: readonly string[];
  readonly vmNames: readonly string[];
  /** what comes later isn't recorded */
  readonly untilNs: number;
  /** takes each record as soon as it is made */
  readonly put: (record: GoldenRecord) => void;
  /** keep the queues as they are when the record with this index is made; default: none */
  readonly queuesAt?: number;
}

/**
 * Says what policy and loop tell in the records of golden files. It keeps none, so that a trace may have any length.
 * This is what all dialects have in common, with the record `done`; each hears its policy itself.
 */
export abstract class GoldenRecorder implements Pick<TraceSink, 'attach'>, LoopObserver {
  protected readonly names: readonly string[];
  protected readonly vmNames: readonly string[];
  private attached: Policy | null = null;
  private readonly untilNs: number;
  private readonly put: (record: GoldenRecord) => void;
  private readonly queuesAt: number;
  private recordCount = 0;
  private snapshot: readonly QueueState[] | null = null;
  private readonly readings = new Float64Array(4);

  constructor({ vcpuNames, vmNames, untilNs, put, queuesAt = -1 }: GoldenRecorderOptions) {
    this.names = vcpuNames;
    this.vmNames = vmNames;
    this.untilNs = untilNs;
    this.put = put;
    this.queuesAt = queuesAt;
  }

  /** The queues at that record; if it was never made, as they are now. */
  get queues(): readonly QueueState[] {
    return this.snapshot ?? (this.attached === null ? [] : queueStates(this.attached, this.names));
  }

  attach(policy: Policy): void {
    this.attached = policy;
  }

  exit(nowNs: number, vcpu: number, exit: Exit): void {
    if (exit === Exit.done) this.write('done', nowNs, this.name(vcpu));
  }

  timer(): void {}
  decision(): void {}

  protected get policy(): Policy {
    if (this.attached === null) throw new Error('a record comes before the policy');
    return this.attached;
  }

  /** Whether what happens then is recorded: for records that take long to make. */
  protected isRecorded(nowNs: number): boolean {
    return nowNs <= this.untilNs;
  }

  protected write(kind: string, nowNs: number, ...fields: GoldenField[]): void {
    if (!this.isRecorded(nowNs)) return;
    if (this.recordCount++ === this.queuesAt) this.snapshot = this.queues;
    this.put([kind, nowNs, ...fields]);
  }

  /** In the order in which the policy lists them. */
  protected readingsOf(vcpu: number): number[] {
    const { policy, readings } = this;
    const { vcpuReadings } = policy.terms;
    if (vcpu === IDLE) return vcpuReadings.map(({ idle }) => idle);
    policy.readVcpu(vcpu, readings, 0);
    return Array.from(readings.subarray(0, vcpuReadings.length));
  }

  protected vmReadingsOf(vm: number): number[] {
    const { policy, readings } = this;
    policy.readVm(vm, readings, 0);
    return Array.from(readings.subarray(0, policy.terms.vmReadings.length));
  }

  protected name(vcpu: number): string {
    return vcpu === IDLE ? '-' : this.names[vcpu];
  }
}
