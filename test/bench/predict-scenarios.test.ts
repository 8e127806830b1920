import assert from 'node:assert/strict';
import { predictScenarios } from '../../scripts/bench/predict-scenarios.ts';
import { predict } from '../../src/predict/predict.ts';

const scenarios = predictScenarios([3, 1], 2);

describe('the scenarios that the prediction is tried on', () => {
  it('are at least twelve, each with a name of its own, and use the best CPUs', () => {
    assert.ok(scenarios.length >= 12);
    assert.equal(new Set(scenarios.map(({ name }) => name)).size, scenarios.length);
    for (const { pcpus } of scenarios) assert.deepEqual(pcpus, [3, 1].slice(0, pcpus.length));
  });

  it('need no second CPU where there is none', () => {
    const onOne = predictScenarios([0], 2);
    assert.ok(onOne.length < scenarios.length);
    for (const { pcpus } of onOne) assert.deepEqual(pcpus, [0]);
  });

  for (const scenario of scenarios) {
    it(`take about as long as they are told to: ${scenario.name}`, () => {
      const lengthsNs = (predict(scenario, { seeds: 1 }) ?? []).map(
        ({ wallNs }, i) => scenario.vms[i].startNs + (wallNs?.median ?? scenario.durationNs ?? NaN),
      );
      const lengthS = Math.max(...lengthsNs) / 1e9;
      assert.ok(lengthS > 1.4 && lengthS < 2.4, `${lengthS} s instead of 2 s`);
    });
  }
});
