import { median } from '../../src/analysis/stats.ts';
import { traceHeader } from '../../src/trace/header.ts';
import { TraceStore } from '../../src/trace/store.ts';
import type { Bench } from './bench.ts';
import { atMost } from './figure.ts';
import { equalHogs, hogScenario, withLab } from './lab-run.ts';

const VCPUS = 8;
const PCPUS = 2;
const PAIRS = 6;

export const trace: Bench = {
  name: 'trace',
  description: 'what recording costs: CPU time of loop and main thread with a trace and without, in turns',

  async run(context) {
    const pcpus = context.cpus.slice(0, PCPUS);
    const seconds = context.seconds(5);
    const scenario = hogScenario('trace', pcpus, seconds, equalHogs(VCPUS));
    const native = context.native();
    const differences: number[] = [];
    let records = 0;
    await withLab(context, pcpus, async ({ lab }) => {
      /** @returns percent of a core, of the loop and of the thread that reads the records */
      const cost = async (store: TraceStore | null): Promise<number> => {
        const beforeNs = native.ownCpuNs();
        store?.begin(traceHeader(scenario, { label: 'trace', run: 1, machine: 'hardware' }));
        let startNs = beforeNs;
        const onProgress = ({ phase }: { readonly phase: string }): void => {
          if (phase !== 'running') startNs = native.ownCpuNs();
        };
        const hooks = { onProgress, signal: context.signal, trace: store };
        const { loop, windowNs } = await lab.run(scenario, hooks);
        context.signal.throwIfAborted();
        return (100 * (loop.cpuNs + native.ownCpuNs() - startNs)) / windowNs;
      };
      for (let pair = 0; pair < PAIRS; pair++) {
        context.say(`pair ${pair + 1} of ${PAIRS}`);
        const store = new TraceStore();
        // Each kind goes first as often as the other.
        const first = pair % 2 === 0 ? await cost(store) : await cost(null);
        const second = pair % 2 === 0 ? await cost(null) : await cost(store);
        differences.push(pair % 2 === 0 ? first - second : second - first);
        records = store.trace()?.count ?? 0;
      }
    });
    context.add({
      figure: 'cost of recording',
      value: median(differences),
      unit: '% of one core',
      goal: atMost(0.2),
      how:
        `${VCPUS} vCPUs on ${pcpus.length} pCPUs, median of ${PAIRS} pairs ` +
        `(${differences.map((percent) => percent.toFixed(2)).join(', ')}); ${(records / seconds).toFixed(0)} records a second`,
    });
  },
};
