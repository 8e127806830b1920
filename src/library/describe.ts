/**
 * Scenarios as programs write them: the same keys and values as in scenario files (docs/scenarios.md), with defaults
 * filled in and everything checked.
 */
import { LabError } from '../base/errors.ts';
import { readHostCpus } from '../cpus/read-host-cpus.ts';
import { loadScenario as loadFile } from '../scenario/load.ts';
import { withPolicyNames } from '../scenario/policies-of.ts';
import { resolveScenario } from '../scenario/resolve.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { Path, Source } from '../scenario/source.ts';
import { describeValue, nameOf } from '../scenario/validate.ts';
import { checkOptions, directory, isMapping, yesOrNo } from './options.ts';

/** A time with its unit: `'30ms'`, `'1.5s'`. */
export type Time = string;

/** A VM as it is described. What is left out has its default. */
export interface VmDescription {
  /** 1 to 12 letters, digits, `.`, `_`, `-` */
  readonly name: string;
  /** how many; default 1 */
  readonly vcpus?: number;
  /** of credit: 1 to 65535; default 256 */
  readonly weight?: number;
  /** of credit: percent of one pCPU for the whole VM; default 0: none */
  readonly cap?: number;
  /** a built-in's name, a module's path, or a package; default `primes` */
  readonly workload?: string;
  /** of the workload's problem; default: the workload's own */
  readonly size?: number;
  /** of each vCPU: CPU time that it takes alone (`'3s'`) or steps (`'20000 units'`); default: it runs to the end */
  readonly work?: string;
  /** when it starts; default 0. Not for `create()`: it starts at once */
  readonly start?: Time;
  /** host CPUs that it may run on; default: all pCPUs */
  readonly pin?: readonly number[];
  /** what another scheduler declares for its VMs */
  readonly [parameter: string]: unknown;
}

/** A scenario as it is described. What is left out has its default. */
export interface ScenarioDescription {
  /** default `scenario` */
  readonly name?: string;
  readonly description?: string;
  /** host CPUs, or how many; default: those that the doctor recommends */
  readonly pcpus?: number | readonly number[];
  /** of a simulation: sockets, cores in each, threads in each; default: one socket, no SMT */
  readonly topology?: { readonly sockets: number; readonly cores: number; readonly threads: number };
  /** default: until all finite work is done, or in a lab's run without any until it is stopped */
  readonly duration?: Time;
  /** of the workloads' data; default 1 */
  readonly seed?: number;
  /** its name, or that and its parameters, `{ tslice: '5ms' }`; default `credit` */
  readonly scheduler?: string | { readonly type?: string; readonly [parameter: string]: unknown };
  /** default: none, and the run's create() makes some */
  readonly vms?: readonly VmDescription[];
  /** changes at run time, as in scenario files: `{ at: '3s', vm: 'A', weight: 1024 }`; default: none */
  readonly events?: readonly { readonly at: Time; readonly [key: string]: unknown }[];
}

export interface LoadOptions {
  /** it will be simulated: pCPUs that this host doesn't have are allowed; default false */
  readonly simulated?: boolean;
}

export interface DescribeOptions extends LoadOptions {
  /** directory that relative workload paths start from; default: the current one */
  readonly baseDir?: string;
}

/**
 * Describe a scenario.
 * @throws LabError BAD_SCENARIO or BAD_WORKLOAD with where (`vms[0].weight`), what was expected and what came
 */
export function scenario(description: ScenarioDescription, options: DescribeOptions = {}): Scenario {
  const { baseDir = process.cwd(), simulated = false } = checkOptions('scenario', options, {
    baseDir: directory,
    simulated: yesOrNo,
  });
  if (!isMapping(description))
    throw new LabError('BAD_SCENARIO', 'this is no scenario', {
      where: 'scenario',
      expected: "a mapping such as { pcpus: 1, duration: '5s', vms: [{ name: 'A' }] }",
      got: describeValue(description),
    });
  const { name = 'scenario', vms = [], ...rest } = description;
  const value = { name, ...rest, vms };
  const source: Source = {
    value,
    defaultName: 'scenario',
    baseDir,
    locate: (path) => ({
      offset: placeOf(value, path),
      where: path.length === 0 ? 'scenario' : nameOf(path),
    }),
  };
  return resolveScenario(withPolicyNames(source), hostOf(simulated));
}

/**
 * Load a scenario file, as `creditlab run FILE` does.
 * @throws LabError BAD_FILE, BAD_SCENARIO or BAD_WORKLOAD with where (`file:line:col`), what was expected and what came
 */
export function loadScenario(file: string, options: LoadOptions = {}): Scenario {
  const { simulated = false } = checkOptions('loadScenario', options, { simulated: yesOrNo });
  return loadFile(file, hostOf(simulated));
}

function hostOf(invented: boolean): Parameters<typeof resolveScenario>[1] {
  return { ...readHostCpus(), invented, isLive: true };
}

/** Orders mistakes as they were written. */
function placeOf(value: unknown, path: Path): number {
  let [place, at] = [0, value];
  for (const [depth, step] of path.entries()) {
    if (typeof at !== 'object' || at === null) break;
    const index = Object.keys(at).indexOf(String(step));
    place += Math.max(0, index) / 1000 ** depth;
    at = (at as Readonly<Record<string, unknown>>)[step];
  }
  return place;
}
