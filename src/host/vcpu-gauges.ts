import { type Native, VcpuField } from '../addon/native.ts';
import { unitsOf } from './programs.ts';
import type { Scoreboard } from './scoreboard.ts';
import { type VcpuPlace, vcpusOf } from '../scenario/plan.ts';
import type { Scenario, VmSpec } from '../scenario/scenario.ts';
import type { VmProgress } from '../testbed/testbed.ts';

/** What the addon knows of the vCPUs of a run, read at any time from the main thread. */
export class VcpuGauges {
  readonly places: VcpuPlace[];
  private readonly native: Native;
  private readonly scoreboard: Scoreboard;
  private readonly fields = new Float64Array(VcpuField.size);

  constructor(native: Native, scenario: Scenario, scoreboard: Scoreboard) {
    this.native = native;
    this.scoreboard = scoreboard;
    this.places = vcpusOf(scenario);
  }

  /** A VM comes that wasn't planned. @param vmIndex its place in the scenario as played */
  add(vm: VmSpec, vmIndex: number): void {
    for (let i = 0; i < vm.vcpus; i++) this.places.push({ vm, vmIndex, id: `${vm.name}/v${i}` });
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

/** How far a VM of a run under way has come. @param nsPerUnit from the calibration, null if it wasn't needed */
export function vmProgress(
  gauges: VcpuGauges,
  vm: VmSpec,
  vmIndex: number,
  nsPerUnit: number | null,
  nowNs: number,
): VmProgress {
  const vcpus = gauges.vcpusOf(vmIndex);
  const total = unitsOf(vm.work, nsPerUnit) * vcpus.length;
  const done = vcpus.reduce((sum, vcpu) => sum + gauges.field(vcpu, VcpuField.units), 0);
  const ends = vcpus.map((vcpu) => gauges.endNs(vcpu));
  const untilNs = ends.some((endNs) => endNs < 0) ? nowNs : Math.max(...ends);
  return {
    name: vm.name,
    fraction: Number.isFinite(total) ? done / total : null,
    cpuNs: vcpus.reduce((sum, vcpu) => sum + gauges.cpuNs(vcpu), 0),
    elapsedNs: Math.max(0, untilNs - vm.startNs),
  };
}
