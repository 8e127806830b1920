import { type Command, Option } from 'commander';
import { DEFAULT_POLICY_TYPE, POLICY_TYPES } from '../policies.ts';
import { withGoneSchedulerOptions } from './gone-options.ts';
import { pcpusOption, seedOption } from './options.ts';

/** A scenario, from a file or from options, for a command that runs it. */
export function withScenarioOptions(command: Command): Command {
  return withScenarioFlags(command.argument('[file]', 'scenario file'));
}

/** The options alone, for a command whose arguments are not always scenarios. */
export function withScenarioFlags(command: Command): Command {
  command
    .option('--vm <spec>', 'a VM, see below; may be repeated (default: from the file)', collect)
    .addOption(pcpusOption("the file's, else those that creditlab doctor recommends"))
    .option('--duration <time>', "length of a run (default: the file's, else until all finite work is done)")
    .addOption(seedOption("the file's, else 1"));
  return withSchedulerOption(command, `the file's, else ${DEFAULT_POLICY_TYPE}`);
}

/** @param otherwise the default */
export function withSchedulerOption(command: Command, otherwise: string): Command {
  const types = POLICY_TYPES.map(({ type }) => type).join(', ');
  command.option(
    '--scheduler <spec>',
    `which scheduler: ${types}, or a module of yours such as ./mine.mjs; also with parameters: ` +
      'TYPE:key=value,key=value, see below and ' +
      `docs/schedulers.md (default: ${otherwise})`,
  );
  return withGoneSchedulerOptions(command);
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
