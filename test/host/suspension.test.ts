import assert from 'node:assert/strict';
import { Scoreboard } from '../../src/host/scoreboard.ts';
import { SuspensionWatch } from '../../src/host/suspension.ts';

const SHORT = { atNs: 1e9, lengthNs: 0.3e9 };
const LONG = { atNs: 3e9, lengthNs: 5e9 };

describe('a hold-up of the loop', () => {
  let watch: SuspensionWatch;
  let board: Scoreboard;

  beforeEach(() => {
    watch = new SuspensionWatch();
    board = new Scoreboard(1, 1, []);
    watch.start();
  });

  afterEach(() => watch.end());

  it('is a warning when the process was never continued', () => {
    holdUps(SHORT, LONG);
    assert.deepEqual(watch.stopped(board), []);
    const warnings = watch.warnings(board);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0], /host held up the scheduler 2 times, for up to 5\.0 s/);
  });

  it('was a stop when the process was continued', () => {
    holdUps(LONG);
    resume();
    assert.deepEqual(watch.stopped(board), [LONG]);
    const warnings = watch.warnings(board);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0], /stopped for 5\.0 s at 3\.0 s; execution times leave it out/);
  });

  it('is taken for the stop when it is the longest, and the others are warnings', () => {
    holdUps(SHORT, LONG);
    resume();
    assert.deepEqual(watch.stopped(board), [LONG]);
    const [stop, others] = watch.warnings(board);
    assert.match(stop, /stopped for 5\.0 s/);
    assert.match(others, /held up the scheduler 1 times, for up to 0\.3 s/);
  });

  it('was a stop each time that the process was continued', () => {
    holdUps(SHORT, LONG);
    resume();
    resume();
    assert.deepEqual(watch.stopped(board), [LONG, SHORT]);
    assert.equal(watch.warnings(board).length, 2);
  });

  it('is none when the process was continued without having been stopped', () => {
    resume();
    assert.deepEqual(watch.stopped(board), []);
    assert.deepEqual(watch.warnings(board), []);
  });

  it('is still known after the watch has ended, when later continues count no more', () => {
    holdUps(SHORT, LONG);
    resume();
    watch.end();
    resume();
    assert.deepEqual(watch.stopped(board), [LONG]);
  });

  it('is told with number, length and sum, but for what was a stop', () => {
    holdUps(SHORT, LONG);
    assert.deepEqual(watch.holdUps(board), { count: 2, longestNs: 5e9, totalNs: 5.3e9 });
    resume();
    assert.deepEqual(watch.holdUps(board), { count: 1, longestNs: 0.3e9, totalNs: 0.3e9 });
    resume();
    assert.deepEqual(watch.holdUps(board), { count: 0, longestNs: 0, totalNs: 0 });
  });

  it('is a stop of this run only', () => {
    resume();
    watch.end();
    watch.start();
    holdUps(LONG);
    assert.deepEqual(watch.stopped(board), []);
  });

  it('leaves no listener behind', () => {
    const listening = process.listenerCount('SIGCONT');
    watch.end();
    assert.equal(process.listenerCount('SIGCONT'), listening - 1);
  });

  function holdUps(...intervals: readonly { readonly atNs: number; readonly lengthNs: number }[]): void {
    for (const { atNs, lengthNs } of intervals) board.addHeldUp(atNs, lengthNs);
  }
});

function resume(): void {
  process.emit('SIGCONT', 'SIGCONT');
}
