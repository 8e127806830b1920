import { setImmediate as breathe } from 'node:timers/promises';
import { type DecisionsFigure, measureDecisions } from '../../src/sim/decisions-bench.ts';
import type { Bench } from './bench.ts';
import { atLeast } from './figure.ts';

interface Size {
  readonly pcpus: number;
  readonly vcpus: number;
  readonly virtualSeconds: number;
}

const SMALL: Size = { pcpus: 2, vcpus: 8, virtualSeconds: 600 };
const LARGE: readonly Size[] = [
  { pcpus: 16, vcpus: 256, virtualSeconds: 20 },
  { pcpus: 64, vcpus: 1024, virtualSeconds: 5 },
  { pcpus: 1024, vcpus: 16_384, virtualSeconds: 0.5 },
];
const WARM_UP_VIRTUAL_S = 20;

export const decisions: Bench = {
  name: 'decisions',
  description: 'scheduling decisions per second of the simulator, without a trace, and their cost by size',

  async run(context) {
    const measureSize = async ({ pcpus, vcpus, virtualSeconds }: Size): Promise<DecisionsFigure> => {
      context.say(`${pcpus} pCPUs, ${vcpus} vCPUs`);
      await breathe();
      context.signal.throwIfAborted();
      return measureDecisions(() => performance.now(), pcpus, vcpus, virtualSeconds);
    };
    await measureSize({ ...SMALL, virtualSeconds: WARM_UP_VIRTUAL_S });
    const small = await measureSize(SMALL);
    context.add({
      figure: `simulator, ${size(small)}`,
      value: small.decisionsPerSecond / 1e6,
      unit: 'million decisions/s',
      goal: atLeast(1.5),
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
  },
};

function size({ pcpus, vcpus }: DecisionsFigure): string {
  return `${pcpus} pCPUs and ${vcpus} vCPUs`;
}

function work({ decisions, virtualSeconds, wallSeconds }: DecisionsFigure): string {
  return `${decisions} decisions, ${virtualSeconds} s of virtual time in ${wallSeconds.toFixed(2)} s`;
}
