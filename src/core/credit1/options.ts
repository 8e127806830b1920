import {
  DEFAULT_BOOT_NS,
  DEFAULT_LB_RATELIMIT_NS,
  DEFAULT_MIGRATION_DELAY_NS,
  DEFAULT_RATELIMIT_NS,
  DEFAULT_TSLICE_NS,
  MAX_CAP,
  MAX_LB_RATELIMIT_NS,
  MAX_MIGRATION_DELAY_NS,
  MAX_RATELIMIT_NS,
  MAX_TICK_PHASE_NS,
  MAX_TSLICE_NS,
  MAX_WEIGHT,
  MIN_RATELIMIT_NS,
  MIN_TSLICE_NS,
  MIN_WEIGHT,
  MS,
} from './constants.ts';
import type { Counters } from '../counters.ts';
import type { PolicyVm } from '../policy.ts';
import { flatTopology, type Topology, topologyFault } from '../topology.ts';
import type { TraceSink } from '../trace-sink.ts';

export interface Credit1Options {
  readonly pcpuCount: number;
  readonly vms: readonly PolicyVm[];
  /** default: one socket, no SMT */
  readonly topology?: Topology;
  /** whole ms, 1 ms..1 s; default 30 ms */
  readonly tsliceNs?: number;
  /** 0 = off, else 100 µs..500 ms and at most the slice; default 1 ms */
  readonly ratelimitNs?: number;
  /** least time between two balancings of a pCPU, 0..1 s; default 1 ms */
  readonly lbRatelimitNs?: number;
  /** a vCPU that ran less than this ago isn't stolen, 0..100 ms; default 0 */
  readonly migrationDelayNs?: number;
  /** the first accounting comes that much later than boot + slice; default 0 */
  readonly acctPhaseNs?: number;
  /** ticks of pCPU p come p times that later than those of pCPU 0, 0..1 s; default 0: all in one instant */
  readonly tickPhaseNs?: number;
  /** how long before t = 0 the machine booted; ticks and accounting count from there; default 900 ms */
  readonly bootNs?: number;
  /** default: new ones */
  readonly counters?: Counters;
  readonly trace?: TraceSink | null;
}

export type Resolved = Required<Omit<Credit1Options, 'counters' | 'trace' | 'pcpuCount' | 'vms'>>;

/** Fill in the defaults. @throws RangeError for a value that Xen, or its toolstack, would refuse */
export function resolve(options: Credit1Options): Resolved {
  const { pcpuCount, vms } = options;
  check('pcpuCount', pcpuCount, 1, 2 ** 20);
  vms.forEach((vm, index) => checkVm(vm, index, pcpuCount));
  const topology = options.topology ?? flatTopology(pcpuCount);
  const misplaced = topologyFault(topology, pcpuCount);
  if (misplaced !== null) throw new RangeError(`topology: ${misplaced}`);
  const resolved = {
    topology,
    tsliceNs: options.tsliceNs ?? DEFAULT_TSLICE_NS,
    ratelimitNs: options.ratelimitNs ?? DEFAULT_RATELIMIT_NS,
    lbRatelimitNs: options.lbRatelimitNs ?? DEFAULT_LB_RATELIMIT_NS,
    migrationDelayNs: options.migrationDelayNs ?? DEFAULT_MIGRATION_DELAY_NS,
    acctPhaseNs: options.acctPhaseNs ?? 0,
    tickPhaseNs: options.tickPhaseNs ?? 0,
    bootNs: options.bootNs ?? DEFAULT_BOOT_NS,
  };
  const { tsliceNs, ratelimitNs, migrationDelayNs } = resolved;
  if (!isValidTuning(tsliceNs, ratelimitNs, migrationDelayNs)) {
    throw new RangeError(
      `tsliceNs ${tsliceNs}, ratelimitNs ${ratelimitNs}, migrationDelayNs ${migrationDelayNs}: expected a slice of whole ` +
        `milliseconds up to 1 s, a rate limit of 0 or 100 µs to 500 ms within the slice, and a delay of at most 100 ms`,
    );
  }
  check('lbRatelimitNs', resolved.lbRatelimitNs, 0, MAX_LB_RATELIMIT_NS);
  check('acctPhaseNs', resolved.acctPhaseNs, 0, Number.MAX_SAFE_INTEGER);
  check('tickPhaseNs', resolved.tickPhaseNs, 0, MAX_TICK_PHASE_NS);
  check('bootNs', resolved.bootNs, 0, Number.MAX_SAFE_INTEGER);
  return resolved;
}

/** Whether these parameters may hold together. */
export function isValidTuning(tsliceNs: number, ratelimitNs: number, migrationDelayNs: number): boolean {
  return (
    isWithin(tsliceNs, MIN_TSLICE_NS, MAX_TSLICE_NS) &&
    tsliceNs % MS === 0 &&
    (ratelimitNs === 0 || isWithin(ratelimitNs, MIN_RATELIMIT_NS, MAX_RATELIMIT_NS)) &&
    ratelimitNs <= tsliceNs &&
    isWithin(migrationDelayNs, 0, MAX_MIGRATION_DELAY_NS)
  );
}

/** @throws RangeError */
export function checkWeight(weight: number): void {
  check('weight', weight, MIN_WEIGHT, MAX_WEIGHT);
}

/** @throws RangeError */
export function checkCap(cap: number): void {
  check('cap', cap, 0, MAX_CAP);
}

function checkVm(vm: PolicyVm, index: number, pcpuCount: number): void {
  checkWeight(vm.weight);
  checkCap(vm.cap);
  check(`number of vCPUs of VM ${index}`, vm.vcpus.length, 1, 2 ** 20);
  for (const pin of vm.vcpus) {
    if (pin === null) continue;
    if (pin.length === 0) throw new RangeError(`VM ${index}: a vCPU is pinned to no pCPU`);
    for (const pcpu of pin) check(`pin of VM ${index}`, pcpu, 0, pcpuCount - 1);
  }
}

function check(what: string, value: number, min: number, max: number): void {
  if (!isWithin(value, min, max)) {
    throw new RangeError(`${what}: expected a whole number from ${min} to ${max}, got ${value}`);
  }
}

function isWithin(value: number, min: number, max: number): boolean {
  return Number.isInteger(value) && value >= min && value <= max;
}
