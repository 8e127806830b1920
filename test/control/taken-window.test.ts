import assert from 'node:assert/strict';
import { TakenWindow } from '../../src/control/taken-window.ts';
import type { Taken } from '../../src/testbed/live-run.ts';

describe('what others took of the last second', () => {
  it('is apart from what own threads took, and forgets what is older', () => {
    let [atNs, taken]: [number, Taken] = [0, { stolenNs: [0, 0], ownThreadsNs: [0, 0] }];
    const window = new TakenWindow(() => ({ atNs, taken }));
    const look = (seconds: number, stolenNs: number[], ownThreadsNs: number[]) => {
      [atNs, taken] = [seconds * 1e9, { stolenNs, ownThreadsNs }];
      return window.percent();
    };
    assert.deepEqual(look(0, [0, 0], [0, 0])[0], { othersPercent: null, ownThreadsPercent: null });
    assert.deepEqual(look(1, [0.3e9, 0], [0.1e9, 0]), [
      { othersPercent: 20, ownThreadsPercent: 10 },
      { othersPercent: 0, ownThreadsPercent: 0 },
    ]);
    // Nothing more was taken: two seconds later nothing is said of it any more.
    look(2, [0.3e9, 0], [0.1e9, 0]);
    assert.deepEqual(look(3, [0.3e9, 0], [0.1e9, 0])[0], { othersPercent: 0, ownThreadsPercent: 0 });
  });

  it('does not tell what the kernel does not', () => {
    let atNs = 0;
    const window = new TakenWindow(() => ({ atNs, taken: { stolenNs: [atNs / 2], ownThreadsNs: null } }));
    window.percent();
    atNs = 1e9;
    assert.deepEqual(window.percent(), [{ othersPercent: 50, ownThreadsPercent: null }]);
  });
});
