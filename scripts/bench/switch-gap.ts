import { setTimeout as sleep } from 'node:timers/promises';
import { formatNs } from '../../src/report/format.ts';
import { summarize } from '../../src/analysis/quantiles.ts';
import { median } from '../../src/analysis/stats.ts';
import type { Quantiles } from '../../src/analysis/histogram.ts';
import { FactReader } from '../../src/host/fact-reader.ts';
import { checked, type Native, SchedClass } from '../../src/addon/native.ts';
import { siblingModule } from '../../src/base/package-root.ts';
import { VCPU_SLICE_NS } from '../../src/host/slices.ts';
import type { Bench, BenchContext } from './bench.ts';
import { GOALS } from './goals.ts';
import { handOverTicks } from './hand-overs.ts';
import { HelperThread } from './helper-thread.ts';
import type { GapOrder, GapReply } from './switch-gap-thread.ts';
import { loadYardsticks, type Yardsticks } from './yardsticks.ts';

const BLOCK_S = 1;
const PERIOD_NS = 2e6;
/** Two readings of the counter in a row lie some 20 ns apart; the shortest hand-over takes several times this. */
const THRESHOLD_NS = 500;
const FUTEX_SWITCHES = 20_000;
const CALIBRATION_MS = 100;
const GUESTS = [0, 1];
/** More turns than a block has. */
const CAPACITY = 16_384;

type Thread = HelperThread<GapOrder, GapReply>;

export const switchGap: Bench = {
  name: 'switch-gap',
  description: 'last instruction of one vCPU to first of the next, beside the bare signal and futex',

  async run(context) {
    const native = context.native();
    const yardsticks = loadYardsticks();
    const [cpu, driverCpu = null] = context.cpus;
    const threads = [...GUESTS, null].map(
      () => new HelperThread<GapOrder, GapReply>(siblingModule('switch-gap-thread', import.meta.url)),
    );
    const onExit = (): void => native.releaseAll();
    process.on('exit', onExit);
    try {
      const ticksPerNs = await counterSpeed(native, yardsticks);
      const samples: Samples = { gapNs: [], bareNs: [], handOverNs: [], batchNs: [], otherNs: [] };
      const place: Place = { cpu, driverCpu, ticksPerNs };
      const blocks = Math.max(1, Math.round(context.seconds(10) / BLOCK_S));
      // In turns, so that whatever disturbs the machine disturbs all.
      for (let block = 1; block <= blocks; block++) {
        context.say(`block ${block} of ${blocks}`);
        const { ticks, gate } = await handOvers(context, native, threads, place);
        for (const gap of ticks) samples.gapNs.push(gap / ticksPerNs);
        samples.handOverNs.push(gate.p50);
        for (const gap of bareSwitches(yardsticks, place)) samples.bareNs.push(gap / ticksPerNs);
        samples.batchNs.push(...futexSwitches(yardsticks, cpu, SchedClass.batch));
        samples.otherNs.push(...futexSwitches(yardsticks, cpu, SchedClass.other));
      }
      addFigures(context, samples, driverCpu === null);
    } finally {
      native.releaseAll();
      await Promise.all(threads.map((thread) => thread.close()));
      process.off('exit', onExit);
    }
  },
};

interface Place {
  readonly cpu: number;
  /** null: there is no other */
  readonly driverCpu: number | null;
  /** of the cycle counter */
  readonly ticksPerNs: number;
}

interface Samples {
  /** last instruction to first, at the gate */
  readonly gapNs: number[];
  /** the same without a gate */
  readonly bareNs: number[];
  /** record to record, the median of each block */
  readonly handOverNs: number[];
  /** futex switches in the class that vCPUs are in, and in the ordinary one */
  readonly batchNs: number[];
  readonly otherNs: number[];
}

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
  { cpu, driverCpu, ticksPerNs }: Place,
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

/**
 * A block of the bare mechanism: the same turns, spins and readings, and nothing of the gate.
 * @returns length of each hand-over, in ticks
 */
function bareSwitches(yardsticks: Yardsticks, { cpu, driverCpu, ticksPerNs }: Place): number[] {
  const absences = GUESTS.map(() => new BigUint64Array(2 * CAPACITY));
  const counts = new Int32Array(GUESTS.length);
  checked(
    'bare switch',
    yardsticks.signalSwitch(
      cpu,
      driverCpu ?? -1,
      VCPU_SLICE_NS,
      PERIOD_NS,
      Math.round(BLOCK_S * 1e9 * ticksPerNs),
      Math.round(THRESHOLD_NS * ticksPerNs),
      absences[0],
      absences[1],
      counts,
    ),
  );
  return handOverTicks(
    absences.map((ticks, guest) => Float64Array.from(ticks.subarray(0, 2 * counts[guest]), Number)),
  );
}

function futexSwitches(yardsticks: Yardsticks, cpu: number, schedClass: SchedClass): Float64Array {
  const outNs = new Float64Array(FUTEX_SWITCHES);
  checked('futex switch', yardsticks.futexSwitch(cpu, schedClass, outNs));
  return outNs;
}

/** Ticks of the cycle counter per ns. */
async function counterSpeed(native: Native, yardsticks: Yardsticks): Promise<number> {
  const [ticks, ns] = [yardsticks.cycleCounter(), native.nowNs()];
  await sleep(CALIBRATION_MS);
  return (yardsticks.cycleCounter() - ticks) / (native.nowNs() - ns);
}

function addFigures(context: BenchContext, samples: Samples, oneCpu: boolean): void {
  const gap = summarize(samples.gapNs);
  const bare = summarize(samples.bareNs);
  const futex = summarize(samples.batchNs);
  const ordinary = summarize(samples.otherNs);
  const place = oneCpu ? 'with the driver on the same CPU' : 'driver on another CPU';
  const mechanism = 'signal and futex in C';
  context.add({
    figure: 'switch gap p50',
    value: gap.p50 / 1e3,
    unit: 'µs',
    yardstick: { name: mechanism, value: bare.p50 / 1e3 },
    goal: GOALS.switchGapP50.goal,
    how: `${gap.count} hand-overs, ${bare.count} of the bare mechanism, ${place}`,
  });
  context.add({
    figure: 'switch gap p99',
    value: gap.p99 / 1e3,
    unit: 'µs',
    yardstick: { name: mechanism, value: bare.p99 / 1e3 },
    goal: GOALS.switchGapP99.goal,
    how: `longest ${formatNs(gap.max)}, of the bare mechanism ${formatNs(bare.max)}`,
  });
  context.add({
    figure: 'hand-over alone, p50',
    value: median(samples.handOverNs) / 1e3,
    unit: 'µs',
    yardstick: { name: 'futex switch', value: futex.p50 / 1e3 },
    goal: GOALS.handOver.goal,
    how:
      `from the record of the pause to that of the resume: without interrupt and signal; ${futex.count} futex ` +
      `switches in SCHED_BATCH, as vCPUs are, and in SCHED_OTHER ${formatNs(ordinary.p50)}`,
  });
}
