import { formatNs } from '../../src/analysis/metrics.ts';
import type { Bench } from './bench.ts';
import { atLeast, atMost } from './figure.ts';
import { equalHogs, hogScenario, measure, withLab } from './lab-run.ts';

const PCPUS = 2;
const VCPUS = 8;

export const saturation: Bench = {
  name: 'saturation',
  description: "what of a saturated pCPU's time the vCPUs get, and what the loop costs",

  async run(context) {
    const pcpus = context.cpus.slice(0, PCPUS);
    const scenario = hogScenario('saturation', pcpus, context.seconds(10), equalHogs(VCPUS));
    const { result, realtime } = await withLab(context, pcpus, async ({ lab, realtime }) => {
      context.say(`${VCPUS} vCPUs on ${pcpus.length} pCPUs`);
      return { result: await measure(context, lab, scenario), realtime };
    });
    const { windowNs, loop } = result;
    const busyPercent = result.pcpus.map(({ busyNs }) => (100 * busyNs) / windowNs);
    const vcpus = result.vms.flatMap((vm) => vm.vcpus);
    const stolenNs = vcpus.reduce((sum, vcpu) => sum + vcpu.stolenNs, 0);
    const stolenPercent = (100 * stolenNs) / (windowNs * pcpus.length);
    const load = `${VCPUS} vCPUs on ${pcpus.length} pCPUs${realtime ? ', SCHED_FIFO' : ''}`;
    context.add({
      figure: 'time in vCPUs',
      value: Math.min(...busyPercent),
      unit: '% of a pCPU',
      goal: atLeast(99.5),
      how: `least of ${busyPercent.map((percent) => percent.toFixed(2)).join(' and ')}; host and loop took ${stolenPercent.toFixed(2)}`,
    });
    context.add({
      figure: "the loop's own cost",
      value: (100 * loop.cpuNs) / windowNs,
      unit: '% of one core',
      goal: atMost(0.5),
      how: `its thread clock; ${load}`,
    });
    context.add({
      figure: 'switch gap p99 under full load',
      value: loop.switchGapNs.p99 / 1e3,
      unit: 'µs',
      how: `between the records of pause and resume, the loop on the same cores; p50 ${formatNs(loop.switchGapNs.p50)}`,
    });
  },
};
