import type { RecordSink } from './record.ts';
import type { RecordTaker, TraceEnd } from './store.ts';
import type { Growth } from './trace.ts';

/** Brings records to all who want them, in their order; more may come while a run is under way. */
export class RecordFan implements RecordTaker, RecordSink {
  readonly takers: RecordTaker[];

  constructor(...takers: RecordTaker[]) {
    this.takers = takers;
  }

  append(rows: Float64Array, count: number): void {
    for (const taker of this.takers) taker.append(rows, count);
  }

  put(row: Float64Array): void {
    this.append(row, 1);
  }

  grow(growth: Growth): void {
    for (const taker of this.takers) taker.grow(growth);
  }

  end(end: TraceEnd): void {
    for (const taker of this.takers) taker.end(end);
  }
}
