import assert from 'node:assert/strict';
import fc from 'fast-check';
import { fold, foldCycle, startDigest } from '../../workloads/digest.ts';

const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });

describe('the digest', () => {
  it('shows every single wrong result', () => {
    fc.assert(
      fc.property(fc.array(int32, { minLength: 1 }), int32, fc.nat(), (results, other, at) => {
        const index = at % results.length;
        fc.pre(results[index] !== other);
        const wrong = results.with(index, other);
        assert.notEqual(results.reduce(fold, 1), wrong.reduce(fold, 1));
      }),
    );
  });

  it('shows two wrong highest bits, which a product alone would cancel', () => {
    const high = 1 << 31;
    assert.notEqual([0, 0, 5].reduce(fold, 1), [high, high, 5].reduce(fold, 1));
  });

  it('shows two results in the wrong order', () => {
    assert.notEqual([1, 2].reduce(fold, 7), [2, 1].reduce(fold, 7));
  });

  it('over a cycle is the digest over its results written out', () => {
    const results = Int32Array.of(3, -1, 4);
    const writtenOut = [3, -1, 4, 3, -1, 4, 3, -1];
    assert.equal(foldCycle(1, 2, results, 8), writtenOut.reduce(fold, startDigest(1, 2)));
  });
});
