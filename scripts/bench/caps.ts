import type { Testbed, RunProgress } from '../../src/testbed/testbed.ts';
import type { Bench, BenchContext } from './bench.ts';
import { GOALS } from './goals.ts';
import { hogScenario, measure, withTestbed } from './testbed-run.ts';
import { CAPS, capWindowSeconds } from './loads.ts';
import { type Point, slope } from './slope.ts';

/** Until the algorithm has settled into its on-off pattern. */
const SETTLING_NS = 2e9;

export const caps: Bench = {
  name: 'caps',
  description: 'CPU time of one VM alone under a cap',

  async run(context) {
    const pcpus = context.cpus.slice(0, 1);
    const seconds = capWindowSeconds(context.seconds(12));
    await withTestbed(context, pcpus, async ({ testbed }) => {
      for (const cap of CAPS) {
        context.say(`cap ${cap}`);
        const { percent, steadyPercent } = await measureCap(context, testbed, cap, seconds);
        const steady = steadyPercent === null ? '' : `; steady part ${steadyPercent.toFixed(2)} %`;
        context.add({
          figure: `cap error, ${cap} %`,
          value: Math.abs(percent - cap),
          unit: 'points',
          goal: GOALS.capError.goal,
          how: `${percent.toFixed(3)} % over ${seconds.toFixed(1)} s${steady}`,
        });
      }
    });
  },
};

/** @returns CPU time in percent of one pCPU: over the window, and its rate once settled (null: window too short) */
export async function measureCap(
  context: BenchContext,
  testbed: Testbed,
  cap: number,
  seconds: number,
): Promise<{ readonly percent: number; readonly steadyPercent: number | null }> {
  const points: Point[] = [];
  const collect = ({ phase, elapsedNs, vms }: RunProgress): void => {
    if (phase === 'running' && elapsedNs > SETTLING_NS) points.push([elapsedNs, vms[0].cpuNs]);
  };
  const scenario = hogScenario(`cap ${cap}`, context.cpus.slice(0, 1), seconds, [{ name: 'vm', cap }]);
  const result = await measure(context, testbed, scenario, collect);
  const rate = slope(points);
  return {
    percent: (100 * result.vms[0].cpuNs) / result.windowNs,
    steadyPercent: rate === null ? null : 100 * rate,
  };
}
