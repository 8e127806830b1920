import { formatNs } from '../../src/analysis/metrics.ts';
import type { Bench } from './bench.ts';
import { atMost } from './figure.ts';
import { equalHogs, hogScenario, measure, withLab } from './lab-run.ts';

const VMS_PER_PCPU = 2;

export const tickLateness: Bench = {
  name: 'tick-lateness',
  description: 'how late the loop meets its timers, on a machine that is all busy',

  async run(context) {
    const { cpus } = context;
    const vms = equalHogs(VMS_PER_PCPU * cpus.length);
    const scenario = hogScenario('tick-lateness', cpus, context.seconds(10), vms);
    const load = `${cpus.length} pCPUs saturated`;

    await withLab(
      context,
      cpus,
      async ({ lab }) => {
        context.say('ordinary class');
        const { count, p50, p99, max } = (await measure(context, lab, scenario)).loop.tickLatenessNs;
        context.add({
          figure: 'tick lateness p50, unprivileged',
          value: p50 / 1e3,
          unit: 'µs',
          goal: atMost(40),
          how: `${count} timers, ${load}`,
        });
        context.add({
          figure: 'tick lateness p99, unprivileged',
          value: p99 / 1e3,
          unit: 'µs',
          goal: atMost(1000),
          how: `longest ${formatNs(max)}`,
        });
      },
      { realtime: false },
    );

    await withLab(context, cpus, async ({ lab, realtime }) => {
      const figure = { figure: 'tick lateness p99, SCHED_FIFO', unit: 'µs', goal: atMost(150) };
      if (!realtime) {
        context.add({
          ...figure,
          value: null,
          how: 'not permitted: SCHED_FIFO needs CAP_SYS_NICE or RLIMIT_RTPRIO',
        });
        return;
      }
      context.say('SCHED_FIFO');
      const { count, p50, p99, max } = (await measure(context, lab, scenario)).loop.tickLatenessNs;
      context.add({
        ...figure,
        value: p99 / 1e3,
        how: `${count} timers, ${load}; p50 ${formatNs(p50)}, longest ${formatNs(max)}`,
      });
    });
  },
};
