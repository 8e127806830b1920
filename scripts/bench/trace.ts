import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median } from '../../src/analysis/stats.ts';
import { builtinUrl } from '../../src/workload/catalogue.ts';
import { TraceFileWriter } from '../../src/trace/file-writer.ts';
import { traceHeader } from '../../src/trace/trace.ts';
import { TraceStore, type TraceTaker } from '../../src/trace/store.ts';
import type { Bench, BenchContext } from './bench.ts';
import { GOALS } from './goals.ts';
import { equalHogs, hogScenario, type TestbedUse, withTestbed } from './testbed-run.ts';

const VCPUS = 8;
const PCPUS = 2;
const PAIRS = 6;
/** A hundred wake-ups a second each: more decisions than hogs ask for. */
const SLEEPER = { spec: 'interactive', url: builtinUrl('interactive'), size: null } as const;

export const trace: Bench = {
  name: 'trace',
  description: 'what recording costs: CPU time of loop and main thread with a trace and without, in turns',

  async run(context) {
    const dir = mkdtempSync(join(tmpdir(), 'creditlab-bench-'));
    try {
      await withTestbed(context, context.cpus.slice(0, PCPUS), async (use) => {
        await compare(context, use, 'in memory', () => new TraceStore());
        await compare(context, use, 'and to a file', () => new TraceFileWriter(join(dir, 'trace.jsonl.gz')));
      });
    } finally {
      rmSync(dir, { recursive: true });
    }
  },
};

async function compare(
  context: BenchContext,
  { testbed }: TestbedUse,
  where: string,
  create: () => TraceTaker,
): Promise<void> {
  const native = context.native();
  const pcpus = context.cpus.slice(0, PCPUS);
  const seconds = context.seconds(5);
  const hogs = hogScenario('trace', pcpus, seconds, equalHogs(VCPUS));
  // Every fourth one sleeps and wakes.
  const vms = hogs.vms.map((vm, i) => (i % 4 === 3 ? { ...vm, workload: SLEEPER } : vm));
  const scenario = { ...hogs, vms };
  let records = 0;

  /** @returns percent of a core, of the loop and of the thread that reads the records */
  const cost = async (taker: TraceTaker | null): Promise<number> => {
    records = 0;
    taker?.begin(traceHeader(scenario, { label: 'trace', run: 1, machine: 'hardware' }));
    const counted: TraceTaker | null = taker && {
      begin: () => undefined,
      grow: () => undefined,
      append: (rows, count) => {
        records += count;
        taker.append(rows, count);
      },
      end: (end) => taker.end(end),
    };
    let startNs = native.ownCpuNs();
    const onProgress = ({ phase }: { readonly phase: string }): void => {
      if (phase !== 'running') startNs = native.ownCpuNs();
    };
    const { loop, windowNs } = await testbed.run(scenario, {
      onProgress,
      signal: context.signal,
      trace: counted,
    });
    context.signal.throwIfAborted();
    return (100 * (loop.cpuNs + native.ownCpuNs() - startNs)) / windowNs;
  };

  const differences: number[] = [];
  let perSecond = 0;
  for (let pair = 0; pair < PAIRS; pair++) {
    context.say(`${where}: pair ${pair + 1} of ${PAIRS}`);
    // Each kind goes first as often as the other.
    const isTracedFirst = pair % 2 === 0;
    const first = await cost(isTracedFirst ? create() : null);
    if (isTracedFirst) perSecond = records / seconds;
    const second = await cost(isTracedFirst ? null : create());
    if (!isTracedFirst) perSecond = records / seconds;
    differences.push(isTracedFirst ? first - second : second - first);
  }
  context.add({
    figure: `cost of recording, ${where}`,
    value: median(differences),
    unit: '% of one core',
    goal: GOALS.recordingCost.goal,
    how:
      `${VCPUS} vCPUs on ${pcpus.length} pCPUs, two of them sleepers, median of ${PAIRS} pairs ` +
      `(${differences.map((percent) => percent.toFixed(2)).join(', ')}); ${perSecond.toFixed(0)} records a second`,
  });
}
