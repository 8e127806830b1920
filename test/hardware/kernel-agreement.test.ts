import assert from 'node:assert/strict';
import type { RunResult } from '../../src/result/result.ts';
import { loadNative } from '../../src/addon/native.ts';
import { traceHeader } from '../../src/trace/trace.ts';
import { TraceStore } from '../../src/trace/store.ts';
import { staysOf, type Stay } from '../../src/trace/timeline.ts';
import { KernelTrace, type Switch } from './kernel-trace.ts';
import { cpus, MS, testbedFor, onQuietHost, run, scenario, SECOND, tell, vm } from './support.ts';

/** Edges of the two may differ by that. */
const EDGE_NS = 100e3;
const LEAST_AGREEMENT = 0.999;
const DURATION_NS = 5 * SECOND;
/** Of the first and last moments the kernel's record knows only a part. */
const MARGIN_NS = 200 * MS;

/** From one instant to another: who held a CPU by the facts. */
interface Span {
  readonly name: string;
  readonly fromNs: number;
  readonly toNs: number;
}

/**
 * The same by the kernel: who came, and who left at its end. Mostly that is one and the same. But some kernels don't
 * record that a CPU leaves idle: then it idled at first, and at some unknown moment the other one came.
 */
interface KernelSpan {
  readonly came: string | null;
  readonly left: string | null;
  readonly fromNs: number;
  readonly toNs: number;
}

/** On a CPU by the kernel: a thread that is no vCPU's. */
const HOST = 'the host';
/** So much of the time must be told without such gaps. */
const LEAST_CERTAIN = 0.3;
/** And so much with them, but without other threads on the CPU: the loop's and the main thread are among those. */
const LEAST_KNOWN = 0.9;

describe('the facts of a trace', function () {
  this.timeout(120_000);
  const testbed = testbedFor({ pcpus: cpus.slice(0, 2) }, 2);
  let kernel: KernelTrace;

  before(function () {
    try {
      kernel = new KernelTrace();
    } catch (error) {
      tell(
        `skipped: the kernel's tracing is not permitted here (${(error as NodeJS.ErrnoException).code ?? 'mount'})`,
      );
      this.skip();
    }
  });

  after(() => {
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
    let report = { agreement: 0, certainAgreement: 0, certain: 0, unknown: 1, worstNs: 0, lost: 0 };
    const measure = async (): Promise<RunResult> => {
      const store = new TraceStore();
      store.begin(traceHeader(what, { label: 'agreement', run: 1, machine: 'hardware' }));
      kernel.start();
      const result = await run(testbed(), what, { trace: store });
      const { switches, lost } = kernel.stop();
      const originNs = Number(process.hrtime.bigint()) - loadNative().nowNs();
      const trace = store.trace();
      assert.ok(trace !== null);
      const ours = staysOf(trace).map((stays) => stays.map((stay) => spanOf(stay, trace.header.vcpus)));
      const theirs = pcpus.map((cpu) => kernelSpans(switches, cpu, mark, originNs));
      report = { ...compare(ours, theirs), lost };
      return result;
    };
    await onQuietHost(this, measure, () => {
      const { agreement, certainAgreement, certain, unknown, worstNs, lost } = report;
      tell(
        `${(100 * agreement).toFixed(3)} % of the time the same vCPU on the same CPU, longest difference ` +
          `${(worstNs / 1e3).toFixed(0)} µs; ${(100 * certainAgreement).toFixed(3)} % of the ` +
          `${(100 * certain).toFixed(0)} % in which the kernel's record leaves no doubt; ` +
          `${(100 * unknown).toFixed(2)} % unknown, because other threads had the CPU`,
      );
      assert.equal(lost, 0, 'the kernel lost events');
      assert.ok(
        unknown <= 1 - LEAST_KNOWN,
        `other threads had the CPUs for ${(100 * unknown).toFixed(1)} % of the time`,
      );
      assert.ok(certain > LEAST_CERTAIN, `without gaps only ${(100 * certain).toFixed(0)} % of the time`);
      assert.ok(
        certainAgreement >= LEAST_AGREEMENT,
        `without doubt they agree ${(100 * certainAgreement).toFixed(3)} % of the time`,
      );
      assert.ok(agreement >= LEAST_AGREEMENT, `they agree ${(100 * agreement).toFixed(3)} % of the time`);
    });
  });
});

