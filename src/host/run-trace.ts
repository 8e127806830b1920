import { TraceRing } from '../trace/ring.ts';
import type { RecordTaker } from '../trace/store.ts';
import { FactRows } from './fact-rows.ts';

/** Gathers what is recorded of one run, intent and fact, for whoever asked for it. */
export class RunTrace {
  readonly ring = new TraceRing();
  readonly facts: FactRows;
  private readonly taker: RecordTaker;
  private isOver = false;

  constructor(taker: RecordTaker) {
    this.taker = taker;
    this.facts = new FactRows(taker);
  }

  /** Pass on what the loop has recorded since the last time. */
  drain(): void {
    this.ring.drain((rows, count) => this.taker.append(rows, count));
  }

  /** The run is over. @param endNs NaN: not known */
  end(endNs: number, complete: boolean, lostFacts: number): void {
    if (this.isOver) return;
    this.isOver = true;
    this.drain();
    this.taker.end({ endNs, complete, lostIntents: this.ring.dropped, lostFacts });
  }
}
