import type { PolicyVm } from './policy.ts';
import { type Topology, topologyProblem } from './topology.ts';

const MAX_COUNT = 2 ** 20;

/** @throws RangeError for pCPUs, VMs, pins or a topology that no machine has */
export function checkMachine(pcpuCount: number, vms: readonly PolicyVm[], topology: Topology): void {
  checkWhole('pcpuCount', pcpuCount, 1, MAX_COUNT);
  for (const [index, vm] of vms.entries()) checkVm(index, vm, pcpuCount);
  const misplaced = topologyProblem(topology, pcpuCount);
  if (misplaced !== null) throw new RangeError(`topology: ${misplaced}`);
}

/** @throws RangeError for a VM without vCPUs, or with pins that no machine has */
export function checkVm(index: number, { vcpus }: PolicyVm, pcpuCount: number): void {
  checkWhole(`number of vCPUs of VM ${index}`, vcpus.length, 1, MAX_COUNT);
  for (const pin of vcpus) checkPin(`pin of VM ${index}`, pin, pcpuCount);
}

/** @throws RangeError for a pin to no pCPU, or to one that isn't there */
export function checkPin(what: string, pin: readonly number[] | null, pcpuCount: number): void {
  if (pin === null) return;
  if (pin.length === 0) throw new RangeError(`${what}: it names no pCPU`);
  for (const pcpu of pin) checkWhole(what, pcpu, 0, pcpuCount - 1);
}

/** @throws RangeError if one VM more doesn't fit */
export function checkReserve(
  used: { readonly vms: number; readonly vcpus: number },
  most: { readonly vms: number; readonly vcpus: number },
  { vcpus }: PolicyVm,
): void {
  if (used.vms + 1 <= most.vms && used.vcpus + vcpus.length <= most.vcpus) return;
  throw new RangeError(`no room for another VM: at most ${most.vms} VMs and ${most.vcpus} vCPUs, ever`);
}

function checkWhole(what: string, value: number, min: number, max: number): void {
  if (Number.isInteger(value) && value >= min && value <= max) return;
  throw new RangeError(`${what}: expected a whole number from ${min} to ${max}, got ${value}`);
}
