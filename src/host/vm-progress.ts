import type { VmProgress } from '../testbed/testbed.ts';
import type { VmSpec } from '../scenario/scenario.ts';
import { VcpuField } from '../addon/native.ts';
import { unitsOf } from './programs.ts';
import type { VcpuReadings } from './vcpu-readings.ts';

/** How far a VM of a run under way has come. @param nsPerUnit from the calibration, null if it wasn't needed */
export function vmProgress(
  readings: VcpuReadings,
  vm: VmSpec,
  vmIndex: number,
  nsPerUnit: number | null,
  nowNs: number,
): VmProgress {
  const vcpus = readings.vcpusOf(vmIndex);
  const total = unitsOf(vm.work, nsPerUnit) * vcpus.length;
  const done = vcpus.reduce((sum, vcpu) => sum + readings.field(vcpu, VcpuField.units), 0);
  const ends = vcpus.map((vcpu) => readings.endNs(vcpu));
  const untilNs = ends.some((endNs) => endNs < 0) ? nowNs : Math.max(...ends);
  return {
    name: vm.name,
    fraction: Number.isFinite(total) ? done / total : null,
    cpuNs: vcpus.reduce((sum, vcpu) => sum + readings.cpuNs(vcpu), 0),
    elapsedNs: Math.max(0, untilNs - vm.startNs),
  };
}
