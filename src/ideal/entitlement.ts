/**
 * What each VM is entitled to at one instant: the weighted max-min fair division of the pCPUs.
 *
 * Pour CPU time into all VMs at once, each at a speed of weight × runnable vCPUs (Xen counts a VM's weight once per
 * active vCPU), until a VM meets a limit of its own or a set of VMs fills the pCPUs that it may use. Those stop, the
 * others go on: nothing stays unused that somebody could use.
 *
 *     three hogs 128:256:512 on one pCPU, the heavy one capped at 40 %
 *
 *     level  ▲            ┌─ heavy stops: its cap                  light   20 %
 *            │  ╱╱╱╱╱╱╱╱╱╱┘      ┌─ the pCPU is full               middle  40 %
 *            └───────────────────┴──►                              heavy   40 %
 *
 * What is reserved for VMs is poured before all of that, at a speed of the reservation itself: so all of them are
 * filled at the same time, or, where they are too many for the pCPUs, to the same part. The weights begin above it.
 *
 * A VM's own limit is the least of its cap, one pCPU per vCPU, and what its vCPUs ask for. Pinning makes it a flow
 * problem: a level is possible if and only if a network VM → permitted pCPUs carries it. Where it does not, a
 * minimum cut names the VMs that are too many for their pCPUs, and from it follows the level at which they just fit.
 */
import type { Entitlement } from '../core/entitlement.ts';
import { maxFlow } from './max-flow.ts';

export interface Claim extends Entitlement {
  /** vCPUs that can run now */
  readonly vcpus: number;
  /** the most that a vCPU uses when nothing holds it back, 0..1 of a pCPU */
  readonly demand: number;
  /** indexes of pCPUs that it may run on; null: all */
  readonly pcpus: readonly number[] | null;
}

const TOLERANCE = 1e-9;

/** From VMs to groups of pCPUs. */
interface Network {
  readonly edges: readonly (readonly number[])[];
  readonly sizes: readonly number[];
}

/**
 * @param pcpuCount number of pCPUs
 * @returns per claim, the CPU time per unit of time, in pCPUs (1 = one whole pCPU)
 */
export function entitlement(pcpuCount: number, claims: readonly Claim[]): number[] {
  const network = groupPcpus(pcpuCount, claims);
  const limit = claims.map(ownLimit);
  const reserved = claims.map(({ reservedPercent = 0 }, i) => Math.min(limit[i], reservedPercent / 100));
  const floor = pour(
    network,
    claims.map(() => 0),
    reserved,
    reserved,
  );
  const speed = claims.map(({ weight, vcpus }) => weight * vcpus);
  return pour(network, floor, limit, speed);
}

/** @param floor what each has already @returns what each has when everybody has met a limit */
function pour(
  network: Network,
  floor: readonly number[],
  limit: readonly number[],
  speed: readonly number[],
): number[] {
  const rate = [...floor];
  const growing = new Set(floor.keys());
  for (const i of growing) if (limit[i] - floor[i] <= TOLERANCE) growing.delete(i);

  while (growing.size > 0) {
    const rateAt = (level: number) =>
      rate.map((fixed, i) => (growing.has(i) ? Math.min(limit[i], floor[i] + speed[i] * level) : fixed));
    let level = Math.max(...[...growing].map((i) => (limit[i] - floor[i]) / speed[i]));
    let full: readonly boolean[] | null = null;
    for (;;) {
      const wanted = rateAt(level);
      const { value, leftCut, cutCapacity } = maxFlow(wanted, network.edges, network.sizes);
      if (value >= sum(wanted) - TOLERANCE) break;
      const fixed = sum(wanted.filter((_, i) => leftCut[i] && !growing.has(i)));
      const members = [...growing].filter((i) => leftCut[i]);
      const next = levelThatFills(Math.max(0, cutCapacity - fixed), members, floor, limit, speed);
      full = leftCut;
      if (next >= level) break;
      level = next;
    }
    for (const [i, value] of rateAt(level).entries()) {
      if (!growing.has(i)) continue;
      rate[i] = value;
      if (full === null || full[i] || value >= limit[i] - TOLERANCE) growing.delete(i);
    }
  }
  return rate;
}

function ownLimit({ capPercent, vcpus, demand }: Claim): number {
  const asked = vcpus * Math.min(1, demand);
  return capPercent === null ? asked : Math.min(asked, capPercent / 100);
}

/** The level at which these VMs together use exactly `capacity`. */
function levelThatFills(
  capacity: number,
  members: readonly number[],
  floor: readonly number[],
  limit: readonly number[],
  speed: readonly number[],
): number {
  const levelAtLimit = (i: number) => (limit[i] - floor[i]) / speed[i];
  const byLevel = [...members].sort((a, b) => levelAtLimit(a) - levelAtLimit(b));
  let left = Math.max(0, capacity - sum(members.map((i) => floor[i])));
  let speedLeft = sum(byLevel.map((i) => speed[i]));
  for (const i of byLevel) {
    const level = left / speedLeft;
    if (level <= levelAtLimit(i)) return level;
    left -= limit[i] - floor[i];
    speedLeft -= speed[i];
  }
  return Infinity;
}

/** pCPUs that the same VMs may use are interchangeable, and become one node. */
function groupPcpus(pcpuCount: number, claims: readonly Claim[]): Network {
  const groups = new Map<string, { users: number[]; size: number }>();
  for (let pcpu = 0; pcpu < pcpuCount; pcpu++) {
    const users = [...claims.keys()].filter((i) => claims[i].pcpus?.includes(pcpu) ?? true);
    const key = users.join();
    const group = groups.get(key) ?? { users, size: 0 };
    group.size++;
    groups.set(key, group);
  }
  const all = [...groups.values()];
  const edges = claims.map((_, i) => all.map(({ users, size }) => (users.includes(i) ? size : 0)));
  return { edges, sizes: all.map(({ size }) => size) };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
