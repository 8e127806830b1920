import assert from 'node:assert/strict';
import fc from 'fast-check';
import { pieces, toPaint, type Range } from '../../src/page/canvas/columns.ts';

describe('the columns of the timeline', () => {
  it('are each painted once while the window moves on', () => {
    let held: Range | null = null;
    let painted = 0;
    for (let to = 1000; to <= 5000; to += 37) {
      const { paint, held: next } = toPaint(held, { from: to - 800, to }, 1056);
      painted += paint.reduce((sum, range) => sum + range.to - range.from, 0);
      held = next;
    }
    assert.equal(painted, 5000 - 200 - ((5000 - 1000) % 37));
  });

  it('hold what is shown, whatever was held before, and never more than there is room for', () => {
    const width = 100;
    const range = fc.tuple(fc.integer({ min: -300, max: 300 }), fc.integer({ min: 0, max: width }));
    fc.assert(
      fc.property(fc.array(range, { minLength: 1, maxLength: 20 }), (ranges) => {
        const canvas = new Map<number, number>();
        let held: Range | null = null;
        for (const [from, length] of ranges) {
          const wanted = { from, to: from + length };
          const result = toPaint(held, wanted, width);
          held = result.held;
          for (const part of result.paint)
            for (const { at, from: first, count } of pieces(part, width))
              for (let i = 0; i < count; i++) canvas.set(at + i, first + i);
          assert.ok(held.to - held.from <= width);
          assert.ok(held.from <= wanted.from && held.to >= wanted.to);
          for (let column = held.from; column < held.to; column++)
            assert.equal(canvas.get(((column % width) + width) % width), column);
        }
      }),
    );
  });
});
