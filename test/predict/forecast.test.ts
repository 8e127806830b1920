import assert from 'node:assert/strict';
import { forecast } from '../../src/predict/forecast.ts';
import { predict } from '../../src/predict/predict.ts';
import type { MeasuredLatencyByEvent } from '../../src/sim/latency-model.ts';
import { fromYaml } from '../scenario/attempt.ts';

const scenario = fromYaml(
  "{ pcpus: 1, vms: [{ name: A, work: '1000 units' }, { name: B, weight: 512, work: 1s }] }",
);
const never = new AbortController().signal;

describe('a forecast', () => {
  it('is the prediction for the work as calibrated, with lateness as it was known', async () => {
    const options = { nsPerUnit: [2e6, 1e6], latency: late(30e3) };
    assert.deepEqual(await forecast(scenario, options, never), predict(scenario, options));
    const other = { ...options, latency: late(3e6) };
    assert.notDeepEqual(await forecast(scenario, other, never), predict(scenario, options));
  });

  it('foretells the last one’s time too, which depends on how long the work takes', async () => {
    const foretold = (await forecast(scenario, { nsPerUnit: [2e6, null] }, never)) ?? [];
    assert.ok(Math.abs((foretold[0].wallNs?.median ?? NaN) - 3e9) < 0.01e9);
  });

  it('is none for work of unknown length, and none when it is aborted', async () => {
    assert.equal(await forecast(scenario, { nsPerUnit: [null, null] }, never), null);
    assert.equal(await forecast(scenario, { nsPerUnit: [2e6, null] }, AbortSignal.abort()), null);
  });
});

/** A loop that is that late, or twice as much, whatever it waits for. */
function late(ns: number): MeasuredLatencyByEvent {
  const each = { buckets: [[ns, 1] as const, [2 * ns, 1] as const], max: 2.1 * ns };
  return { timer: each, exit: each, wake: each };
}
