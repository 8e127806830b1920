import { formatNs } from '../../src/report/format.ts';
import type { Bench, BenchContext } from './bench.ts';
import type { Goal } from './figure.ts';
import { GOALS } from './goals.ts';
import { equalHogs, hogScenario, measure, withClass, withTestbed } from './testbed-run.ts';
import { StartWatch } from './start-watch.ts';

const PCPUS = 2;
const FEW_VCPUS = 8;
/** A thread with its own heap takes about 10 MiB; the rest is for whoever else is on the machine. */
const BYTES_PER_VCPU = 16 * 2 ** 20;

export const decisionTime: Bench = {
  name: 'decision-time',
  description: `how long the loop takes to decide, with ${FEW_VCPUS} vCPUs and with many (--vcpus)`,

  async run(context) {
    await measureDecision(context, FEW_VCPUS, GOALS.decisionFew.goal);
    const { vcpus } = context;
    const [wantedBytes, availableBytes] = [vcpus * BYTES_PER_VCPU, process.availableMemory()];
    if (availableBytes >= wantedBytes) return measureDecision(context, vcpus, GOALS.decisionMany.goal);
    context.add({
      figure: figureName(vcpus),
      value: null,
      unit: 'µs',
      goal: GOALS.decisionMany.goal,
      how:
        `not started: ${gibibytes(availableBytes)} of memory available, ${gibibytes(wantedBytes)} wanted for so ` +
        'many threads',
    });
  },
};

async function measureDecision(context: BenchContext, vcpus: number, goal: Goal): Promise<void> {
  const pcpus = context.cpus.slice(0, PCPUS);
  const load = `${vcpus} vCPUs on ${pcpus.length} pCPUs`;
  context.say(load);
  const watch = new StartWatch();
  await withTestbed(context, pcpus, async ({ testbed, realtime }) => {
    watch.opened();
    const scenario = hogScenario('decision-time', pcpus, context.seconds(10), equalHogs(vcpus));
    const { decisionNs } = (await measure(context, testbed, scenario, (progress) => watch.look(progress)))
      .loop;
    const { count, p50, p99, max } = decisionNs;
    context.add({
      figure: figureName(vcpus),
      value: p99 / 1e3,
      unit: 'µs',
      goal,
      how: `${withClass(load, realtime)}; ${count} decisions, p50 ${formatNs(p50)}, longest ${formatNs(max)}`,
    });
  });
  context.add({
    figure: `start of ${vcpus} vCPUs`,
    value: watch.startedS,
    unit: 's',
    how:
      'from opening the testbed to the common start, warm-up included; the resident set grew by ' +
      `${gibibytes(watch.grownBytes)}`,
  });
}

function figureName(vcpus: number): string {
  return `decision p99, ${vcpus} vCPUs`;
}

function gibibytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}
