import assert from 'node:assert/strict';
import fc from 'fast-check';
import { conform } from '../../src/conform/conform.ts';
import { goldenOf, goldenScenarioOf } from '../../src/conform/golden-of.ts';
import { simulationOf as goldenSimulationOf } from '../../src/conform/golden-scenario.ts';
import { goldenFault } from '../../src/conform/golden-schema.ts';
import { simulationOf } from '../../src/experiment/simulated-run.ts';
import { fromYaml } from '../scenario/attempt.ts';
import { scenario } from '../sim/arbitrary.ts';

const throughJson = <T>(value: T) => JSON.parse(JSON.stringify(value)) as T;

describe('a simulation written as a golden file', () => {
  it('describes the same simulation, whatever it is', () => {
    fc.assert(
      fc.property(scenario(), (options) => {
        const names = options.vms.map((_, vm) => `VM${vm}`);
        const full = { ...options, stopWhenDone: true, sampleNs: 1e9 };
        const written = goldenScenarioOf('any', names, full);
        const exact = throughJson({ ...full, jitterNs: undefined, seed: undefined });
        assert.deepEqual(goldenSimulationOf(throughJson(written)), exact);
      }),
      { numRuns: 200 },
    );
  });

  for (const [what, yaml] of [
    [
      'with a duration',
      '{ pcpus: 2, duration: 6s, vms: [{ name: A, vcpus: 3, cap: 120 }, { name: B, pin: [1] }] }',
    ],
    [
      'that ends with its work',
      '{ pcpus: 1, vms: [{ name: A, work: 400ms, cap: 40 }, { name: B, work: 1s, start: 50ms }] }',
    ],
    ['with sleepers', '{ pcpus: 1, vms: [{ name: A, workload: interactive, work: 300ms }, { name: B }] }'],
    [
      'with events',
      '{ pcpus: 1, duration: 3s, vms: [{ name: A }, { name: B }], events: [{ at: 1s, vm: A, weight: 900 }, ' +
        '{ at: 1.2s, vm: B, action: pause }, { at: 2s, vm: B, action: unpause }, { at: 2.5s, scheduler: { tslice: 5ms } }] }',
    ],
  ]) {
    it(`conforms with itself: ${what}`, () => {
      const scenarioToWrite = fromYaml(yaml);
      const golden = goldenOf(
        what,
        scenarioToWrite.vms.map(({ name }) => name),
        simulationOf(scenarioToWrite),
      );
      const read = throughJson(golden);
      assert.equal(goldenFault(read), null);
      const { firstDifference, recordsCompared } = conform(read);
      assert.equal(firstDifference, null);
      assert.ok(recordsCompared > 10);
    });
  }

  it('has bands from variants with jitter and other phases', () => {
    const pair = fromYaml('{ pcpus: 1, duration: 20s, vms: [{ name: A }, { name: B, weight: 1024 }] }');
    const { band } = goldenOf('x', ['A', 'B'], simulationOf(pair));
    const [min, max] = band.A.pct_of_one_pcpu;
    assert.ok(min < 20.5 && max > 24 && max < 26, `${min} to ${max}`);
  });
});
