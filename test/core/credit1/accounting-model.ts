/**
 * The accounting pass as the specification words it, in plain objects and exact integers: written a second time, to
 * compare with. Lists are arrays, head first.
 */
export interface ModelVcpu {
  readonly id: number;
  credit: bigint;
  isOver: boolean;
  isParked: boolean;
  isActive: boolean;
}

export interface ModelVm {
  readonly id: number;
  readonly weight: bigint;
  /** percent of one pCPU, 0 = none */
  readonly cap: bigint;
  /** its active vCPUs, in list order */
  active: ModelVcpu[];
}

export interface ModelPool {
  /** credits per slice of one pCPU */
  readonly perSlice: bigint;
  readonly pcpus: bigint;
  balance: bigint;
  /** VMs with active vCPUs, in list order */
  vms: ModelVm[];
}

const ceil = (x: bigint, y: bigint): bigint => (x + y - 1n) / y;
const least = (x: bigint, y: bigint): bigint => (x < y ? x : y);

export function modelAccounting(pool: ModelPool): void {
  const { perSlice } = pool;
  const total = totalWeight(pool);
  if (total === 0n) {
    pool.balance = 0n;
    return;
  }
  const debt = pool.balance < 0n ? -pool.balance : 0n;
  let toShare = perSlice * pool.pcpus + debt;
  let left = total;
  let balance = 0n;
  let slack = false;
  for (const vm of [...pool.vms]) {
    const n = BigInt(vm.active.length);
    const omega = vm.weight * n;
    left -= omega;
    let peak = n * perSlice;
    if (debt > 0n) peak += ceil(debt * omega, total);
    let capPerVcpu: bigint | null = null;
    if (vm.cap !== 0n) {
      const capOfVm = ceil(vm.cap * perSlice, 100n);
      peak = least(peak, capOfVm);
      capPerVcpu = ceil(capOfVm, n);
    }
    let fair = ceil(toShare * omega, total);
    if (fair < peak) {
      slack = true;
    } else {
      if (left !== 0n) toShare += ceil((fair - peak) * total, left);
      if (slack) pool.vms = [vm, ...pool.vms.filter((other) => other !== vm)];
      fair = peak;
    }
    for (const vcpu of [...vm.active]) {
      settle(pool, vm, vcpu, ceil(fair, n), capPerVcpu);
      balance += vcpu.credit;
    }
  }
  pool.balance = balance;
}

export function totalWeight(pool: ModelPool): bigint {
  return pool.vms.reduce((sum, vm) => sum + vm.weight * BigInt(vm.active.length), 0n);
}

function settle(
  pool: ModelPool,
  vm: ModelVm,
  vcpu: ModelVcpu,
  share: bigint,
  capPerVcpu: bigint | null,
): void {
  vcpu.credit += share;
  vcpu.isOver = vcpu.credit < 0n;
  if (vcpu.isOver) {
    if (capPerVcpu !== null && vcpu.credit < -capPerVcpu) vcpu.isParked = true;
    if (vcpu.credit < -pool.perSlice) vcpu.credit = -pool.perSlice;
    return;
  }
  vcpu.isParked = false;
  if (vcpu.credit <= pool.perSlice) return;
  vcpu.credit /= 2n;
  vcpu.isActive = false;
  vm.active = vm.active.filter((other) => other !== vcpu);
  if (vm.active.length === 0) pool.vms = pool.vms.filter((other) => other !== vm);
}
