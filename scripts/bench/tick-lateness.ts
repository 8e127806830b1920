import { formatNs } from '../../src/report/format.ts';
import { summarize } from '../../src/analysis/quantiles.ts';
import { median } from '../../src/analysis/stats.ts';
import type { Quantiles } from '../../src/analysis/histogram.ts';
import { FIFO_PRIORITY, checked, SchedClass } from '../../src/addon/native.ts';
import { HYPERVISOR_SLICE_NS, VCPU_SLICE_NS } from '../../src/host/slices.ts';
import type { Bench, BenchContext } from './bench.ts';
import type { Figure, Goal } from './figure.ts';
import { GOALS } from './goals.ts';
import { equalHogs, hogScenario, type TestbedUse, measure, withTestbed } from './testbed-run.ts';
import { loadYardsticks, type Yardsticks } from './yardsticks.ts';

const VMS_PER_PCPU = 2;
const TURN_S = 2;
/** Of the yardstick's instants: the lab has about as many timers a second on two pCPUs. */
const PERIOD_NS = 5e6;

interface TimerClass {
  readonly name: string;
  readonly realtime: boolean;
  readonly schedClass: SchedClass;
}

const QUANTILES = ['p50', 'p99'] as const;
const GOAL_OF = { p50: GOALS.latenessP50.goal, p99: GOALS.latenessP99.goal };

const CLASSES: readonly TimerClass[] = [
  { name: 'unprivileged', realtime: false, schedClass: SchedClass.other },
  { name: 'SCHED_FIFO', realtime: true, schedClass: SchedClass.fifo },
];

export const tickLateness: Bench = {
  name: 'tick-lateness',
  description: 'how late the loop meets its timers on a machine that is all busy, beside a C thread',

  async run(context) {
    const yardsticks = loadYardsticks();
    for (const timerClass of CLASSES) await measureClass(context, yardsticks, timerClass);
  },
};

async function measureClass(
  context: BenchContext,
  yardsticks: Yardsticks,
  timerClass: TimerClass,
): Promise<void> {
  const { cpus } = context;
  const { name } = timerClass;
  const scenario = hogScenario('tick-lateness', cpus, TURN_S, equalHogs(VMS_PER_PCPU * cpus.length));
  const turns = Math.max(1, Math.round(context.seconds(10) / TURN_S));
  const inTurns = async ({ testbed, realtime }: TestbedUse): Promise<void> => {
    if (timerClass.realtime && !realtime) return addMissing(context, name);
    const ours: Quantiles[] = [];
    const told: Quantiles[] = [];
    const plain: Quantiles[] = [];
    // In turns, so that whatever disturbs the machine disturbs both.
    for (let turn = 1; turn <= turns; turn++) {
      context.say(`${name}, turn ${turn} of ${turns}`);
      const { latencyNs, tickLatenessNs } = (await measure(context, testbed, scenario)).loop;
      // The thread in C only waits; what the loop does then has a figure of its own.
      if (latencyNs !== undefined) ours.push(latencyNs.timer);
      told.push(tickLatenessNs);
      plain.push(plainThread(yardsticks, cpus, timerClass));
    }
    addFigures(context, name, ours, plain);
    addTold(context, name, told);
  };
  await withTestbed(context, cpus, inTurns, { realtime: timerClass.realtime });
}

/** A C thread that waits in the same class, on CPUs that are as busy. */
function plainThread(yardsticks: Yardsticks, cpus: readonly number[], { schedClass }: TimerClass): Quantiles {
  const lateNs = new Float64Array(Math.round((TURN_S * 1e9) / PERIOD_NS));
  checked(
    'timer lateness',
    yardsticks.timerLateness(
      Int32Array.from(cpus),
      VCPU_SLICE_NS,
      schedClass,
      FIFO_PRIORITY,
      HYPERVISOR_SLICE_NS,
      PERIOD_NS,
      lateNs,
    ),
  );
  return summarize(lateNs);
}

/** Medians over the turns: one that the host spoiled doesn't decide. */
function addFigures(
  context: BenchContext,
  name: string,
  ours: readonly Quantiles[],
  plain: readonly Quantiles[],
): void {
  const longest = (turns: readonly Quantiles[]): string => formatNs(Math.max(...turns.map(({ max }) => max)));
  const timers = (turns: readonly Quantiles[]): number => turns.reduce((sum, { count }) => sum + count, 0);
  for (const quantile of QUANTILES) {
    const us = (turns: readonly Quantiles[]): number => median(turns.map((turn) => turn[quantile])) / 1e3;
    context.add({
      ...heading(quantile, name),
      value: us(ours),
      yardstick: { name: 'C thread', value: us(plain) },
      how:
        `medians of ${ours.length} turns, ${timers(ours)} timers and ${timers(plain)} of the thread; longest ` +
        `${longest(ours)} and ${longest(plain)}`,
    });
  }
}

/** For information: with the decision, and the signal to the core. */
function addTold(context: BenchContext, name: string, told: readonly Quantiles[]): void {
  for (const quantile of QUANTILES) {
    context.add({
      figure: `until the pCPU has been told, ${quantile}, ${name}`,
      unit: 'µs',
      value: median(told.map((turn) => turn[quantile])) / 1e3,
      how: `medians of ${told.length} turns`,
    });
  }
}

function addMissing(context: BenchContext, name: string): void {
  const how = 'not permitted: SCHED_FIFO needs CAP_SYS_NICE or RLIMIT_RTPRIO';
  for (const quantile of QUANTILES) context.add({ ...heading(quantile, name), value: null, how });
}

function heading(
  quantile: (typeof QUANTILES)[number],
  name: string,
): Pick<Figure, 'figure' | 'unit'> & { goal: Goal } {
  return { figure: `tick lateness ${quantile}, ${name}`, unit: 'µs', goal: GOAL_OF[quantile] };
}
