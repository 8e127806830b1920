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
 * A VM's own limit is the least of its cap, one pCPU per vCPU, and what its vCPUs ask for. Pinning makes it a flow
 * problem: a level is possible if and only if a network VM → permitted pCPUs carries it. Where it does not, a
 * minimum cut names the VMs that are too many for their pCPUs, and from it follows the level at which they just fit.
 */
import { maxFlow } from './max-flow.ts';

export interface Claim {
  /** 1..65535, of each vCPU */
  readonly weight: number;
  /** percent of one pCPU for the whole VM; 0 = none */
  readonly cap: number;
  /** vCPUs that can run now */
  readonly vcpus: number;
  /** the most that a vCPU uses when nothing holds it back, 0..1 of a pCPU */
  readonly demand: number;
  /** indexes of pCPUs that it may run on; null: all */
  readonly pcpus: readonly number[] | null;
}

const TOLERANCE = 1e-9;

/**
 * @param pcpuCount number of pCPUs
 * @returns per claim, the CPU time per unit of time, in pCPUs (1 = one whole pCPU)
 */
export function entitlement(pcpuCount: number, claims: readonly Claim[]): number[] {
  const limit = claims.map(ownLimit);
  const speed = claims.map(({ weight, vcpus }) => weight * vcpus);
  const network = groupPcpus(pcpuCount, claims);
  const rate = claims.map(() => 0);
  const growing = new Set(claims.keys());
  for (const i of growing) if (limit[i] === 0) growing.delete(i);

  while (growing.size > 0) {
    const rateAt = (level: number) =>
      rate.map((fixed, i) => (growing.has(i) ? Math.min(limit[i], speed[i] * level) : fixed));
    let level = Math.max(...[...growing].map((i) => limit[i] / speed[i]));
    let full: readonly boolean[] | null = null;
    for (;;) {
      const wanted = rateAt(level);
      const { value, leftCut, cutCapacity } = maxFlow(wanted, network.edges, network.sizes);
      if (value >= sum(wanted) - TOLERANCE) break;
      const fixed = sum(wanted.filter((_, i) => leftCut[i] && !growing.has(i)));
      const members = [...growing].filter((i) => leftCut[i]);
      const next = levelThatFills(Math.max(0, cutCapacity - fixed), members, limit, speed);
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

function ownLimit({ cap, vcpus, demand }: Claim): number {
  const asked = vcpus * Math.min(1, demand);
  return cap === 0 ? asked : Math.min(asked, cap / 100);
}

/** The level at which these VMs together use exactly `capacity`. */
function levelThatFills(
  capacity: number,
  members: readonly number[],
  limit: readonly number[],
  speed: readonly number[],
): number {
  const byLevel = [...members].sort((a, b) => limit[a] / speed[a] - limit[b] / speed[b]);
  let left = capacity;
  let speedLeft = sum(byLevel.map((i) => speed[i]));
  for (const i of byLevel) {
    const level = left / speedLeft;
    if (level <= limit[i] / speed[i]) return level;
    left -= limit[i];
    speedLeft -= speed[i];
  }
  return Infinity;
}

/** pCPUs that the same VMs may use are interchangeable, and become one node. */
function groupPcpus(pcpuCount: number, claims: readonly Claim[]): { edges: number[][]; sizes: number[] } {
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
