import { median } from '../../src/analysis/stats.ts';
import { siblingModule } from '../../src/base/package-root.ts';
import { gridTopology } from '../../src/core/topology.ts';
import { DEFAULT_POLICY_TYPE, POLICY_TYPES } from '../../src/policies.ts';
import type { Bench, BenchContext } from './bench.ts';
import type { Load } from './count-decisions.ts';
import { GOALS } from './goals.ts';
import { HelperThread } from './helper-thread.ts';
import type { PolicyTask } from './policy-thread.ts';

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
  const threads = POLICY_TYPES.map(startThread);
  try {
    const runs: Run[] = [];
    for (const [i, { type }] of POLICY_TYPES.entries()) runs.push(await beginRun(threads[i], size, type));
    for (let round = 1; round <= ROUNDS; round++) {
      context.say(`${name}, round ${round} of ${ROUNDS}`);
      for (const [i, { load, decisions, perDecision }] of runs.entries()) {
        context.signal.throwIfAborted();
        perDecision.push(((await threads[i].ask({ load, what: 'seconds' })) * 1e9) / decisions);
      }
    }
    addFigures(context, name, runs);
  } finally {
    await Promise.all(threads.map((thread) => thread.close()));
  }
}

function addFigures(context: BenchContext, name: string, runs: readonly Run[]): void {
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

interface Run {
  readonly load: Load;
  readonly decisions: number;
  /** ns, of each round */
  readonly perDecision: number[];
}

/**
 * Each policy in an engine of its own, as in a run: where one has compiled for several policies, calls that all of them
 * make are slower, most for those that share the most code.
 */
function startThread(): HelperThread<PolicyTask, number> {
  return new HelperThread(siblingModule('policy-thread', import.meta.url));
}

async function beginRun(
  thread: HelperThread<PolicyTask, number>,
  { pcpus, vcpus }: Size,
  type: string,
): Promise<Run> {
  const sockets = Math.ceil(pcpus / PCPUS_PER_SOCKET);
  const topology = gridTopology({ sockets, cores: pcpus / sockets, threads: 1 });
  const second: Load = { pcpus, vcpus, vcpusPerVm: pcpus, topology, type, virtualSeconds: 1 };
  const perSecond = await thread.ask({ load: second, what: 'decisions' });
  const load = { ...second, virtualSeconds: Math.ceil(DECISIONS / perSecond) };
  return { load, decisions: await thread.ask({ load, what: 'decisions' }), perDecision: [] };
}
