import assert from 'node:assert/strict';
import { CpuTime, movingShare, type UsedSpan } from '../../src/analysis/cpu-time.ts';
import { stepResponse, type StepFigures } from '../../src/analysis/step-response.ts';

const MS = 1e6;

/** `A` runs, any other letter doesn't, each for a slice of 30 ms. */
function slices(pattern: string, rate = 1): UsedSpan[] {
  return [...pattern].flatMap((who, i) =>
    who === 'A' ? [{ fromNs: 30 * MS * i, toNs: 30 * MS * (i + 1), cpuNs: 30 * MS * rate }] : [],
  );
}

/** The change comes after the first pattern. */
function changed(before: string, after: string): StepFigures {
  const used = new CpuTime(slices(before + after));
  const atNs = before.length * 30 * MS;
  const toNs = atNs + after.length * 30 * MS;
  const figures = stepResponse(used, {
    fromNs: 0,
    atNs,
    actsNs: atNs,
    toNs,
    sliceNs: [30 * MS, 30 * MS],
  });
  assert.ok(figures !== null);
  return figures;
}

const near = (actual: number | null, expected: number, tolerance = 1e-6): void => {
  assert.ok(
    actual !== null && Math.abs(actual - expected) <= tolerance,
    `${String(actual)} is not ${String(expected)}`,
  );
};

describe('very many switches', () => {
  it('are no more than can be looked at', () => {
    const spans = Array.from({ length: 150_000 }, (_, i) => ({
      fromNs: 2 * i * 20e3,
      toNs: (2 * i + 1) * 20e3,
      cpuNs: 20e3,
    }));
    const toNs = 6000 * MS;
    const figures = stepResponse(new CpuTime(spans), {
      fromNs: 0,
      atNs: toNs / 2,
      actsNs: toNs / 2,
      toNs,
      sliceNs: [700 * MS, 700 * MS],
    });
    near(figures?.toPercent ?? null, 50, 0.1);
  });
});

describe('CPU time as a function of time', () => {
  const used = new CpuTime([
    { fromNs: 10, toNs: 20, cpuNs: 10 },
    { fromNs: 15, toNs: 25, cpuNs: 5 },
    { fromNs: 40, toNs: 40, cpuNs: 0 },
  ]);

  it('is exact between the points at which a rate changes, where spans overlap, and outside of all', () => {
    assert.deepEqual(
      [0, 10, 12, 15, 18, 20, 22, 25, 99].map((ns) => used.at(ns)),
      [0, 0, 2, 5, 9.5, 12.5, 13.5, 15, 15],
    );
  });

  it('has a share over each window that is a straight line between the instants that are told', () => {
    const { beginNs, percent } = movingShare(used, 10, 0, 30);
    assert.deepEqual(beginNs, [0, 5, 10, 10, 15, 15, 20, 25, 30]);
    const tenths = beginNs.map((ns) => used.percent(ns, ns + 10));
    assert.deepEqual(percent, tenths);
    for (let i = 1; i < beginNs.length; i++) {
      const middle = (beginNs[i - 1] + beginNs[i]) / 2;
      near(used.percent(middle, middle + 10), (percent[i - 1] + percent[i]) / 2);
    }
  });
});

