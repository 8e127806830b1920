import { setImmediate as breathe } from 'node:timers/promises';
import { type DecisionsFigure, type Load, measureDecisions } from './count-decisions.ts';
import type { Bench } from './bench.ts';
import { GOALS } from './goals.ts';
import { heapAt } from './heap-growth.ts';

const SMALL: Load = { pcpus: 2, vcpus: 8, virtualSeconds: 600 };
const LARGE: readonly Load[] = [
  { pcpus: 16, vcpus: 256, virtualSeconds: 20 },
  { pcpus: 64, vcpus: 1024, virtualSeconds: 5 },
  { pcpus: 1024, vcpus: 16_384, virtualSeconds: 0.5 },
];
const WARM_UP_VIRTUAL_S = 20;
/** By the first of them the code is compiled and every structure has its size. */
const HEAP_INSTANTS_S = [100, 1000] as const;

export const decisions: Bench = {
  name: 'decisions',
  description:
    'the simulator without a trace: scheduling decisions per second, their cost by size, growth of its memory',

  async run(context) {
    const measureSize = async (load: Load): Promise<DecisionsFigure> => {
      context.say(`${load.pcpus} pCPUs, ${load.vcpus} vCPUs`);
      await breathe();
      context.signal.throwIfAborted();
      return measureDecisions(() => performance.now(), load);
    };
    await measureSize({ ...SMALL, virtualSeconds: WARM_UP_VIRTUAL_S });
    const small = await measureSize(SMALL);
    context.add({
      figure: `simulator, ${size(small)}`,
      value: small.decisionsPerSecond / 1e6,
      unit: 'million decisions/s',
      goal: GOALS.simulator.goal,
      how: `${small.nsPerDecision.toFixed(0)} ns each; ${work(small)}`,
    });
    for (const large of LARGE) {
      const figure = await measureSize(large);
      context.add({
        figure: `simulator, ${size(figure)}`,
        value: figure.nsPerDecision,
        unit: 'ns/decision',
        how: `${(figure.nsPerDecision / small.nsPerDecision).toFixed(1)} times that of ${size(small)}; ${work(figure)}`,
      });
    }
    context.say('heap');
    await breathe();
    context.signal.throwIfAborted();
    const [fromS, toS] = HEAP_INSTANTS_S;
    const [before, after] = heapAt(HEAP_INSTANTS_S);
    context.add({
      figure: 'growth of the heap, no trace',
      value: (after - before) / (toS - fromS),
      unit: 'bytes per virtual s',
      goal: GOALS.heapGrowth.goal,
      how:
        `after garbage collection ${kibibytes(before)} at ${fromS} s of virtual time, ${kibibytes(after)} at ` +
        `${toS} s; one simulation`,
    });
  },
};

function kibibytes(bytes: number): string {
  return `${(bytes / 2 ** 10).toFixed(1)} KiB`;
}

function size({ pcpus, vcpus }: DecisionsFigure): string {
  return `${pcpus} pCPUs and ${vcpus} vCPUs`;
}

function work({ decisions, virtualSeconds, wallSeconds }: DecisionsFigure): string {
  return `${decisions} decisions, ${virtualSeconds} s of virtual time in ${wallSeconds.toFixed(2)} s`;
}
