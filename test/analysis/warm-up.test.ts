import assert from 'node:assert/strict';
import { warmUpEnd } from '../../src/analysis/warm-up.ts';
import { mulberry32 } from '../../src/base/random.ts';
import { library } from './library.ts';

describe('the end of a warm-up', () => {
  it('is where MSER-5 puts it', () => {
    const expected = library.warmUp.map(({ end }) => end);
    assert.deepEqual(
      library.warmUp.map(({ series }) => warmUpEnd(series)),
      expected,
    );
    assert.ok(expected.includes(null) && expected.some((end) => end !== null && end > 0));
  });

  it('comes after the last step down', () => {
    const series = [...Array<number>(10).fill(9), ...Array<number>(5).fill(4), ...Array<number>(30).fill(1)];
    assert.equal(warmUpEnd(series), 15);
  });

  it('has not come while the series still falls, or has only just fallen', () => {
    assert.equal(warmUpEnd(Array.from({ length: 40 }, (_, i) => 100 - i)), null);
    assert.equal(warmUpEnd([...Array<number>(20).fill(9), ...Array<number>(20).fill(1)]), null);
  });

  it('is the beginning where there is no warm-up', () => {
    const random = mulberry32(3);
    assert.equal(warmUpEnd(Array<number>(20).fill(7)), 0);
    assert.ok((warmUpEnd(Array.from({ length: 200 }, random)) ?? 200) < 100);
  });

  it('is not claimed for a series that is too short', () => {
    assert.equal(warmUpEnd(Array<number>(19).fill(7)), null);
  });
});