describe('a step response', () => {
  it('of a share that jumps at once has neither delay, nor overshoot, nor settling', () => {
    const figures = changed('ABB'.repeat(20), 'AAB'.repeat(20));
    near(figures.fromPercent, 100 / 3);
    near(figures.toPercent, 200 / 3);
    assert.deepEqual(figures.patternNs, [90 * MS, 90 * MS]);
    // The old pattern would have gone on with this slice, too.
    near(figures.delayNs, 30 * MS, 100);
    near(figures.settlingNs, 30 * MS, 100);
    near(figures.overshootPoints, 0);
  });

  it('has the time until the old pattern ends as its delay', () => {
    const late = changed('ABB'.repeat(20), `ABBABB${'AAB'.repeat(20)}`);
    near(late.delayNs, (180 + 30) * MS, 100);
    near(late.settlingNs, (180 + 30) * MS, 100);
  });

  it('has the time until the new pattern goes on without end as its settling', () => {
    // Four slices in a row are 100 % of a pattern: 33.3 points beyond the new share.
    const figures = changed('ABB'.repeat(20), `AAAA${'AAB'.repeat(20)}`);
    near(figures.delayNs, 30 * MS, 100);
    near(figures.overshootPoints, 100 / 3);
    // From the end of the fourth on it is the new pattern, and a little sooner it differs by less than a point.
    near(figures.settlingNs, (120 - 0.9) * MS, 0.1 * MS);
  });

  it('overshoots downwards where the share falls', () => {
    const figures = changed('A'.repeat(60), `BBBB${'ABB'.repeat(20)}`);
    near(figures.fromPercent, 100);
    near(figures.overshootPoints, 100 / 3);
  });

  it('takes patterns of different lengths before and after, and finds them', () => {
    assert.deepEqual(changed('AB'.repeat(30), 'ABBBB'.repeat(20)).patternNs, [60 * MS, 150 * MS]);
    assert.deepEqual(changed('B'.repeat(30), 'A'.repeat(30)).patternNs, [30 * MS, 30 * MS]);
  });

  it('says of a share that goes on moving that it did not settle', () => {
    const rising = 'ABBBBBBB' + 'ABBBBBB' + 'ABBBBB' + 'ABBBB' + 'ABBB' + 'ABB' + 'AB' + 'A';
    assert.equal(changed('B'.repeat(30), rising).settlingNs, null);
  });

  it('says of a share that stays that it never left', () => {
    const figures = changed('AB'.repeat(30), 'AB'.repeat(30));
    assert.equal(figures.delayNs, null);
    assert.equal(figures.settlingNs, 0);
  });

  it('takes what a share moved by before for no answer', () => {
    // Uneven: no window of up to a quarter of the stretch has the same share everywhere.
    const uneven = 'ABBABABBBABAABBBABABBABBBAABAB'.repeat(2);
    const figures = changed(uneven, uneven);
    assert.equal(figures.delayNs, null);
  });

  it('does not look before the instant from which on the change can act', () => {
    const used = new CpuTime(slices('AB'.repeat(30) + 'AAB'.repeat(30)));
    const input = { fromNs: 0, atNs: 1800 * MS, toNs: 4500 * MS, sliceNs: [30 * MS, 30 * MS] as const };
    const early = stepResponse(used, { ...input, actsNs: 1800 * MS });
    const late = stepResponse(used, { ...input, actsNs: 1950 * MS });
    near(early?.delayNs ?? null, 30 * MS, 100);
    near(late?.delayNs ?? null, 150 * MS, 100);
  });

  it('counts several changes from the last of them', () => {
    const used = new CpuTime(slices('AB'.repeat(30) + 'AAB'.repeat(30)));
    const figures = stepResponse(used, {
      fromNs: 0,
      beginNs: 1800 * MS,
      atNs: 2000 * MS,
      actsNs: 2000 * MS,
      toNs: 4500 * MS,
      sliceNs: [30 * MS, 30 * MS],
    });
    near(figures?.fromPercent ?? null, 50);
    assert.equal(figures?.delayNs, 0);
  });

  it('says nothing of stretches with less than four slices', () => {
    const used = new CpuTime(slices('AB'.repeat(60)));
    const input = { fromNs: 0, atNs: 1800 * MS, actsNs: 1800 * MS, sliceNs: [30 * MS, 30 * MS] as const };
    assert.equal(stepResponse(used, { ...input, toNs: 1900 * MS }), null);
    assert.equal(stepResponse(used, { ...input, fromNs: 1700 * MS, toNs: 3000 * MS }), null);
    assert.notEqual(stepResponse(used, { ...input, toNs: 1920 * MS }), null);
  });
});