function spanOf({ vcpu, fromNs, toNs }: Stay, vcpus: readonly { readonly id: string }[]): Span {
  return { name: vcpus[vcpu].id, fromNs, toNs };
}

/** @param originNs CLOCK_MONOTONIC at t = 0 */
function kernelSpans(switches: readonly Switch[], cpu: number, mark: string, originNs: number): KernelSpan[] {
  const here = switches.filter((each) => each.cpu === cpu);
  const known = (name: string): string | null =>
    name.startsWith('swapper/') ? null : name.startsWith(mark) ? name : HOST;
  return here.slice(1).map(({ timeNs, prev }, i) => ({
    came: known(here[i].next),
    left: known(prev),
    fromNs: here[i].timeNs - originNs,
    toNs: timeNs - originNs,
  }));
}

/** While another thread had the CPU no vCPU was on it: whom the facts name then is neither right nor wrong. */
function isKnown(theirs: KernelSpan | null): theirs is KernelSpan {
  return theirs !== null && theirs.came !== HOST && theirs.left !== HOST;
}

/** It must be the same vCPU, or nobody. */
function agree(ours: Span | null, { came, left }: KernelSpan): boolean {
  const name = ours?.name ?? null;
  return name === came || name === left;
}

interface Comparison {
  /** part of the time in which both say the same, where the kernel says anything */
  readonly agreement: number;
  /** the same, of the time in which the kernel's record has no gap */
  readonly certainAgreement: number;
  /** part of the time in which the kernel's record has neither a gap nor a thread that is no vCPU's */
  readonly certain: number;
  /** part of the time in which such a thread had the CPU, or of which there is no record */
  readonly unknown: number;
  readonly worstNs: number;
}

/** Where the two differ for longer than an edge may. */
function compare(ours: readonly (readonly Span[])[], theirs: readonly (readonly KernelSpan[])[]): Comparison {
  const fromNs = MARGIN_NS;
  const toNs = DURATION_NS - MARGIN_NS;
  let differentNs = 0;
  let certainNs = 0;
  let unknownNs = 0;
  let certainDifferentNs = 0;
  let worstNs = 0;
  ours.forEach((spans, pcpu) => {
    const edges = [...spans, ...theirs[pcpu]].flatMap((span) => [span.fromNs, span.toNs]);
    const times = [fromNs, ...edges.filter((ns) => ns > fromNs && ns < toNs).sort((a, b) => a - b), toNs];
    let differsNs = 0;
    let certainPartNs = 0;
    const settle = (): void => {
      if (differsNs > EDGE_NS) {
        differentNs += differsNs;
        certainDifferentNs += certainPartNs;
      }
      certainPartNs = 0;
      worstNs = Math.max(worstNs, differsNs);
      differsNs = 0;
    };
    for (const [i, timeNs] of times.slice(0, -1).entries()) {
      const lengthNs = times[i + 1] - timeNs;
      const middleNs = timeNs + lengthNs / 2;
      const kernel = spanAt(theirs[pcpu], middleNs);
      if (!isKnown(kernel)) {
        unknownNs += lengthNs;
        continue;
      }
      const isCertain = kernel.came === kernel.left;
      if (isCertain) certainNs += lengthNs;
      if (agree(spanAt(spans, middleNs), kernel)) settle();
      else {
        differsNs += lengthNs;
        if (isCertain) certainPartNs += lengthNs;
      }
    }
    settle();
  });
  const wholeNs = ours.length * (toNs - fromNs);
  return {
    agreement: 1 - differentNs / (wholeNs - unknownNs),
    certainAgreement: 1 - certainDifferentNs / certainNs,
    certain: certainNs / wholeNs,
    unknown: unknownNs / wholeNs,
    worstNs,
  };
}

function spanAt<T extends { readonly fromNs: number; readonly toNs: number }>(
  spans: readonly T[],
  ns: number,
): T | null {
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (spans[middle].toNs <= ns) low = middle + 1;
    else high = middle;
  }
  return low < spans.length && spans[low].fromNs <= ns ? spans[low] : null;
}
