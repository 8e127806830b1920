import type { RecordSink } from './record.ts';
import { WIDTH } from './record.ts';
import type { Growth, LostRecords, Trace, TraceHeader } from './trace.ts';
import { GrowingHeader, sortedByTime } from './trace.ts';

/** Records: some minutes of a usual run, 33 MB at most. */
const CAPACITY = 1 << 18;
const FIRST_CAPACITY = 1 << 10;

/** Where the records of a run are brought to while they come. */
export interface RecordTaker {
  /** @param rows `count` rows of WIDTH numbers, valid only during the call */
  append(rows: Float64Array, count: number): void;
  /** The scenario has grown; records of a new VM come after this. */
  grow(growth: Growth): void;
  /** The run is over. */
  end(end: TraceEnd): void;
}

/** The same for several runs, one after the other: a memory, a file. */
export interface TraceTaker extends RecordTaker {
  /** A run begins; what comes from now on belongs to it. */
  begin(header: TraceHeader): void;
}

export interface TraceEnd {
  /** ns; NaN: not known */
  readonly endNs: number;
  readonly complete: boolean;
  /** records that never came, because a ring was full */
  readonly lostIntents: number;
  readonly lostFacts: number;
}

/** Keeps the newest records of one run in a bounded memory. */
export class TraceStore implements TraceTaker, RecordSink {
  private readonly capacity: number;
  private header: GrowingHeader | null = null;
  private rows: Float64Array;
  /** of all records that came */
  private taken = 0;
  private ended: TraceEnd | null = null;

  /** @param capacity records kept */
  constructor(capacity = CAPACITY) {
    this.capacity = capacity;
    this.rows = new Float64Array(Math.min(FIRST_CAPACITY, capacity) * WIDTH);
  }

  begin(header: TraceHeader): void {
    this.header = new GrowingHeader(header);
    this.taken = 0;
    this.ended = null;
  }

  append(rows: Float64Array, count: number): void {
    for (let done = 0; done < count;) {
      const place = this.room();
      const some = Math.min(count - done, this.rows.length / WIDTH - place);
      this.rows.set(rows.subarray(done * WIDTH, (done + some) * WIDTH), place * WIDTH);
      this.taken += some;
      done += some;
    }
  }

  grow(growth: Growth): void {
    this.header?.grow(growth);
  }

  put(row: Float64Array): void {
    this.append(row, 1);
  }

  end(end: TraceEnd): void {
    this.ended = end;
  }

  /**
   * What is there now, also while the run goes on. Null before the first run.
   * @param newest records at most, for somebody in a hurry; default: all that are kept
   */
  trace(newest = Infinity): Trace | null {
    const { header, ended, taken } = this;
    if (header === null) return null;
    const count = Math.min(taken, this.capacity, newest);
    const lost: LostRecords = {
      intents: ended?.lostIntents ?? 0,
      facts: ended?.lostFacts ?? 0,
      forgotten: taken - count,
    };
    const rows = sortedByTime(this.newestRows(count), count);
    return {
      header: header.header(),
      rows,
      count,
      endNs: ended?.endNs ?? NaN,
      complete: ended?.complete ?? false,
      lost,
    };
  }

  /** The place of the next record; it may be that of the oldest. */
  private room(): number {
    const held = this.rows.length / WIDTH;
    if (this.taken < held) return this.taken;
    if (held < this.capacity) {
      const grown = new Float64Array(Math.min(2 * held, this.capacity) * WIDTH);
      grown.set(this.rows);
      this.rows = grown;
      return this.taken;
    }
    return this.taken % held;
  }

  /** A copy, the oldest first. */
  private newestRows(count: number): Float64Array {
    const held = Math.min(this.taken, this.capacity);
    const end = this.taken > this.capacity ? this.taken % this.capacity : held;
    const ordered = new Float64Array(count * WIDTH);
    const behind = Math.min(count, end);
    ordered.set(this.rows.subarray((held - (count - behind)) * WIDTH, held * WIDTH));
    ordered.set(this.rows.subarray((end - behind) * WIDTH, end * WIDTH), (count - behind) * WIDTH);
    return ordered;
  }
}
