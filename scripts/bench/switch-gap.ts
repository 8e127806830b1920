import { setTimeout as sleep } from 'node:timers/promises';
import { formatNs } from '../../src/analysis/metrics.ts';
import { summarize } from '../../src/analysis/quantiles.ts';
import { median } from '../../src/analysis/stats.ts';
import type { Quantiles } from '../../src/experiment/result.ts';
import { FactReader } from '../../src/host/fact-reader.ts';
import { checked, type Native } from '../../src/host/native.ts';
import { siblingModule } from '../../src/host/sibling-module.ts';
import type { Bench, BenchContext } from './bench.ts';
import { atMost } from './figure.ts';
import { handOverTicks } from './hand-overs.ts';
import { HelperThread } from './helper-thread.ts';
import type { GapOrder, GapReply } from './switch-gap-thread.ts';

const BLOCK_S = 1;
const PERIOD_NS = 2e6;
/** Two readings of the counter in a row lie some 20 ns apart; the shortest hand-over takes several times this. */
const THRESHOLD_NS = 500;
const FUTEX_SWITCHES = 20_000;
const CALIBRATION_MS = 100;
const GUESTS = [0, 1];

type Thread = HelperThread<GapOrder, GapReply>;

export const switchGap: Bench = {
  name: 'switch-gap',
  description: "last instruction of one vCPU to first of the next, beside the machine's futex switch",

  async run(context) {
    const native = context.native();
    const [cpu, driverCpu = null] = context.cpus;
    const threads = [...GUESTS, null].map(
      () => new HelperThread<GapOrder, GapReply>(siblingModule('switch-gap-thread', import.meta.url)),
    );
    const onExit = (): void => native.releaseAll();
    process.on('exit', onExit);
    try {
      const ticksPerNs = await counterSpeed(native);
      const gapNs: number[] = [];
      const handOverNs: number[] = [];
      const futexNs: number[] = [];
      const blocks = Math.max(1, Math.round(context.seconds(10) / BLOCK_S));
      // In turns, so that whatever disturbs the machine disturbs both.
      for (let block = 1; block <= blocks; block++) {
        context.say(`block ${block} of ${blocks}`);
        const { ticks, gate } = await handOvers(context, native, threads, cpu, driverCpu, ticksPerNs);
        for (const gap of ticks) gapNs.push(gap / ticksPerNs);
        handOverNs.push(gate.p50);
        futexNs.push(...futexSwitches(native, cpu));
      }
      addFigures(context, gapNs, handOverNs, futexNs, driverCpu === null);
    } finally {
      native.releaseAll();
      await Promise.all(threads.map((thread) => thread.close()));
      process.off('exit', onExit);
    }
  },
};

interface Block {
  /** from the last instruction of a guest to the first of the next, as they saw it */
  readonly ticks: readonly number[];
  /** from the record that one pauses to the record that the other resumes, ns: without the interrupt and the signal */
  readonly gate: Quantiles;
}

/** One block of guests taking turns. */
async function handOvers(
  context: BenchContext,
  native: Native,
  threads: readonly Thread[],
  cpu: number,
  driverCpu: number | null,
  ticksPerNs: number,
): Promise<Block> {
  checked('set up the gate', native.setup(Int32Array.of(cpu)));
  const spins = GUESTS.map((vcpu) =>
    threads[vcpu].ask({
      kind: 'spin',
      vcpu,
      ticks: Math.round(BLOCK_S * 1e9 * ticksPerNs),
      thresholdTicks: Math.round(THRESHOLD_NS * ticksPerNs),
    }),
  );
  const all = Promise.all(spins);
  all.catch(() => native.releaseAll());
  while (native.attached() < GUESTS.length) {
    context.signal.throwIfAborted();
    await Promise.race([sleep(2), all]);
  }
  const driven = threads[GUESTS.length].ask({
    kind: 'drive',
    cpu: driverCpu,
    guests: GUESTS.length,
    periodNs: PERIOD_NS,
  });
  const [replies] = await Promise.all([all, driven]);
  native.releaseAll();
  context.signal.throwIfAborted();
  const facts = new FactReader(native, GUESTS.length, 1);
  facts.drain();
  return {
    ticks: handOverTicks(replies.map((reply) => (reply.kind === 'absences' ? reply.ticks : []))),
    gate: facts.gap.quantiles(),
  };
}

function futexSwitches(native: Native, cpu: number): Float64Array {
  const outNs = new Float64Array(FUTEX_SWITCHES);
  checked('futex switch', native.benchFutexSwitch(cpu, outNs));
  return outNs;
}

/** Ticks of the cycle counter per ns. */
async function counterSpeed(native: Native): Promise<number> {
  const [ticks, ns] = [native.cycleCounter(), native.nowNs()];
  await sleep(CALIBRATION_MS);
  return (native.cycleCounter() - ticks) / (native.nowNs() - ns);
}

function addFigures(
  context: BenchContext,
  gapNs: readonly number[],
  handOverNs: readonly number[],
  futexNs: readonly number[],
  oneCpu: boolean,
): void {
  const gap = summarize(gapNs);
  const futex = summarize(futexNs);
  const handOver = median(handOverNs);
  const place = oneCpu ? 'with the driver on the same CPU' : 'driver on another CPU';
  context.add({
    figure: 'switch gap p50',
    value: gap.p50 / futex.p50,
    unit: '× futex p50',
    goal: atMost(1.5),
    how: `${formatNs(gap.p50)} of ${formatNs(futex.p50)}; ${gap.count} hand-overs, ${futex.count} futex switches, ${place}`,
  });
  context.add({
    figure: 'switch gap p99',
    value: gap.p99 / futex.p50,
    unit: '× futex p50',
    goal: atMost(5),
    how: `${formatNs(gap.p99)} of ${formatNs(futex.p50)}; longest ${formatNs(gap.max)}`,
  });
  context.add({
    figure: 'switch gap p99 to p99',
    value: gap.p99 / futex.p99,
    unit: '× futex p99',
    how: `${formatNs(gap.p99)} of ${formatNs(futex.p99)}; longest futex switch ${formatNs(futex.max)}`,
  });
  context.add({
    figure: 'hand-over alone, p50',
    value: handOver / futex.p50,
    unit: '× futex p50',
    how: `${formatNs(handOver)}, from the record of the pause to that of the resume: without interrupt and signal`,
  });
}
