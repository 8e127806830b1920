import { closeSync, openSync, writeSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { WIDTH } from './record.ts';
import type { LineFormatter } from './line.ts';
import { lineFormatter } from './line.ts';
import type { TraceEnd, TraceTaker } from './store.ts';
import type { Growth, TraceHeader } from './trace.ts';
import { vocabularyOf } from './vocabulary.ts';

const CHUNK_CHARS = 1 << 16;
/** What is held back longer than that is written with the next records, however little it is: a crash loses no more. */
const HELD_MS = 500;

/**
 * Writes traces to a file while they come, so that what was recorded survives a crash: JSON Lines, for each run its
 * header, a line per record (line.ts), one for each VM or event that the scenario grew by while the run was under way,
 * and one that says how it ended. Records are in order of time within intent
 * and within fact. A name that ends in .gz makes it gzip: each chunk is a member of its own, so that it can be read up
 * to where it breaks off.
 */
export class TraceFileWriter implements TraceTaker {
  private readonly path: string;
  private fd: number | null = null;
  private readonly heldMs: number;
  /** The header of a run that has nothing on record yet. */
  private header: string | null = null;
  private formatLine: LineFormatter = () => {
    throw new Error('a record before any header');
  };
  private chunk = '';
  private writtenMs = 0;

  /**
   * The file is opened, and emptied, with the first record: a run that is refused leaves an old one as it is.
   * @param heldMs how long records may be held back
   */
  constructor(path: string, heldMs = HELD_MS) {
    this.path = path;
    this.heldMs = heldMs;
  }

  begin(header: TraceHeader): void {
    this.formatLine = lineFormatter(vocabularyOf(header.policy));
    this.header = JSON.stringify(header);
  }

  append(rows: Float64Array, count: number): void {
    if (count === 0) return;
    this.open();
    for (let row = 0; row < count; row++) this.write(this.formatLine(rows, row * WIDTH));
    if (performance.now() - this.writtenMs >= this.heldMs) this.flush();
  }

  grow(growth: Growth): void {
    this.open();
    this.write(JSON.stringify({ grown: growth }));
  }

  end({ endNs, complete, lostIntents, lostFacts }: TraceEnd): void {
    this.open();
    this.write(JSON.stringify({ end: { endNs, complete, lostIntents, lostFacts } }));
    this.flush();
  }

  /** Write what is still held back. */
  flush(): void {
    if (this.fd === null || this.chunk === '') return;
    const bytes = this.path.endsWith('.gz') ? gzipSync(this.chunk) : Buffer.from(this.chunk);
    this.chunk = '';
    this.writtenMs = performance.now();
    for (let done = 0; done < bytes.length;) done += writeSync(this.fd, bytes, done);
  }

  close(): void {
    this.flush();
    if (this.fd !== null) closeSync(this.fd);
    this.fd = null;
  }

  private open(): void {
    this.fd ??= openSync(this.path, 'w');
    if (this.header === null) return;
    this.write(this.header);
    this.header = null;
    this.flush();
  }

  private write(line: string): void {
    this.chunk += `${line}\n`;
    if (this.chunk.length >= CHUNK_CHARS) this.flush();
  }
}
