import type { PolicyVm } from './policy.ts';
import { type Topology, topologyProblem } from './topology.ts';

const MAX_COUNT = 2 ** 20;

/** @throws RangeError for pCPUs, VMs, pins or a topology that no machine has */
export function checkMachine(pcpuCount: number, vms: readonly PolicyVm[], topology: Topology): void {
  checkWhole('pcpuCount', pcpuCount, 1, MAX_COUNT);
  for (const [index, { vcpus }] of vms.entries()) {
    checkWhole(`number of vCPUs of VM ${index}`, vcpus.length, 1, MAX_COUNT);
    for (const pin of vcpus) {
      if (pin === null) continue;
      if (pin.length === 0) throw new RangeError(`VM ${index}: a vCPU is pinned to no pCPU`);
      for (const pcpu of pin) checkWhole(`pin of VM ${index}`, pcpu, 0, pcpuCount - 1);
    }
  }
  const misplaced = topologyProblem(topology, pcpuCount);
  if (misplaced !== null) throw new RangeError(`topology: ${misplaced}`);
}

function checkWhole(what: string, value: number, min: number, max: number): void {
  if (Number.isInteger(value) && value >= min && value <= max) return;
  throw new RangeError(`${what}: expected a whole number from ${min} to ${max}, got ${value}`);
}
