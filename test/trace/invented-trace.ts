import { Reason } from '../../src/core/reason.ts';
import type { SimulatedRunOptions } from '../../src/predict/simulated-run.ts';
import { simulationOf } from '../../src/predict/simulated-run.ts';
import { Exit } from '../../src/machine/machine.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { simulate } from '../../src/sim/simulate.ts';
import { traceHeader, type Trace } from '../../src/trace/trace.ts';
import { Column, COLUMNS, Kind, Left, rowOf, WIDTH } from '../../src/trace/record.ts';
import { TraceRecorder } from '../../src/trace/recorder.ts';
import { TraceStore } from '../../src/trace/store.ts';
import type { Slice } from '../../src/trace/timeline.ts';
import { slicesOf } from '../../src/trace/timeline.ts';
import { scenario as inventedScenario, vm } from '../host/invented-scenario.ts';

export interface InventedTraceOptions {
  /** default: hogs A (weight 256) and B (512) on one pCPU for 300 ms */
  readonly scenario?: Partial<Scenario>;
  readonly simulation?: Partial<SimulatedRunOptions>;
  /** default null: intent only, as simulations record it */
  readonly facts?: InventedFacts | null;
  readonly label?: string;
  readonly run?: number;
  readonly lostIntents?: number;
  readonly lostFacts?: number;
  readonly complete?: boolean;
  /** records that the memory keeps; default: all */
  readonly capacity?: number;
}

/** What real cores would have made of the intent; functions of the number of the slice, in order of time. */
export interface InventedFacts {
  /** from a decision until the thread runs, ns; default 20 to 79 µs */
  readonly enterDelayNs?: (slice: number) => number;
  /** from a decision until the thread that had the pCPU stops, ns; default half of that */
  readonly leaveDelayNs?: (slice: number) => number;
  /** percent of each stay that the host took; default 0 */
  readonly stolenPercent?: number;
}

/** A trace of a scenario in virtual time; with `facts`, one that looks as if it came from real cores. */
export function inventedTrace(options: InventedTraceOptions = {}): Trace {
  const scenario = inventedScenario({
    pcpus: [0],
    durationNs: 300e6,
    vms: [vm('A', { work: null }), vm('B', { weight: 512, work: null })],
    ...options.scenario,
  });
  const facts = options.facts ?? null;
  const header = traceHeader(scenario, {
    label: options.label ?? scenario.name,
    run: options.run ?? 1,
    machine: facts === null ? 'simulated' : 'hardware',
  });
  const store = new TraceStore(options.capacity);
  store.begin(header);
  const { endNs } = simulate({
    ...simulationOf(scenario, options.simulation),
    recorder: new TraceRecorder(store),
  });
  store.end({
    endNs,
    complete: options.complete ?? true,
    lostIntents: options.lostIntents ?? 0,
    lostFacts: options.lostFacts ?? 0,
  });
  const intent = store.trace() as Trace;
  if (facts === null) return intent;
  inventFacts(intent, facts, store);
  return store.trace() as Trace;
}

function inventFacts(intent: Trace, facts: InventedFacts, store: TraceStore): void {
  const enterDelayNs = facts.enterDelayNs ?? ((slice) => 20_000 + ((slice * 7919) % 60) * 1000);
  const leaveDelayNs = facts.leaveDelayNs ?? ((slice) => enterDelayNs(slice) / 2);
  const usedOfStay = 1 - (facts.stolenPercent ?? 0) / 100;
  const isFreeNs = intent.header.scenario.pcpus.map(() => 0);
  const isParkedNs = intent.header.vcpus.map(() => 0);
  const cpuNs = intent.header.vcpus.map(() => 0);
  const slices = slicesOf(intent)
    .flat()
    .sort((a, b) => a.fromNs - b.fromNs || a.pcpu - b.pcpu);
  slices.forEach((slice, i) => {
    const { pcpu, vcpu } = slice;
    const enterNs = Math.max(slice.fromNs + enterDelayNs(i), isFreeNs[pcpu], isParkedNs[vcpu]);
    const why = whyLeft(intent, slice);
    const isOwnAccord = why !== Left.paused;
    const leaveNs = isOwnAccord
      ? slice.toNs - Math.min(5000, Math.max(0, (slice.toNs - enterNs) / 2))
      : slice.toNs + leaveDelayNs(i);
    if (enterNs >= leaveNs) return;
    store.put(rowOf(Kind.enter, enterNs, pcpu, vcpu, cpuNs[vcpu]));
    cpuNs[vcpu] += Math.round((leaveNs - enterNs) * usedOfStay);
    const next = slices.find((each) => each.pcpu === pcpu && each.fromNs === slice.toNs)?.vcpu ?? -1;
    const lateNs = !isOwnAccord && i % 10 === 9 ? 3000 : 0;
    store.put(rowOf(Kind.leave, leaveNs, pcpu, vcpu, cpuNs[vcpu], why, next, lateNs));
    isFreeNs[pcpu] = leaveNs;
    isParkedNs[vcpu] = leaveNs;
  });
}

function whyLeft({ rows, count }: Trace, { vcpu, toNs, endReason }: Slice): number {
  if (endReason !== Reason.blocked) return Left.paused;
  for (let row = 0; row < count * WIDTH; row += WIDTH) {
    const isExit = rows[row + Column.kind] === Kind.exit && rows[row + Column.timeNs] === toNs;
    if (!isExit || rows[row + COLUMNS.exit.vcpu] !== vcpu) continue;
    if (rows[row + COLUMNS.exit.why] === Exit.done) return Left.done;
  }
  return Left.blocked;
}
