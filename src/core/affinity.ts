import { CpuSet } from './cpu-set.ts';

/** Hard affinity: for each vCPU the set of pCPUs it may run on. vCPUs with the same pins share one set. */
export class Affinity {
  private readonly sets: CpuSet[];
  private readonly setOf: Int32Array;

  /** @param pins per vCPU the allowed pCPUs, or null for all of them */
  constructor(pcpuCount: number, pins: readonly (readonly number[] | null)[]) {
    this.sets = [CpuSet.full(pcpuCount)];
    this.setOf = new Int32Array(pins.length);
    const known = new Map<string, number>();
    pins.forEach((pin, vcpu) => {
      if (pin === null) return;
      const key = [...new Set(pin)].sort((a, b) => a - b).join();
      let index = known.get(key);
      if (index === undefined) {
        index = this.sets.push(CpuSet.of(pcpuCount, pin)) - 1;
        known.set(key, index);
      }
      this.setOf[vcpu] = index;
    });
  }

  of(vcpu: number): CpuSet {
    return this.sets[this.setOf[vcpu]];
  }
}
