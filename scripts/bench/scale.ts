import { median } from '../../src/analysis/stats.ts';
import { simulate } from '../../src/sim/simulate.ts';
import type { Bench, BenchContext } from './bench.ts';
import { type Start, startEmptyWorkers } from './empty-workers.ts';
import { GOALS } from './goals.ts';
import { type HogVm, hogScenario, measure, withTestbed } from './testbed-run.ts';
import { exactly, shareError, sharesOf } from './loads.ts';
import { StartWatch } from './start-watch.ts';

const PCPUS = 2;
const VMS: readonly (HogVm & { readonly weight: number; readonly vcpus: number })[] = [
  { name: 'light', weight: 256, vcpus: 64 },
  { name: 'heavy', weight: 512, vcpus: 64 },
];
const VCPUS = VMS.reduce((sum, vm) => sum + vm.vcpus, 0);
const ROUNDS = 3;
/** Long enough to be seen to start. */
const SHORT_S = 0.5;
/** About what an ordinary thread's timers are late. */
const JITTER_NS = 50_000;

export const scale: Bench = {
  name: 'scale',
  description:
    `${VCPUS} vCPU threads on ${PCPUS} pCPUs: how long they take to start, whether shares hold, what ` +
    'they weigh',

  async run(context) {
    const pcpus = context.cpus.slice(0, PCPUS);
    const seconds = context.seconds(10);
    const ours: Start[] = [];
    const empty: Start[] = [];
    // In turns, so that whatever disturbs the machine disturbs both. Shares are those of the first, the others end
    // soon.
    for (let round = 1; round <= ROUNDS; round++) {
      context.say(`${VCPUS} threads, round ${round} of ${ROUNDS}`);
      const { start, shares } = await startLab(context, pcpus, round === 1 ? seconds : SHORT_S);
      ours.push(start);
      if (round === 1) addShares(context, shares, pcpus.length, seconds);
      context.say(`${VCPUS} empty threads, round ${round} of ${ROUNDS}`);
      empty.push(await startEmptyWorkers(VCPUS, context.signal));
    }
    const startS = (starts: readonly Start[]): number => median(starts.map(({ startedS }) => startedS));
    context.add({
      figure: `start of ${VCPUS} vCPUs`,
      value: startS(ours),
      unit: 's',
      yardstick: { name: 'empty workers', value: startS(empty) },
      goal: GOALS.start.goal,
      how:
        `from opening the testbed to the common start, warm-up included; ${joinS(ours)}; empty workers ` +
        `${joinS(empty)}`,
    });
    const mebibytes = (bytes: number): number => bytes / VCPUS / 2 ** 20;
    context.add({
      figure: 'memory per vCPU',
      // Later rounds find memory that the first has left.
      value: mebibytes(ours[0].grownBytes),
      unit: 'MiB',
      yardstick: {
        name: 'an empty worker',
        value: mebibytes(median(empty.map(({ grownBytes }) => grownBytes))),
      },
      goal: GOALS.memory.goal,
      how: 'growth of the resident set; empty workers in a process of their own',
    });
  },
};

async function startLab(
  context: BenchContext,
  pcpus: readonly number[],
  seconds: number,
): Promise<{ readonly start: Start; readonly shares: readonly number[] }> {
  const watch = new StartWatch();
  return withTestbed(context, pcpus, async ({ testbed }) => {
    const scenario = hogScenario('scale', pcpus, seconds, VMS);
    const result = await measure(context, testbed, scenario, (progress) => watch.look(progress));
    const { startedS, grownBytes } = watch;
    if (startedS === null) throw new Error('the run ended before it was seen to start');
    return { start: { startedS, grownBytes }, shares: sharesOf(result.vms.map((vm) => vm.cpuNs)) };
  });
}

function addShares(
  context: BenchContext,
  measured: readonly number[],
  pcpuCount: number,
  seconds: number,
): void {
  const predicted = predictShares(pcpuCount, seconds);
  context.add({
    figure: `share error, ${VCPUS} vCPUs`,
    value: shareError(measured, predicted.map(exactly)),
    unit: 'points',
    goal: GOALS.shareErrorMany.goal,
    how: `${join(measured)} in ${seconds} s; in virtual time ${join(predicted)}`,
  });
}

/** What the same policy does in virtual time: with so many vCPUs it takes long until weights have their full effect. */
function predictShares(pcpuCount: number, seconds: number): number[] {
  const { vcpus } = simulate({
    pcpuCount,
    durationNs: seconds * 1e9,
    jitterNs: JITTER_NS,
    vms: VMS.map(({ weight, vcpus }) => ({
      weight,
      cap: 0,
      vcpus: Array.from({ length: vcpus }, () => ({ guest: { kind: 'hog' } })),
    })),
  });
  let first = 0;
  return sharesOf(
    VMS.map((vm) => {
      const own = vcpus.slice(first, (first += vm.vcpus));
      return own.reduce((sum, { cpuNs }) => sum + cpuNs, 0);
    }),
  );
}

function joinS(starts: readonly Start[]): string {
  return `${starts.map(({ startedS }) => startedS.toFixed(2)).join(', ')} s`;
}

function join(percents: readonly number[]): string {
  return percents.map((percent) => percent.toFixed(2)).join(' : ');
}
