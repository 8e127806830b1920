import { LabError } from '../base/errors.ts';
import { flagSource, overrideSource, type ScenarioFlags } from './flag-source.ts';
import { resolveScenario } from './resolve.ts';
import type { ScenarioHost } from './resolve-pcpus.ts';
import type { Scenario } from './scenario.ts';
import { loadNamedPolicy, withPolicies, withPolicyNames } from './policies-of.ts';
import type { Source } from './source.ts';
import { mistake } from './validate.ts';
import { readYaml } from './yaml-source.ts';

/**
 * What a command is to run, from a file or from options. Policy modules that they name are loaded before.
 * @throws LabError as below, or BAD_POLICY
 */
export async function planScenario(
  file: string | undefined,
  host: ScenarioHost,
  flags: ScenarioFlags,
): Promise<Scenario> {
  await loadNamedPolicy(flags.scheduler);
  if (file === undefined) return scenarioFromFlags(flags, host);
  requireNoVms(file, flags);
  return scenarioIn(file, await withPolicies(readYaml(file)), host, flags);
}

/**
 * Load a scenario file. Policy modules that it names are to be loaded before.
 * @param overrides options of the command line, which win over the file
 * @throws LabError BAD_FILE, BAD_SCENARIO, BAD_WORKLOAD or BAD_OPTION
 */
export function loadScenario(file: string, host: ScenarioHost, overrides: ScenarioFlags = {}): Scenario {
  requireNoVms(file, overrides);
  return scenarioIn(file, withPolicyNames(readYaml(file)), host, overrides);
}

function requireNoVms(file: string, { vm = [] }: ScenarioFlags): void {
  if (vm.length === 0) return;
  throw new LabError('BAD_OPTION', 'VMs come from a file or from --vm, not from both', {
    where: '--vm',
    got: `--vm and ${file}`,
  });
}

/** A scenario file that has been read. */
export function scenarioIn(
  file: string,
  source: Source,
  host: ScenarioHost,
  overrides: ScenarioFlags,
): Scenario {
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
