import assert from 'node:assert/strict';
import { allocationErrors, WINDOWS_NS } from '../../src/analysis/allocation-error.ts';
import { CpuTime, type UsedSpan } from '../../src/analysis/cpu-time.ts';

const MS = 1e6;

const span = (fromMs: number, toMs: number, cpuMs = toMs - fromMs): UsedSpan => ({
  fromNs: fromMs * MS,
  toNs: toMs * MS,
  cpuNs: cpuMs * MS,
});

/** On for so long, off for so long, from 0 on. */
function turns(onMs: number, offMs: number, untilMs: number): CpuTime {
  const count = Math.floor(untilMs / (onMs + offMs));
  return new CpuTime(
    Array.from({ length: count }, (_, i) => span(i * (onMs + offMs), i * (onMs + offMs) + onMs)),
  );
}

const steadily = (percent: number, untilMs: number) =>
  new CpuTime([span(0, untilMs, (untilMs * percent) / 100)]);

function percents(
  given: CpuTime,
  owed: CpuTime,
  wantedMs: readonly (readonly [number, number])[],
  windowsMs: readonly number[],
): [ms: number, count: number, percent: number][] {
  const wanted = wantedMs.map(([fromMs, toMs]) => span(fromMs, toMs));
  return allocationErrors(
    { given, owed, wanted },
    windowsMs.map((ms) => ms * MS),
  ).map(({ windowNs, count, percent }) => [windowNs / MS, count, Number(percent.toFixed(6))]);
}

describe('the allocation error', () => {
  const half = steadily(50, 6000);
  const alternating = turns(30, 30, 6000);

  it('of turns of 30 ms, of which half is owed, falls from all or nothing to none', () => {
    // By hand, over a period of 60 ms: 10 ms windows that begin every ms have all (21), nothing (21), or from 9 to 1 ms
    // of what should be 5 (twice 0.8 + 0.6 + 0.4 + 0.2 + 0 + 0.2 + 0.4 + 0.6 + 0.8): 50 of 60. 30 ms windows that begin
    // every 3 ms have from 30 down to 3 and up again in place of 15: 75 of 150.
    const [ten, thirty, sixty] = percents(alternating, half, [[0, 5990]], [10, 30, 60]);
    assert.deepEqual(sixty, [60, 989, 0]);
    // The last period isn't whole.
    assert.ok(Math.abs(ten[2] - 100 * (50 / 60)) < 0.1, String(ten));
    assert.ok(Math.abs(thirty[2] - 50) < 0.3, String(thirty));
  });

  it('is 0 where what was owed was given all the time, and 100 where nothing was', () => {
    assert.deepEqual(percents(half, half, [[0, 1000]], [10]), [[10, 991, 0]]);
    assert.deepEqual(percents(new CpuTime([]), half, [[0, 1000]], [10]), [[10, 991, 100]]);
    assert.deepEqual(percents(steadily(100, 6000), steadily(25, 6000), [[0, 1000]], [100]), [[100, 91, 300]]);
  });

  it('counts only windows in which it wanted to run all the time', () => {
    // From 100 to 125 ms there is room for the starts 100 to 115, and from 200 to 209 for none.
    const wanted = [
      [100, 125],
      [200, 209],
    ] as const;
    assert.deepEqual(percents(half, half, wanted, [10, 20, 50]), [
      [10, 16, 0],
      // Starts are multiples of 2 ms: 100, 102, 104.
      [20, 3, 0],
    ]);
  });

  it('counts a window that ends exactly where the wish does', () => {
    assert.deepEqual(percents(half, half, [[0, 10]], [10]), [[10, 1, 0]]);
    assert.deepEqual(percents(half, half, [[0.5, 10.4]], [10]), []);
  });

  it('leaves out lengths that the run is too short for', () => {
    const lengths = allocationErrors({ given: alternating, owed: half, wanted: [span(0, 1500)] });
    assert.deepEqual(
      lengths.map(({ windowNs }) => windowNs),
      WINDOWS_NS.filter((ns) => ns <= 1000 * MS),
    );
  });

  it('has no window in which nothing was owed', () => {
    assert.deepEqual(percents(half, new CpuTime([]), [[0, 1000]], [10]), []);
  });
});
