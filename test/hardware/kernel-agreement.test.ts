import assert from 'node:assert/strict';
import type { Lab } from '../../src/experiment/experiment.ts';
import type { RunResult } from '../../src/experiment/result.ts';
import { loadNative } from '../../src/host/native.ts';
import { openLab } from '../../src/host/open-lab.ts';
import { traceHeader } from '../../src/trace/header.ts';
import { TraceStore } from '../../src/trace/store.ts';
import { staysOf, type Stay } from '../../src/trace/timeline.ts';
import { KernelTrace, type Switch } from './kernel-trace.ts';
import { cpus, MS, needHardware, onQuietHost, run, scenario, SECOND, tell, vm } from './support.ts';

/** Edges of the two may differ by that. */
const EDGE_NS = 100e3;
const LEAST_AGREEMENT = 0.999;
const DURATION_NS = 5 * SECOND;
/** Of the first and last moments the kernel's record knows only a part. */
const MARGIN_NS = 200 * MS;

/** A thread holds a CPU from one instant to another; when the kernel preempts it, it holds it still: that is stolen time. */
interface Span {
  readonly name: string;
  readonly fromNs: number;
  readonly toNs: number;
}

describe('the facts of a trace', function () {
  this.timeout(120_000);
  let lab: Lab;
  let kernel: KernelTrace;

  before(async function () {
    needHardware(this, 2);
    try {
      kernel = new KernelTrace();
    } catch (error) {
      tell(
        `skipped: the kernel's tracing is not permitted here (${(error as NodeJS.ErrnoException).code ?? 'mount'})`,
      );
      this.skip();
    }
    lab = await openLab({ pcpus: cpus.slice(0, 2) });
  });

  after(async () => {
    await lab?.close();
    kernel?.close();
  });

  it('agree with what the kernel says about who was on which CPU', async function () {
    const mark = `k${process.pid % 10_000}`;
    const vms = [
      vm(`${mark}A`),
      vm(`${mark}B`, { weight: 512, vcpus: 2 }),
      vm(`${mark}C`, { workload: 'interactive' }),
      vm(`${mark}D`, { cap: 40 }),
    ];
    const pcpus = cpus.slice(0, 2);
    const what = scenario(vms, { pcpus, durationNs: DURATION_NS });
    let report = { agreement: 0, worstNs: 0, lost: 0 };
    const measure = async (): Promise<RunResult> => {
      const store = new TraceStore();
      store.begin(traceHeader(what, { label: 'agreement', run: 1, machine: 'hardware' }));
      kernel.start();
      const result = await run(lab, what, { trace: store });
      const { switches, lost } = kernel.stop();
      const originNs = Number(process.hrtime.bigint()) - loadNative().nowNs();
      const trace = store.trace();
      assert.ok(trace !== null);
      const ours = staysOf(trace).map((stays) => stays.map((stay) => spanOf(stay, trace.header.vcpus)));
      const theirs = pcpus.map((cpu) => kernelSpans(switches, cpu, mark, originNs));
      report = { ...disagreement(ours, theirs), lost };
      return result;
    };
    await onQuietHost(this, measure, () => {
      const { agreement, worstNs, lost } = report;
      tell(
        `${(100 * agreement).toFixed(3)} % of the time the same vCPU on the same CPU, ${lost} kernel events lost; ` +
          `longest difference ${(worstNs / 1e3).toFixed(0)} µs`,
      );
      assert.equal(lost, 0, 'the kernel lost events');
      assert.ok(agreement >= LEAST_AGREEMENT, `they agree ${(100 * agreement).toFixed(3)} % of the time`);
    });
  });
});

function spanOf({ vcpu, fromNs, toNs }: Stay, vcpus: readonly { readonly id: string }[]): Span {
  return { name: vcpus[vcpu].id, fromNs, toNs };
}

/** When each vCPU's thread held a CPU, by the kernel. @param originNs CLOCK_MONOTONIC at t = 0 */
function kernelSpans(switches: readonly Switch[], cpu: number, mark: string, originNs: number): Span[] {
  const spans: Span[] = [];
  let name: string | null = null;
  let fromNs = 0;
  for (const { timeNs, prev, isPreempted, next } of switches.filter((each) => each.cpu === cpu)) {
    const leaves = name !== null && prev === name && !isPreempted;
    // Whoever else's vCPU comes ends the stay of one that was preempted before.
    const replaced = name !== null && next.startsWith(mark) && next !== name;
    if (name !== null && (leaves || replaced)) {
      spans.push({ name, fromNs, toNs: timeNs - originNs });
      name = null;
    }
    if (name === null && next.startsWith(mark)) {
      name = next;
      fromNs = timeNs - originNs;
    }
  }
  return spans;
}

/** Where the two differ for longer than an edge may. */
function disagreement(
  ours: readonly (readonly Span[])[],
  theirs: readonly (readonly Span[])[],
): { readonly agreement: number; readonly worstNs: number } {
  const fromNs = MARGIN_NS;
  const toNs = DURATION_NS - MARGIN_NS;
  let differentNs = 0;
  let worstNs = 0;
  ours.forEach((spans, pcpu) => {
    const edges = [...spans, ...theirs[pcpu]].flatMap((span) => [span.fromNs, span.toNs]);
    const times = [fromNs, ...edges.filter((ns) => ns > fromNs && ns < toNs).sort((a, b) => a - b), toNs];
    let differsSinceNs = NaN;
    for (const [i, timeNs] of times.entries()) {
      const middleNs = i + 1 < times.length ? (timeNs + times[i + 1]) / 2 : NaN;
      const isSame = Number.isNaN(middleNs) || holderAt(spans, middleNs) === holderAt(theirs[pcpu], middleNs);
      if (!isSame) {
        if (Number.isNaN(differsSinceNs)) differsSinceNs = timeNs;
        continue;
      }
      const lengthNs = timeNs - differsSinceNs;
      if (lengthNs > EDGE_NS) differentNs += lengthNs;
      if (lengthNs > worstNs) worstNs = lengthNs;
      differsSinceNs = NaN;
    }
  });
  return { agreement: 1 - differentNs / (ours.length * (toNs - fromNs)), worstNs };
}

function holderAt(spans: readonly Span[], ns: number): string | null {
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (spans[middle].toNs <= ns) low = middle + 1;
    else high = middle;
  }
  return low < spans.length && spans[low].fromNs <= ns ? spans[low].name : null;
}
