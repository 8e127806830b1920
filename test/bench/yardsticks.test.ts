import assert from 'node:assert/strict';
import { startEmptyWorkers } from '../../scripts/bench/empty-workers.ts';
import { loadYardsticks } from '../../scripts/bench/yardsticks.ts';
import { LabError } from '../../src/base/errors.ts';

describe('the yardsticks', function () {
  this.timeout(20_000);

  it('say how to build their addon where it is missing', () => {
    assert.throws(
      () => loadYardsticks('/nowhere/creditlab_bench.node'),
      (error) =>
        error instanceof LabError &&
        error.code === 'NO_ADDON' &&
        /npm run bench/.test(error.details.hint ?? ''),
    );
  });

  it('start as many empty workers as asked: more of them weigh more', async () => {
    const { signal } = new AbortController();
    const [few, many] = [await startEmptyWorkers(1, signal), await startEmptyWorkers(8, signal)];
    assert.ok(few.startedS > 0);
    assert.ok(many.grownBytes > 2 * few.grownBytes, `${many.grownBytes} beside ${few.grownBytes} bytes`);
  });

  it('end with the bench when it is interrupted', async () => {
    const aborter = new AbortController();
    const started = startEmptyWorkers(8, aborter.signal);
    aborter.abort(new Error('enough'));
    await assert.rejects(started, /enough/);
  });
});
