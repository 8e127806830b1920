import type { RecordPlace } from './record.ts';
import { WIDTH } from './record.ts';

/** Records: at 8 vCPUs on 2 pCPUs the room of about ten seconds, and it is emptied ten times a second. */
const CAPACITY = 1 << 13;
const HEADER_BYTES = 64;
/** Compiled code knows a constant of its own module, and has to look up one that is imported. */
const ROW = WIDTH;
const Cell = { head: 0, tail: 1, dropped: 2 } as const;

/**
 * Records in memory that two threads share: the hypervisor thread writes, the main thread reads at its own pace. A full
 * ring counts what it drops. Behind its rows lies one more, in which such a record is written.
 */
export class TraceRing implements RecordPlace {
  readonly buffer: SharedArrayBuffer;
  readonly rows: Float64Array;
  private readonly cells: Int32Array;
  private readonly capacity: number;
  /** The writer's own copies: an atomic load for each record is saved. */
  private head: number;
  private knownTail: number;
  /** The row under way is to be dropped. */
  private isDropping = false;

  /** @param buffer of a ring that another thread made @param capacity a power of two */
  constructor(buffer?: SharedArrayBuffer, capacity = CAPACITY) {
    this.buffer = buffer ?? new SharedArrayBuffer(HEADER_BYTES + 8 * WIDTH * (capacity + 1));
    this.cells = new Int32Array(this.buffer, 0, HEADER_BYTES / 4);
    this.rows = new Float64Array(this.buffer, HEADER_BYTES);
    this.capacity = this.rows.length / WIDTH - 1;
    this.head = Atomics.load(this.cells, Cell.head);
    this.knownTail = Atomics.load(this.cells, Cell.tail);
    // Memory is given page by page, when it is first written to: not in the middle of a decision.
    if (buffer === undefined) this.rows.fill(0);
  }

  /** Records that were lost because nobody read for too long. */
  get dropped(): number {
    return Atomics.load(this.cells, Cell.dropped);
  }

  place(): number {
    const { rows, capacity } = this;
    this.isDropping = this.isFull();
    const at = ROW * (this.isDropping ? capacity : this.head & (capacity - 1));
    // By hand: fill() would be a call out of compiled code.
    for (let i = at; i < at + ROW; i++) rows[i] = 0;
    return at;
  }

  commit(): void {
    if (this.isDropping) {
      Atomics.add(this.cells, Cell.dropped, 1);
      return;
    }
    this.head = (this.head + 1) | 0;
    Atomics.store(this.cells, Cell.head, this.head);
  }

  /**
   * Everything written so far, oldest first.
   * @param take is given rows of WIDTH numbers that are only valid during the call
   */
  drain(take: (rows: Float64Array, count: number) => void): void {
    const head = Atomics.load(this.cells, Cell.head);
    let tail = Atomics.load(this.cells, Cell.tail);
    while (tail !== head) {
      const first = tail & (this.capacity - 1);
      const count = Math.min((head - tail) | 0, this.capacity - first);
      take(this.rows.subarray(first * WIDTH, (first + count) * WIDTH), count);
      tail = (tail + count) | 0;
      Atomics.store(this.cells, Cell.tail, tail);
    }
  }

  private isFull(): boolean {
    if (((this.head - this.knownTail) | 0) < this.capacity) return false;
    this.knownTail = Atomics.load(this.cells, Cell.tail);
    return ((this.head - this.knownTail) | 0) >= this.capacity;
  }
}
