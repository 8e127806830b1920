import assert from 'node:assert/strict';
import { dip, dipTest } from '../../src/analysis/dip.ts';
import { mulberry32 } from '../../src/base/random.ts';
import { isSame, library } from './library.ts';

describe("Hartigan's dip", function () {
  this.timeout(20_000);

  it("is that of R's diptest, with ties and without", () => {
    for (const { sample, dip: expected } of library.dip) {
      assert.ok(
        isSame(dip(sample), expected),
        `${sample.join(' ')}: ${String(dip(sample))}, not ${String(expected)}`,
      );
    }
  });

  it('does not depend on the order, the unit or the origin of the values, nor on up and down', () => {
    const [{ sample }] = library.dip.slice(-3);
    const expected = dip(sample);
    assert.ok(isSame(dip([...sample].reverse()), expected));
    assert.ok(isSame(dip(sample.map((x) => 8 * x + 64)), expected));
    assert.ok(isSame(dip(sample.map((x) => -x)), expected));
  });

  it('is 0 where all values are alike', () => {
    assert.equal(dip([5, 5, 5]), 0);
    assert.equal(dip([5]), 0);
  });

  it("has a p-value as R's diptest simulates it, to what chance makes of it", () => {
    for (const { sample, pValue } of library.dipPValue) {
      // Three standard errors of a count of 100, which is when the drawing ends, or one draw.
      const tolerance = 0.3 * pValue + 1 / 10_000;
      const own = dipTest(sample, 1, 20_000).pValue;
      assert.ok(Math.abs(own - pValue) <= tolerance, `${String(own)}, not ${String(pValue)}`);
    }
  });

  it('gives the same p-value for the same seed, and finds one mode in one heap and two in two', () => {
    const random = mulberry32(7);
    const heap = (centre: number) =>
      Array.from({ length: 15 }, () => centre + random() + random() + random());
    const one = [...heap(0), ...heap(0)];
    const two = [...heap(0), ...heap(6)];
    assert.deepEqual(dipTest(two, 3), dipTest(two, 3));
    assert.ok(dipTest(one, 1).pValue > 0.1);
    assert.ok(dipTest(two, 1).pValue < 0.01);
  });
});
