import type { RecordSink } from './record.ts';
import { WIDTH } from './record.ts';

/** Records: at 8 vCPUs on 2 pCPUs the room of about ten seconds, and it is emptied ten times a second. */
const CAPACITY = 1 << 13;
const HEADER_BYTES = 64;
const Cell = { head: 0, tail: 1, dropped: 2 } as const;

/**
 * Records in memory that two threads share: the hypervisor thread writes, the main thread reads at its own pace. A full
 * ring counts what it drops.
 */
export class TraceRing implements RecordSink {
  readonly buffer: SharedArrayBuffer;
  private readonly cells: Int32Array;
  private readonly rows: Float64Array;
  private readonly capacity: number;
  /** The writer's own copies: an atomic load for each record is saved. */
  private head: number;
  private knownTail: number;

  /** @param buffer of a ring that another thread made @param capacity a power of two */
  constructor(buffer?: SharedArrayBuffer, capacity = CAPACITY) {
    this.buffer = buffer ?? new SharedArrayBuffer(HEADER_BYTES + 8 * WIDTH * capacity);
    this.cells = new Int32Array(this.buffer, 0, HEADER_BYTES / 4);
    this.rows = new Float64Array(this.buffer, HEADER_BYTES);
    this.capacity = this.rows.length / WIDTH;
    this.head = Atomics.load(this.cells, Cell.head);
    this.knownTail = Atomics.load(this.cells, Cell.tail);
  }

  /** Records that were lost because nobody read for too long. */
  get dropped(): number {
    return Atomics.load(this.cells, Cell.dropped);
  }

  put(row: Float64Array): void {
    if (this.isFull()) {
      Atomics.add(this.cells, Cell.dropped, 1);
      return;
    }
    this.rows.set(row, (this.head & (this.capacity - 1)) * WIDTH);
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
