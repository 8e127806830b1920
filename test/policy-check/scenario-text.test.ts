import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PolicyType } from '../../src/core/policy-type.ts';
import { POLICY_TYPES } from '../../src/policies.ts';
import { type Case, optionsOf } from '../../src/policy-check/case.ts';
import { namedCases } from '../../src/policy-check/named-cases.ts';
import { randomCase } from '../../src/policy-check/random-case.ts';
import { scenarioText } from '../../src/policy-check/scenario-text.ts';
import { simulationOf } from '../../src/predict/simulated-run.ts';
import { loadScenario } from '../../src/scenario/load.ts';
import { simulate, type SimOptions } from '../../src/sim/simulate.ts';
import { inTemporaryDirectory } from '../cli/spawn.ts';

const RANDOM_CASES = 40;

/** What the file says, as the simulator takes it. */
function read(scenario: Case, type: PolicyType, dir: string): SimOptions {
  const file = join(dir, 'case.yaml');
  writeFileSync(file, scenarioText(scenario, type, type.type, ['found']));
  return simulationOf(loadScenario(file, { allowedCpus: [0], invented: true }));
}

describe('the scenario file of a case', () => {
  for (const type of POLICY_TYPES) {
    it(`is the same scenario under ${type.type}`, function () {
      this.timeout(60_000);
      return inTemporaryDirectory((dir) => {
        const random = Array.from({ length: RANDOM_CASES }, (_, number) => randomCase(type, 3, number));
        for (const scenario of [...namedCases(type), ...random]) {
          const options = optionsOf(scenario);
          const scheduler = { ...options.scheduler, type: type.type };
          const expected = simulate({ ...options, scheduler });
          assert.deepEqual(simulate(read(scenario, type, dir)), expected, JSON.stringify(scenario));
        }
        return Promise.resolve();
      });
    });
  }
});
