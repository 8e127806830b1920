import { LabError } from '../base/errors.ts';
import { flagSource, overrideSource, type ScenarioFlags } from './flag-source.ts';
import { resolveScenario } from './resolve.ts';
import type { ScenarioHost } from './resolve-pcpus.ts';
import type { Scenario } from './scenario.ts';
import { mistake } from './validate.ts';
import { readYaml } from './yaml-source.ts';

/**
 * Load a scenario file.
 * @param overrides options of the command line, which win over the file
 * @throws LabError BAD_FILE, BAD_SCENARIO, BAD_WORKLOAD or BAD_OPTION
 */
export function loadScenario(file: string, host: ScenarioHost, overrides: ScenarioFlags = {}): Scenario {
  if (overrides.vm !== undefined && overrides.vm.length > 0) {
    throw new LabError('BAD_OPTION', 'VMs come from a file or from --vm, not from both', {
      where: '--vm',
      got: `--vm and ${file}`,
    });
  }
  const source = readYaml(file);
  if (isLab(source.value)) {
    throw mistake(source.locate(['rows'], 'key'), 'this is a lab of several rows, not a scenario', {
      hint: `creditlab lab ${file}`,
    });
  }
  return resolveScenario(overrideSource(source, overrides), host);
}

/**
 * A scenario written as options, without a file.
 * @param baseDir directory that relative workload paths start from
 */
export function scenarioFromFlags(
  flags: ScenarioFlags,
  host: ScenarioHost,
  baseDir = process.cwd(),
): Scenario {
  if (host.isLive !== true && (flags.vm === undefined || flags.vm.length === 0)) {
    throw new LabError('BAD_OPTION', 'there is nothing to run', {
      expected: 'a scenario file, or at least one --vm',
      got: 'neither',
      hint: "creditlab run --pcpus 1 --vm A:work=1s --vm B:weight=512,work=1s, or 'creditlab lab' for ready-made ones",
    });
  }
  return resolveScenario(flagSource(flags, baseDir), host);
}

/** Whether a file's content is a lab (it has rows) rather than one scenario. */
export function isLab(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'rows' in value;
}
