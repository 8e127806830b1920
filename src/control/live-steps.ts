/**
 * What changes do to the shares of the VMs, while a run goes on and somebody listens: told once the shares have stayed
 * where they went for as long as it took them to get there, when the next change has come, or after a while in any
 * case.
 */
import { CpuTime } from '../analysis/cpu-time.ts';
import { type Pattern, patternBefore, type StepFigures, stepResponse } from '../analysis/step-response.ts';
import { isAffected, TOGETHER_NS } from '../trace/steps.ts';
import type { TraceHeader } from '../trace/trace.ts';
import type { UsedSpans } from '../trace/used-spans.ts';
import type { Change, StepResponse } from './state.ts';

/** From the change on: a share needs some patterns, and nobody waits for longer. */
const EARLIEST_NS = 1e9;
const LATEST_NS = 10e9;
/** How often shares that go on moving are looked at, at most; and so many times as long as it takes lies between. */
const LOOK_NS = 500e6;
const REST = 20;
/** So much of the stretch before a change is looked at. */
const LOOK_BACK_NS = 10e9;

interface Pending {
  /** of the last of the changes that count as one */
  number: number;
  atNs: number;
  actsNs: number;
  readonly beginNs: number;
  /** since when nothing else was changed */
  readonly fromNs: number;
  lookNs: number;
  /** the next change; Infinity: none yet */
  toNs: number;
  /** by VM: the pattern before, which stays what it was; null: none */
  readonly before: Map<number, Pattern | null>;
}

export class LiveSteps {
  private readonly spans: UsedSpans;
  private pending: Pending[] = [];
  /** since when all is known and nothing was changed */
  private stillNs = Infinity;
  private readonly sliceAt: (ns: number) => number;

  /** @param sliceAt how long a slice is at an instant, ns */
  constructor(spans: UsedSpans, sliceAt: (ns: number) => number) {
    this.spans = spans;
    this.sliceAt = sliceAt;
  }

  /** Somebody listens from now on. */
  begin(nowNs: number): void {
    this.spans.forget(Infinity);
    this.pending = [];
    this.stillNs = nowNs;
  }

  change({ number, atNs, actsNs }: Pick<Change, 'number' | 'atNs' | 'actsNs'>): void {
    const last = this.pending.at(-1);
    const lookNs = atNs + EARLIEST_NS;
    if (last !== undefined && atNs - last.atNs < TOGETHER_NS) {
      // As in the report: of what was changed in one instant, the first that acts.
      const firstNs = atNs === last.atNs ? Math.min(last.actsNs, actsNs) : actsNs;
      Object.assign(last, { number, atNs, actsNs: firstNs, lookNs });
    } else {
      if (last !== undefined) last.toNs = atNs;
      const fromNs = Math.max(this.stillNs, atNs - LOOK_BACK_NS);
      this.pending.push({
        number,
        atNs,
        actsNs,
        beginNs: atNs,
        fromNs,
        lookNs,
        toNs: Infinity,
        before: new Map(),
      });
    }
    this.stillNs = atNs;
  }

  /** @param untilNs all records have come up to here @returns what changes did, once that can be said */
  look(untilNs: number, header: TraceHeader): StepResponse[] {
    const told = this.pending.flatMap((pending) => this.figuresOf(pending, untilNs, header));
    this.pending = this.pending.filter(({ toNs }) => toNs > untilNs);
    this.spans.forget(Math.min(untilNs - LOOK_BACK_NS, ...this.pending.map(({ fromNs }) => fromNs)));
    return told;
  }

  /** The run is over, and all of its records have come. */
  end(endNs: number, header: TraceHeader): StepResponse[] {
    const last = this.pending.at(-1);
    if (last !== undefined) last.toNs = endNs;
    return this.look(endNs, header);
  }

  private figuresOf(pending: Pending, untilNs: number, header: TraceHeader): StepResponse[] {
    const isOver = pending.toNs <= untilNs;
    if (!isOver && untilNs < pending.lookNs) return [];
    const beganMs = performance.now();
    const affected = this.affectedBy(pending, Math.min(pending.toNs, untilNs), header);
    const tookNs = 1e6 * (performance.now() - beganMs);
    const elapsedNs = untilNs - pending.atNs;
    const areSettled = affected.every(
      ({ figures: { settlingNs } }) => settlingNs !== null && settlingNs <= elapsedNs / 2,
    );
    if (!isOver && !areSettled && elapsedNs < LATEST_NS) {
      pending.lookNs = untilNs + Math.max(LOOK_NS, REST * tookNs);
      return [];
    }
    // Whatever comes now, it has been told.
    pending.toNs = untilNs;
    const { number } = pending;
    return affected.map(({ vm, figures }) => {
      const { fromPercent, toPercent, delayNs, overshootPoints, settlingNs } = figures;
      return { number, vm, fromPercent, toPercent, delayNs, overshootPoints, settlingNs };
    });
  }

  private affectedBy(
    { fromNs, beginNs, atNs, actsNs, before }: Pending,
    toNs: number,
    header: TraceHeader,
  ): { readonly vm: string; readonly figures: StepFigures }[] {
    // Work that is done changes shares, and nobody has changed anything.
    const { doneNs } = this.spans;
    const input = {
      fromNs: Math.max(fromNs, this.spans.knownSinceNs, ...doneNs.filter((ns) => ns < beginNs)),
      beginNs,
      atNs,
      actsNs,
      toNs: Math.min(toNs, ...doneNs.filter((ns) => ns > atNs)),
      sliceNs: [this.sliceAt(beginNs - 1), this.sliceAt(atNs)] as const,
    };
    return this.spans.ofVms(header, toNs).flatMap((spans, vm) => {
      const used = new CpuTime(spans);
      const known = before.get(vm);
      const pattern = known === undefined ? patternBefore(used, input) : known;
      before.set(vm, pattern);
      const figures = stepResponse(used, input, pattern);
      if (figures === null || !isAffected(figures)) return [];
      return [{ vm: header.scenario.vms[vm].name, figures }];
    });
  }
}
