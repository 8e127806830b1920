import assert from 'node:assert/strict';
import { Kind, WIDTH } from '../../src/trace/record.ts';
import { recordWords } from '../../src/trace/words.ts';
import { eventfulTrace } from './eventful-trace.ts';
import { inventedTrace } from './invented-trace.ts';

describe('the words for a record', function () {
  this.timeout(20_000);

  it('come in time that grows with the trace, not with its square', () => {
    const seconds = (trace: ReturnType<typeof inventedTrace>): number => {
      const begin = performance.now();
      for (let row = 0; row < trace.count; row++) recordWords(trace, row);
      return (performance.now() - begin) / 1000;
    };
    const trace = inventedTrace({ scenario: { durationNs: 240e9 } });
    assert.ok(trace.count > 50_000);
    assert.ok(seconds(trace) < 2);
  });

  it('tell the slice that was in force, also where it changed', () => {
    const trace = eventfulTrace();
    const slices = Array.from({ length: trace.count }, (_, row) => row)
      .filter((row) => trace.rows[row * WIDTH] === Kind.decide)
      .map((row) => /had had its slice \((.*?)\)/.exec(recordWords(trace, row))?.[1] ?? null)
      .filter((slice) => slice !== null);
    assert.deepEqual([...new Set(slices)], ['30 ms', '10 ms']);
  });

  it('do not say that nobody waited where the pCPU only did not look', () => {
    const trace = eventfulTrace();
    const words = Array.from({ length: trace.count }, (_, row) => recordWords(trace, row));
    const idle = words.filter((text) => /is idle$|stays idle$/.test(text));
    assert.ok(idle.length > 0);
    for (const text of idle)
      assert.match(text, /nobody waited here, (so the CPU is|and it fetched nobody, so it stays) idle$/);
  });
});
