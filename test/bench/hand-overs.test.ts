import assert from 'node:assert/strict';
import { handOverTicks } from '../../scripts/bench/hand-overs.ts';

describe('hand-overs seen by guests that take turns', () => {
  it('are the gaps between a departure of one and the arrival of the other', () => {
    // 0 runs until 100, 1 from 110 until 200, 0 again from 225.
    assert.deepEqual(
      handOverTicks(
        [
          [100, 225],
          [10, 110, 200, 330],
        ].map((ticks) => ticks),
      ),
      [10, 25],
    );
  });

  it('leave out interrupts, after which a guest comes back itself', () => {
    assert.deepEqual(
      handOverTicks([
        [50, 52, 60, 63, 100, 225],
        [10, 110],
      ]),
      [10],
    );
  });

  it('leave out an arrival that nobody recorded, and an end without a return', () => {
    // Guest 1 came for the first time unseen, and left at 200 for guest 0, which came at 215.
    assert.deepEqual(
      handOverTicks([
        [100, 215],
        [200, 300],
      ]),
      [15],
    );
  });

  it('are none when a guest is alone', () => {
    assert.deepEqual(handOverTicks([[50, 52, 60, 63], []]), []);
  });
});
