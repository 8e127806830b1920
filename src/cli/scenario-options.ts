import { type Command, Option } from 'commander';
import { LabError } from '../base/errors.ts';
import type { Parameter } from '../core/policy-type.ts';
import { DEFAULT_POLICY_TYPE, POLICY_TYPES, policyTypeOf } from '../policies.ts';
import { camelCase, type ScenarioFlags } from '../scenario/flag-source.ts';
import {
  declaredKeys,
  type Declared,
  describeParameter,
  readParameter,
  valueText,
} from '../scenario/parameters.ts';
import { pcpusOption, seedOption } from './options.ts';

interface KeyHelp {
  readonly key: string;
  readonly meaning: string;
  readonly otherwise: string;
}

/** The keys of --vm beside those that the schedulers declare. */
const VM_KEYS: readonly KeyHelp[] = [
  { key: 'vcpus', meaning: 'number of vCPUs', otherwise: '1' },
  { key: 'workload', meaning: "a name of 'creditlab workloads', a path or a package", otherwise: 'primes' },
  { key: 'size', meaning: "the workload's problem size", otherwise: 'its own' },
  {
    key: 'work',
    meaning: "solo CPU time (2s) or steps ('20000 units') per vCPU",
    otherwise: 'runs to the end',
  },
  { key: 'start', meaning: 'time from the start of the run, as in 500ms', otherwise: '0' },
  { key: 'pin', meaning: 'host CPUs out of --pcpus, as in 0+1 or 0-3', otherwise: 'all of them' },
];

/** The part of the help that explains `--vm`. */
export const VM_HELP = vmHelp([...declaredKeys('vm').map(helpOf), ...VM_KEYS]);

function vmHelp(keys: readonly KeyHelp[]): string {
  const keyWidth = Math.max(...keys.map(({ key }) => key.length));
  const meaningWidth = Math.max(...keys.map(({ meaning }) => meaning.length));
  const lines = keys.map(
    ({ key, meaning, otherwise }) =>
      `  ${key.padEnd(keyWidth)}  ${meaning.padEnd(meaningWidth)}  (default: ${otherwise})`,
  );
  return `
--vm NAME:key=value,key=value describes a VM in place of a file:
${lines.join('\n')}

Times are a number and ns, us, ms, s or m.
`;
}

function helpOf({ key, by }: Declared): KeyHelp {
  const [{ parameter }] = by;
  return {
    key,
    meaning: by.map((each) => meaningOf(each.parameter, each.policy.type)).join('; '),
    otherwise: valueText(parameter, parameter.default),
  };
}

/** As options are described: it begins in lower case, and says whose it is if there are schedulers without it. */
function meaningOf(parameter: Parameter, type: string): string {
  const text = describeParameter(parameter);
  const whose = POLICY_TYPES.length > 1 ? ` (${type})` : '';
  return `${text.charAt(0).toLowerCase()}${text.slice(1)}${whose}`;
}

/** A scenario, from a file or from options, for a command that runs it. */
export function withScenarioOptions(command: Command): Command {
  return withScenarioFlags(command.argument('[file]', 'scenario file'));
}

/** The options alone, for a command whose arguments are not always scenarios. */
export function withScenarioFlags(command: Command): Command {
  const types = POLICY_TYPES.map(({ type }) => type);
  command
    .option('--vm <spec>', 'a VM, see below; may be repeated (default: from the file)', collect)
    .addOption(pcpusOption("the file's, else those that creditlab doctor recommends"))
    .option('--duration <time>', "length of a run (default: the file's, else until all finite work is done)")
    .addOption(seedOption("the file's, else 1"))
    .option(
      '--scheduler <type>',
      `which scheduler: ${types.join(', ')} (default: the file's, else ${DEFAULT_POLICY_TYPE})`,
    );
  for (const declared of declaredKeys('scheduler')) {
    const { meaning, otherwise } = helpOf(declared);
    command.option(flagOf(declared.by[0].parameter), `${meaning} (default: the file's, else ${otherwise})`);
  }
  return command.option(
    '--instants <which>',
    "when a timer comes late the policy is told when it was 'due', or how 'late' it is (default: the file's, else due)",
  );
}

function flagOf({ key, unit }: Parameter): string {
  return `--${key} <${{ time: 'time', percent: 'percent', number: 'n' }[unit]}>`;
}

/** What the schedulers declare for simulations. */
export function withSimulationParameters(command: Command): Command {
  for (const declared of declaredKeys('simulation')) {
    const { meaning, otherwise } = helpOf(declared);
    command.addOption(new Option(flagOf(declared.by[0].parameter), `${meaning} (default: ${otherwise})`));
  }
  return command;
}

/**
 * Those that were given, by field.
 * @throws LabError BAD_OPTION for one that the scheduler of this type doesn't have, or doesn't take
 */
export function simulationParameters(flags: ScenarioFlags, type: string): Record<string, number> {
  const values: Record<string, number> = {};
  const policy = policyTypeOf(type);
  for (const { key, by } of declaredKeys('simulation')) {
    const text = flags[camelCase(key)];
    if (typeof text !== 'string') continue;
    const parameter = by.find((each) => each.policy === policy)?.parameter;
    if (parameter === undefined) {
      throw new LabError('BAD_OPTION', `the scheduler ${type} has no '${key}'`, {
        where: `--${key}`,
        hint: `leave it out, or choose a scheduler that has it: ${by.map((each) => each.policy.type).join(', ')}`,
      });
    }
    const value = readParameter(parameter, parameter.unit === 'time' ? text : Number(text));
    if (!value.ok) {
      const { message, expected } = value;
      throw new LabError('BAD_OPTION', message, { where: `--${key}`, expected, got: `'${text}'` });
    }
    values[parameter.field] = value.value;
  }
  return values;
}

/** For scenarios in virtual time. */
export const unitTimeOption = (): Option =>
  new Option(
    '--unit-time <[vm=]time>',
    'CPU time of a unit, for work in units; may be repeated (default: none, work must be in CPU time)',
  ).argParser(collect);

/** An option that may be repeated. */
export function collect(value: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, value];
}
