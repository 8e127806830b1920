import assert from 'node:assert/strict';
import { Worker } from 'node:worker_threads';
import { Kind, rowOf, WIDTH } from '../../src/trace/record.ts';
import { TraceRecorder } from '../../src/trace/recorder.ts';
import { TraceRing } from '../../src/trace/ring.ts';

describe('the ring between two threads', () => {
  it('gives back what was put in, in order, once', () => {
    const ring = ringOf(8);
    put(ring, rowOf(Kind.start, 10, 1));
    put(ring, rowOf(Kind.decide, 20, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12));
    assert.deepEqual(drained(ring), [
      [Kind.start, 10, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
      [Kind.decide, 20, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0],
    ]);
    assert.deepEqual(drained(ring), []);
  });

  it('goes round', () => {
    const ring = ringOf(4);
    const times: number[] = [];
    for (let i = 0; i < 10; i++) {
      put(ring, rowOf(Kind.start, 3 * i, 0));
      put(ring, rowOf(Kind.start, 3 * i + 1, 0));
      put(ring, rowOf(Kind.start, 3 * i + 2, 0));
      times.push(...drained(ring).map(([, timeNs]) => timeNs));
    }
    assert.deepEqual(
      times,
      Array.from({ length: 30 }, (_, i) => i),
    );
    assert.equal(ring.dropped, 0);
  });

  it('has zeros where a record says nothing, also where another one was before', () => {
    const ring = ringOf(4);
    const recorder = new TraceRecorder(ring);
    for (let i = 0; i < 6; i++) {
      recorder.own(i, 0, 1, 2, 3, 4, 5, 6);
      recorder.start(i, 7);
      const [, start] = drained(ring);
      assert.deepEqual(start, [...rowOf(Kind.start, i, 7)]);
    }
  });

  it('keeps the oldest when it is full, and counts what it drops', () => {
    const ring = ringOf(4);
    for (let i = 0; i < 7; i++) put(ring, rowOf(Kind.start, i, 0));
    assert.deepEqual(
      drained(ring).map(([, timeNs]) => timeNs),
      [0, 1, 2, 3],
    );
    assert.equal(ring.dropped, 3);
    put(ring, rowOf(Kind.start, 9, 0));
    assert.equal(drained(ring).length, 1);
  });

  it('loses and repeats nothing while another thread writes', async function () {
    this.timeout(20_000);
    const count = 200_000;
    const ring = ringOf(1 << 8);
    const worker = new Worker(WRITER, {
      eval: true,
      workerData: { buffer: ring.buffer, count, width: WIDTH },
    });
    const seen: number[] = [];
    const ended = new Promise((resolve) => worker.once('exit', resolve));
    let isOver = false;
    void ended.then(() => (isOver = true));
    while (!isOver) {
      seen.push(...drained(ring).map(([, timeNs]) => timeNs));
      await new Promise((resolve) => setImmediate(resolve));
    }
    seen.push(...drained(ring).map(([, timeNs]) => timeNs));
    assert.equal(seen.length + ring.dropped, count);
    assert.ok(seen.length > 0);
    for (let i = 1; i < seen.length; i++) assert.ok(seen[i] > seen[i - 1], `${seen[i - 1]}, then ${seen[i]}`);
  });
});

/** The writer's half of the ring as its layout says, so that the thread needs no TypeScript. */
const WRITER = `
const { workerData: { buffer, count, width } } = require('node:worker_threads');
const cells = new Int32Array(buffer, 0, 16);
const rows = new Float64Array(buffer, 64);
const capacity = rows.length / width - 1;
for (let i = 0; i < count; i++) {
  const head = Atomics.load(cells, 0);
  if (head - Atomics.load(cells, 1) >= capacity) { Atomics.add(cells, 2, 1); continue; }
  rows[(head & (capacity - 1)) * width + 1] = i;
  Atomics.store(cells, 0, head + 1);
}
`;

function ringOf(capacity: number): TraceRing {
  return new TraceRing(undefined, capacity);
}

function put(ring: TraceRing, row: Float64Array): void {
  const at = ring.place();
  ring.rows.set(row, at);
  ring.commit();
}

function drained(ring: TraceRing): number[][] {
  const all: number[][] = [];
  ring.drain((rows, count) => {
    for (let row = 0; row < count; row++) all.push([...rows.subarray(row * WIDTH, (row + 1) * WIDTH)]);
  });
  return all;
}
