import type { Testbed } from '../../src/testbed/testbed.ts';
import type { Bench, BenchContext } from './bench.ts';
import { measureCap } from './caps.ts';
import { ControlGroups, NotPermitted } from './control-groups.ts';
import { GOALS } from './goals.ts';
import { KernelHogs } from './kernel-hogs.ts';
import { type HogVm, withTestbed } from './testbed-run.ts';
import { CAPS, capWindowSeconds, exactly, SHARE_LOADS, shareError, sharesOf } from './loads.ts';
import { measureShares } from './shares.ts';

const ROUNDS = 2;

/** One load, measured under either scheduler; each returns its error in points. */
interface Pair {
  readonly name: string;
  readonly ours: (testbed: Testbed) => Promise<number>;
  readonly kernels: () => Promise<number>;
}

export const kernel: Bench = {
  name: 'kernel',
  description: "the same shares and caps under the kernel's own group weights and quota, in turns with ours",

  async run(context) {
    const why = whyNotPermitted();
    const pairs = [...sharePairs(context), ...capPairs(context)];
    if (why !== null) {
      for (const { name } of pairs) context.add({ ...heading(name), value: null, how: why });
      return;
    }
    await withTestbed(context, context.cpus.slice(0, 1), async ({ testbed }) => {
      for (const pair of pairs) await compare(context, testbed, pair);
    });
  },
};

/** In turns, so that whatever disturbs the machine disturbs both. */
async function compare(
  context: BenchContext,
  testbed: Testbed,
  { name, ours, kernels }: Pair,
): Promise<void> {
  const ourErrors: number[] = [];
  const kernelErrors: number[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    context.say(`${name}, round ${round} of ${ROUNDS}: ours`);
    ourErrors.push(await ours(testbed));
    context.say(`${name}, round ${round} of ${ROUNDS}: the kernel's`);
    kernelErrors.push(await kernels());
  }
  context.add({
    ...heading(name),
    value: mean(ourErrors),
    yardstick: { name: "the kernel's", value: mean(kernelErrors) },
    goal: GOALS.besideKernel.goal,
    how: `ours ${join(ourErrors)}; the kernel's ${join(kernelErrors)}`,
  });
}

function sharePairs(context: BenchContext): Pair[] {
  const seconds = context.seconds(10);
  return SHARE_LOADS.map((load) => ({
    name: load.name,
    ours: async (testbed) => shareError(await measureShares(context, testbed, load, seconds), load.reference),
    kernels: async () => {
      const { cpuNs } = await underKernel(context, load.vms, seconds);
      return shareError(sharesOf(cpuNs), load.ideal.map(exactly));
    },
  }));
}

function capPairs(context: BenchContext): Pair[] {
  const seconds = capWindowSeconds(context.seconds(12));
  return CAPS.map((cap) => ({
    name: `cap ${cap} %`,
    ours: async (testbed) => Math.abs((await measureCap(context, testbed, cap, seconds)).percent - cap),
    kernels: async () => {
      const { cpuNs, windowNs } = await underKernel(context, [{ name: 'vm', cap }], seconds);
      return Math.abs((100 * cpuNs[0]) / windowNs - cap);
    },
  }));
}

async function underKernel(
  context: BenchContext,
  vms: readonly HogVm[],
  seconds: number,
): Promise<{ readonly cpuNs: readonly number[]; readonly windowNs: number }> {
  const hogs = new KernelHogs(context.native());
  try {
    await hogs.start(vms, context.cpus[0], context.signal);
    return await hogs.measure(seconds, context.signal);
  } finally {
    await hogs.close();
  }
}

/** Null: it is permitted. */
function whyNotPermitted(): string | null {
  try {
    ControlGroups.create().remove();
    return null;
  } catch (error) {
    if (error instanceof NotPermitted) return `not permitted: ${error.message}`;
    throw error;
  }
}

function heading(name: string): { readonly figure: string; readonly unit: string } {
  return { figure: `error beside the kernel's, ${name}`, unit: 'points' };
}

function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}

function join(errors: readonly number[]): string {
  return errors.map((error) => error.toFixed(3)).join(', ');
}
