import type { Testbed } from '../../src/testbed/testbed.ts';
import type { Bench, BenchContext } from './bench.ts';
import { GOALS } from './goals.ts';
import { hogScenario, measure, withTestbed } from './testbed-run.ts';
import { SHARE_LOADS, shareError, type ShareLoad, sharesOf } from './loads.ts';

export const shares: Bench = {
  name: 'shares',
  description: "CPU time by weight, against the algorithm's own shares",

  async run(context) {
    const pcpus = context.cpus.slice(0, 1);
    const seconds = context.seconds(10);
    await withTestbed(context, pcpus, async ({ testbed }) => {
      for (const load of SHARE_LOADS) {
        context.say(load.name);
        const measured = await measureShares(context, testbed, load, seconds);
        context.add({
          figure: `share error, ${load.name}`,
          value: shareError(measured, load.reference),
          unit: 'points',
          goal: GOALS.shareError.goal,
          how: `${join(measured)}; reference ${load.reference.map(([low, high]) => `${low}–${high}`).join(' : ')}`,
        });
      }
    });
  },
};

/** @returns each VM's part of the CPU time that all VMs used on one pCPU, percent */
export async function measureShares(
  context: BenchContext,
  testbed: Testbed,
  load: ShareLoad,
  seconds: number,
): Promise<number[]> {
  const result = await measure(
    context,
    testbed,
    hogScenario(load.name, context.cpus.slice(0, 1), seconds, load.vms),
  );
  return sharesOf(result.vms.map((vm) => vm.cpuNs));
}

function join(percents: readonly number[]): string {
  return percents.map((percent) => percent.toFixed(2)).join(' : ');
}
