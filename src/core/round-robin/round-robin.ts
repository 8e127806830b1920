import { LinkedLists, NONE } from '../linked-lists.ts';
import { PolicyBase } from '../policy-base.ts';
import type { PolicyOptions, PolicyType } from '../policy-type.ts';
import { CHOICES_OF_ONE_QUEUE, REASONS } from '../reason.ts';

/** One queue: each pCPU takes the first vCPU that may run there, and puts it behind all others a slice later. */
class RoundRobin extends PolicyBase {
  private readonly queue = new LinkedLists(1, this.vmOf.length);
  private readonly turns = new Float64Array(this.vmOf.length);

  protected add(vcpu: number): void {
    this.queue.insertBefore(0, vcpu, NONE);
  }

  protected remove(vcpu: number): void {
    this.queue.remove(0, vcpu);
  }

  protected choose(pcpu: number): number {
    let vcpu = this.queue.head(0);
    while (vcpu !== NONE && !this.affinity.of(vcpu).has(pcpu)) vcpu = this.queue.next(vcpu);
    return vcpu;
  }

  protected begin(vcpu: number): number {
    this.turns[vcpu]++;
    return this.values.sliceNs;
  }

  override readVcpu(vcpu: number, out: Float64Array, at: number): void {
    out[at] = this.turns[vcpu];
  }

  override readVm(): void {}

  override queueOf(pcpu: number): number[] {
    return this.queue.itemsOf(0).filter((vcpu) => this.pcpuOf[vcpu] === pcpu);
  }
}

const slice = { key: 'slice', field: 'sliceNs', unit: 'time', min: 1e6, max: 1e9, default: 30e6 } as const;
const turns = { key: 'turns', unit: 'turns', description: 'slices that it has begun' } as const;

export const roundRobinType: PolicyType = {
  type: 'round-robin',
  description: 'Everybody in turn, a slice each, whatever the VM: what shares are like without weights',
  parameters: [{ ...slice, description: 'How long a turn is', isTunable: true, isSlice: true }],
  vmParameters: [],
  counters: [],
  entitlement: () => ({ weight: 1, capPercent: null }),
  vcpuReadings: [{ ...turns, kind: 'level', idle: 0, initial: 0 }],
  vmReadings: [],
  records: [],
  reasons: REASONS,
  choices: CHOICES_OF_ONE_QUEUE,
  longestWasteNs: () => 0,
  create: (options: PolicyOptions) => new RoundRobin(roundRobinType, options),
};
