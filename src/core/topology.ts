/**
 * Where the pCPUs are, as data: those of one core are SMT siblings, those of one socket share its memory (a NUMA
 * node).
 *
 *     pCPU      0  1  2  3    4  5  6  7
 *     cores     0  0  1  1    2  2  3  3      two sockets of two cores of two threads
 *     sockets   0  0  0  0    1  1  1  1
 */
export interface Topology {
  /** Index pCPU: its core. Any whole numbers that are unique in the machine. */
  readonly cores: readonly number[];
  /** Index pCPU: its socket. Any whole numbers. */
  readonly sockets: readonly number[];
}

/** A machine whose sockets are all alike, and so are their cores. */
export interface TopologyShape {
  readonly sockets: number;
  /** in each socket */
  readonly cores: number;
  /** in each core */
  readonly threads: number;
}

/** The pCPUs of such a machine, numbered thread by thread, then core by core, then socket by socket. */
export function gridTopology({ sockets, cores, threads }: TopologyShape): Topology {
  const pcpus = Array.from({ length: sockets * cores * threads }, (_, pcpu) => pcpu);
  return {
    cores: pcpus.map((pcpu) => Math.floor(pcpu / threads)),
    sockets: pcpus.map((pcpu) => Math.floor(pcpu / (threads * cores))),
  };
}

/** One socket, and a core for each pCPU. */
export function flatTopology(pcpuCount: number): Topology {
  return gridTopology({ sockets: 1, cores: pcpuCount, threads: 1 });
}

/** Whether all pCPUs are alike: one socket, no SMT. */
export function isFlat({ cores, sockets }: Topology): boolean {
  return new Set(sockets).size <= 1 && new Set(cores).size === cores.length;
}

/** What is wrong with a topology for so many pCPUs, in a sentence, or null. */
export function topologyProblem({ cores, sockets }: Topology, pcpuCount: number): string | null {
  if (cores.length !== pcpuCount || sockets.length !== pcpuCount) {
    return `expected a core and a socket for each of ${pcpuCount} pCPUs, got ${cores.length} and ${sockets.length}`;
  }
  if (![...cores, ...sockets].every(Number.isInteger)) return 'expected whole numbers';
  const socketOf = new Map<number, number>();
  for (const [pcpu, core] of cores.entries()) {
    const socket = socketOf.get(core) ?? sockets[pcpu];
    if (socket !== sockets[pcpu]) return `core ${core} is in socket ${socket} and in ${sockets[pcpu]}`;
    socketOf.set(core, socket);
  }
  return null;
}
