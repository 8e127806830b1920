import { formatNs } from '../../src/report/format.ts';
import type { RunResult } from '../../src/result/result.ts';
import type { Bench, BenchContext } from './bench.ts';
import type { Goal } from './figure.ts';
import { GOALS } from './goals.ts';
import { equalHogs, hogScenario, measure, withClass, withTestbed } from './testbed-run.ts';

const PCPUS = 2;
const VCPUS_PER_PCPU = 4;
/** A thread for each vCPU: no more of them than any machine has room for. */
const MOST_PCPUS = 8;

export const saturation: Bench = {
  name: 'saturation',
  description: "what of a saturated pCPU's time the vCPUs get, and what the loop costs",

  async run(context) {
    const { cpus } = context;
    await measurePlace(context, {
      place: 'loop on a CPU of its own',
      pcpus: cpus.slice(0, Math.min(PCPUS, cpus.length - 1)),
      goal: GOALS.busyApart.goal,
      whyNot: cpus.length < 2 ? 'there is no CPU besides the pCPU' : null,
    });
    await measurePlace(context, {
      place: 'loop on the same CPUs',
      pcpus: cpus,
      goal: GOALS.busyTogether.goal,
      whyNot: cpus.length > MOST_PCPUS ? `the bench saturates at most ${MOST_PCPUS} CPUs` : null,
    });
    await measureCost(context);
  },
};

interface Place {
  readonly place: string;
  readonly pcpus: readonly number[];
  readonly goal: Goal;
  /** null: it can be measured */
  readonly whyNot: string | null;
}

async function measurePlace(context: BenchContext, { place, pcpus, goal, whyNot }: Place): Promise<void> {
  const heading = { figure: `time in vCPUs, ${place}`, unit: '% of a pCPU', goal };
  if (whyNot !== null) return context.add({ ...heading, value: null, how: whyNot });
  const { result, load } = await saturate(context, place, pcpus);
  const { windowNs, loop } = result;
  const busyPercent = result.pcpus.map(({ busyNs }) => (100 * busyNs) / windowNs);
  const stolenNs = result.vms.flatMap((vm) => vm.vcpus).reduce((sum, vcpu) => sum + vcpu.stolenNs, 0);
  const stolenPercent = (100 * stolenNs) / (windowNs * pcpus.length);
  context.add({
    ...heading,
    value: Math.min(...busyPercent),
    how:
      `least of ${busyPercent.map((percent) => percent.toFixed(2)).join(' and ')}; host and loop took ` +
      `${stolenPercent.toFixed(2)}; ${load}`,
  });
  context.add({
    figure: `switch gap p99, ${place}`,
    value: loop.switchGapNs.p99 / 1e3,
    unit: 'µs',
    how: `between the records of pause and resume; p50 ${formatNs(loop.switchGapNs.p50)}`,
  });
}

async function measureCost(context: BenchContext): Promise<void> {
  const pcpus = context.cpus.slice(0, PCPUS);
  const { result, load } = await saturate(context, "the loop's cost", pcpus);
  context.add({
    figure: "the loop's own cost",
    value: (100 * result.loop.cpuNs) / result.windowNs,
    unit: '% of one core',
    goal: GOALS.loopCost.goal,
    how: `its thread clock; ${load}`,
  });
}

async function saturate(
  context: BenchContext,
  name: string,
  pcpus: readonly number[],
): Promise<{ readonly result: RunResult; readonly load: string }> {
  const vcpus = VCPUS_PER_PCPU * pcpus.length;
  const load = `${vcpus} vCPUs on ${pcpus.length} pCPUs`;
  context.say(`${name}: ${load}`);
  const scenario = hogScenario('saturation', pcpus, context.seconds(10), equalHogs(vcpus));
  return withTestbed(context, pcpus, async ({ testbed, realtime }) => ({
    result: await measure(context, testbed, scenario),
    load: withClass(load, realtime),
  }));
}
