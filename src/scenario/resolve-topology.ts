import { gridTopology, isFlat, type Topology, topologyProblem } from '../core/topology.ts';
import { MAX_INVENTED_PCPUS } from './limits.ts';
import type { CpuPlace, ScenarioHost } from './resolve-pcpus.ts';
import type { TopologyInput } from './schema.ts';
import type { Source } from './source.ts';
import { mistake } from './validate.ts';

/** How many pCPUs a topology has. @throws LabError BAD_SCENARIO where it may not be given, or is too large */
export function pcpusOf(
  { sockets, cores, threads }: TopologyInput,
  source: Source,
  host: ScenarioHost,
): number {
  if (host.invented !== true) {
    throw mistake(
      source.locate(['topology'], 'key'),
      "a topology can't be given to real cores: they have one",
      {
        expected: "a topology in simulations only; here the host's counts",
        hint: "leave it out, or use 'creditlab sim'",
      },
    );
  }
  const count = sockets * cores * threads;
  if (count <= MAX_INVENTED_PCPUS) return count;
  throw mistake(source.locate(['topology']), 'the topology has too many pCPUs', {
    expected: `at most ${String(MAX_INVENTED_PCPUS)}`,
    got: `${String(sockets)} × ${String(cores)} × ${String(threads)} = ${String(count)}`,
  });
}

/** Where the pCPUs are: as the scenario says, else as the host is. Undefined: one socket, no SMT. */
export function resolveTopology(
  shape: TopologyInput | undefined,
  pcpus: readonly number[],
  source: Source,
  host: ScenarioHost,
): Topology | undefined {
  if (shape === undefined) return host.invented === true ? undefined : hostTopology(pcpus, host.cpus ?? []);
  const { sockets, cores, threads } = shape;
  const count = pcpusOf(shape, source, host);
  if (count !== pcpus.length) {
    throw mistake(source.locate(['topology']), 'the topology has another number of pCPUs', {
      expected: `sockets × cores × threads = ${String(pcpus.length)}, the number of pCPUs`,
      got: `${String(sockets)} × ${String(cores)} × ${String(threads)} = ${String(count)}`,
      hint: 'leave out pcpus: the topology says how many there are',
    });
  }
  return unlessFlat(gridTopology(shape));
}

/** Cores by their lowest CPU, since the kernel's numbers of cores repeat from socket to socket. */
function hostTopology(pcpus: readonly number[], cpus: readonly CpuPlace[]): Topology | undefined {
  const placeOf = new Map(cpus.map((cpu) => [cpu.id, cpu]));
  const places = pcpus.map((id) => placeOf.get(id) ?? { id, socket: 0, smtSiblings: [] });
  const topology = {
    cores: places.map(({ id, smtSiblings }) => Math.min(id, ...smtSiblings)),
    sockets: places.map(({ socket }) => socket),
  };
  // A virtual machine's topology may contradict itself; then it says nothing.
  return topologyProblem(topology, pcpus.length) === null ? unlessFlat(topology) : undefined;
}

function unlessFlat(topology: Topology): Topology | undefined {
  return isFlat(topology) ? undefined : topology;
}
