import { setImmediate as breathe } from 'node:timers/promises';
import { median } from '../../src/analysis/stats.ts';
import { gridTopology } from '../../src/core/topology.ts';
import { DEFAULT_POLICY_TYPE, POLICY_TYPES } from '../../src/policies.ts';
import type { Bench, BenchContext } from './bench.ts';
import { countDecisions, type Load, timeOf } from './count-decisions.ts';
import { GOALS } from './goals.ts';

/** VMs with a vCPU for each pCPU: under SEDF the first one of every VM goes to pCPU 0. */
const SIZES = [
  { pcpus: 2, vcpus: 8 },
  { pcpus: 8, vcpus: 64 },
  { pcpus: 64, vcpus: 512 },
] as const;
type Size = (typeof SIZES)[number];

/** Larger sockets are rare, and Xen's credit2 would split them. */
const PCPUS_PER_SOCKET = 16;

/** Policies decide more or less often. What is compared is a decision, so each makes about as many. */
const DECISIONS = 100_000;
const ROUNDS = 5;

export const policies: Bench = {
  name: 'policies',
  description: `the simulator without a trace: a decision of each policy beside one of ${DEFAULT_POLICY_TYPE}'s`,

  async run(context) {
    for (const size of SIZES) await measureSize(context, size);
  },
};

/** All policies in turns, so that whatever disturbs the machine disturbs all. Counting has compiled the code. */
async function measureSize(context: BenchContext, size: Size): Promise<void> {
  const name = `${size.vcpus} vCPUs on ${size.pcpus} pCPUs`;
  const runs = POLICY_TYPES.map(({ type }) => ({ ...countedLoad(size, type), perDecision: [] as number[] }));
  for (let round = 1; round <= ROUNDS; round++) {
    context.say(`${name}, round ${round} of ${ROUNDS}`);
    for (const { load, decisions, perDecision } of runs) {
      await breathe();
      context.signal.throwIfAborted();
      perDecision.push((timeOf(() => performance.now(), load) * 1e9) / decisions);
    }
  }
  const yardstick = runs.find(({ load }) => load.type === DEFAULT_POLICY_TYPE);
  if (yardstick === undefined) throw new Error(`${DEFAULT_POLICY_TYPE} is not registered`);
  const ofCreditNs = median(yardstick.perDecision);
  for (const { load, decisions, perDecision } of runs) {
    const ns = median(perDecision);
    const perVirtualSecond = decisions / load.virtualSeconds;
    context.add({
      figure: `decision of ${load.type}, ${name}`,
      value: ns,
      unit: 'ns',
      how:
        `median of ${ROUNDS} rounds of ${decisions} decisions; ${perVirtualSecond.toFixed(0)} in a second of ` +
        `virtual time, which takes ${((ns * perVirtualSecond) / 1e6).toFixed(2)} ms`,
      ...(load.type !== DEFAULT_POLICY_TYPE && {
        yardstick: { name: DEFAULT_POLICY_TYPE, value: ofCreditNs },
        goal: GOALS.policySpeed.goal,
      }),
    });
  }
}

function countedLoad(
  { pcpus, vcpus }: Size,
  type: string,
): { readonly load: Load; readonly decisions: number } {
  const sockets = Math.ceil(pcpus / PCPUS_PER_SOCKET);
  const topology = gridTopology({ sockets, cores: pcpus / sockets, threads: 1 });
  const second: Load = { pcpus, vcpus, vcpusPerVm: pcpus, topology, type, virtualSeconds: 1 };
  const load = { ...second, virtualSeconds: Math.ceil(DECISIONS / countDecisions(second)) };
  return { load, decisions: countDecisions(load) };
}
