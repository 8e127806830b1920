import { openLab } from '../../src/host/open-lab.ts';
import { simulate } from '../../src/sim/simulate.ts';
import type { Bench } from './bench.ts';
import { atMost } from './figure.ts';
import { type HogVm, hogScenario, measure } from './lab-run.ts';
import { exactly, shareError, sharesOf } from './loads.ts';
import { StartWatch } from './start-watch.ts';

const PCPUS = 2;
const VMS: readonly (HogVm & { readonly weight: number; readonly vcpus: number })[] = [
  { name: 'light', weight: 256, vcpus: 64 },
  { name: 'heavy', weight: 512, vcpus: 64 },
];
const VCPUS = VMS.reduce((sum, vm) => sum + vm.vcpus, 0);
/** About what an ordinary thread's timers are late. */
const JITTER_NS = 50_000;

export const scale: Bench = {
  name: 'scale',
  description: `${VCPUS} vCPU threads on ${PCPUS} pCPUs: how long they take to start, whether shares hold, what they weigh`,

  async run(context) {
    const pcpus = context.cpus.slice(0, PCPUS);
    const seconds = context.seconds(10);
    const watch = new StartWatch();
    context.say(`${VCPUS} threads`);
    const lab = await openLab({ pcpus });
    watch.opened();
    try {
      const scenario = hogScenario('scale', pcpus, seconds, VMS);
      const result = await measure(context, lab, scenario, (progress) => watch.look(progress));
      context.add({
        figure: `start of ${VCPUS} vCPU threads`,
        value: watch.startedS,
        unit: 's',
        goal: atMost(5),
        how: `from opening the lab (${watch.openedS.toFixed(2)} s of it) to the common start, warm-up included`,
      });
      const measured = sharesOf(result.vms.map((vm) => vm.cpuNs));
      const predicted = predictShares(pcpus.length, seconds);
      context.add({
        figure: `share error, ${VCPUS} vCPUs`,
        value: shareError(measured, predicted.map(exactly)),
        unit: 'points',
        goal: atMost(1),
        how: `${join(measured)} in ${seconds} s; in virtual time ${join(predicted)}`,
      });
      context.add({
        figure: 'memory per vCPU',
        value: watch.grownBytes / VCPUS / 2 ** 20,
        unit: 'MiB',
        how: 'growth of the resident set',
      });
    } finally {
      await lab.close();
    }
  },
};

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

function join(percents: readonly number[]): string {
  return percents.map((percent) => percent.toFixed(2)).join(' : ');
}
