import { type VcpuPlace, vcpusOf } from '../scenario/plan.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { type Native, VcpuField } from '../addon/native.ts';
import type { Scoreboard } from './scoreboard.ts';

/** What the addon knows of the vCPUs of a run, read at any time from the main thread. */
export class VcpuReadings {
  readonly places: readonly VcpuPlace[];
  private readonly native: Native;
  private readonly scoreboard: Scoreboard;
  private readonly fields = new Float64Array(VcpuField.size);

  constructor(native: Native, scenario: Scenario, scoreboard: Scoreboard) {
    this.native = native;
    this.scoreboard = scoreboard;
    this.places = vcpusOf(scenario);
  }

  field(vcpu: number, field: number): number {
    this.native.readVcpu(vcpu, this.fields);
    return this.fields[field];
  }

  tid(vcpu: number): number {
    return this.field(vcpu, VcpuField.tid);
  }

  /** When it finished its work, ns; −1: it hasn't */
  endNs(vcpu: number): number {
    return this.field(vcpu, VcpuField.endNs);
  }

  /** The same of all vCPUs; null: it hasn't */
  doneNs(): (number | null)[] {
    return this.places.map((_, vcpu) => {
      const endNs = this.endNs(vcpu);
      return endNs < 0 ? null : endNs;
    });
  }

  /** CPU time in the window so far, ns */
  cpuNs(vcpu: number): number {
    const finalNs = this.scoreboard.finalCpuNs[vcpu];
    return finalNs >= 0 ? finalNs : Math.max(0, this.native.cpuNs(vcpu));
  }

  vcpusOf(vmIndex: number): number[] {
    return [...this.places.keys()].filter((vcpu) => this.places[vcpu].vmIndex === vmIndex);
  }

  /** CPU time of a VM's vCPUs on the average, once all have finished; else null. */
  usedNs(vmIndex: number): number | null {
    const vcpus = this.vcpusOf(vmIndex);
    if (vcpus.some((vcpu) => this.endNs(vcpu) < 0)) return null;
    return vcpus.reduce((sum, vcpu) => sum + this.cpuNs(vcpu), 0) / vcpus.length;
  }
}
