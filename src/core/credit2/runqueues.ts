/**
 * Which pCPUs share a runqueue. pCPUs are added in order; each joins the runqueue of its core, or socket, or of all, or
 * opens a new one, so runqueues are numbered by their lowest pCPUs:
 *
 *     pCPU      0  1  2  3    4  5  6  7       two sockets of two cores of two threads
 *     all       0  0  0  0    0  0  0  0
 *     socket    0  0  0  0    1  1  1  1       Xen's default
 *     core      0  0  1  1    2  2  3  3
 *     cpu       0  1  2  3    4  5  6  7
 *
 * Xen also splits a runqueue of more than 16 pCPUs. Here it isn't split.
 */
import { type CpuGroups, groupsAt, type Level } from '../cpu-groups.ts';
import type { Topology } from '../topology.ts';

/** Index: the value of the parameter. */
export const ARRANGEMENTS = ['all', 'socket', 'core', 'cpu'] as const;

const LEVEL_OF: Readonly<Record<(typeof ARRANGEMENTS)[number], Level>> = {
  all: 'machine',
  socket: 'socket',
  core: 'core',
  cpu: 'pcpu',
};

/** @param arrangement index of ARRANGEMENTS */
export function runqueuesOf(arrangement: number, topology: Topology): CpuGroups {
  return groupsAt(LEVEL_OF[ARRANGEMENTS[arrangement]], byLowestPcpu(topology));
}

/** The threads of each core, as far as they share a runqueue. */
export function siblingsIn(arrangement: number, topology: Topology): CpuGroups {
  return groupsAt(ARRANGEMENTS[arrangement] === 'cpu' ? 'pcpu' : 'core', topology);
}

/** The same topology, its cores and sockets numbered by their lowest pCPUs. */
function byLowestPcpu({ cores, sockets }: Topology): Topology {
  return { cores: lowestOf(cores), sockets: lowestOf(sockets) };
}

function lowestOf(numbers: readonly number[]): number[] {
  const lowest = new Map<number, number>();
  numbers.forEach((number, pcpu) => {
    if (!lowest.has(number)) lowest.set(number, pcpu);
  });
  return numbers.map((number) => lowest.get(number) ?? 0);
}
