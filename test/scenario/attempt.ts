import { LabError } from '../../src/base/errors.ts';
import type { ScenarioFlags } from '../../src/scenario/flag-source.ts';
import { scenarioFromFlags } from '../../src/scenario/load.ts';
import { overrideSource } from '../../src/scenario/flag-source.ts';
import { resolveScenario } from '../../src/scenario/resolve.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { parseYaml } from '../../src/scenario/yaml-source.ts';

/** An invented host: four CPUs, of which the process may use three. */
export const HOST = { allowedCpus: [0, 1, 3], preferredCpus: [3, 1, 0], offlineCpus: [5] };

export function fromYaml(yaml: string, overrides: ScenarioFlags = {}): Scenario {
  return resolveScenario(overrideSource(parseYaml(yaml, 'lab.yaml'), overrides), HOST);
}

export function fromFlags(flags: ScenarioFlags): Scenario {
  return scenarioFromFlags(flags, HOST);
}

/** The error that an attempt ends with. */
export function errorOf(attempt: () => unknown): LabError {
  try {
    attempt();
  } catch (error) {
    if (error instanceof LabError) return error;
    throw error;
  }
  throw new Error('no error');
}
