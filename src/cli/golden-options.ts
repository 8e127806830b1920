import type { Command } from 'commander';
import { requireDialect, writeGolden } from '../conform/write-golden.ts';
import { LabError } from '../base/errors.ts';
import { readHostCpus } from '../cpus/read-host-cpus.ts';
import { requireEnd, simulationOf } from '../predict/simulated-run.ts';
import { parseDuration } from '../scenario/duration.ts';
import type { ScenarioFlags } from '../scenario/flag-source.ts';
import { planScenario } from '../scenario/load.ts';
import { simulationValues } from '../scenario/scheduler-flag.ts';
import { OutputFile, requireDistinct } from './output-file.ts';
import { unitTimeOption, withScenarioFlags } from './scenario-options.ts';
import { unitTimes } from './unit-time.ts';

/** Golden traces of the genuine scheduler are that long. */
const UNTIL = '5s';

export interface GoldenFlags extends ScenarioFlags {
  readonly write?: string;
  readonly until?: string;
  readonly unitTime?: readonly string[];
}

/** What `creditlab conform` takes to write a golden file. */
export function withGoldenOptions(command: Command): Command {
  command.option(
    '--write <file>',
    'write a scenario in virtual time as a golden file (default: compare instead)',
  );
  command.optionsGroup('Options with --write:');
  command.option('--until <time>', `where the trace ends: a time, or 'all' (default: ${UNTIL})`);
  withScenarioFlags(command).addOption(unitTimeOption());
  return command.optionsGroup('Options:');
}

/**
 * Write a scenario, from a file or from options, as a golden file.
 * @throws LabError
 */
export async function writeGoldenFile(
  paths: readonly string[],
  path: string,
  flags: GoldenFlags,
): Promise<void> {
  const [file] = paths;
  if (paths.length > 1) {
    throw new LabError('BAD_OPTION', 'a golden file is of one scenario', {
      where: '--write',
      expected: 'one scenario file, or --vm',
      got: `${String(paths.length)} files`,
    });
  }
  if (!path.endsWith('.json')) {
    throw new LabError('BAD_OPTION', 'a golden file ends in .json', {
      where: '--write',
      expected: 'the file to write, for example golden.json',
      got: `'${path}'`,
      hint: 'creditlab conform --write golden.json SCENARIO',
    });
  }
  const host = { ...readHostCpus(), invented: true };
  const all = { ...flags, isSimulated: true };
  const scenario = await planScenario(file, host, all);
  const parameters = simulationValues(flags.scheduler);
  const golden = new OutputFile('--write', path);
  const traceUntilNs = untilNs(flags.until ?? UNTIL);
  requireDistinct([golden], paths);
  requireDialect(scenario.scheduler.type);
  const nsPerUnit = unitTimes(flags.unitTime ?? [], scenario);
  const options = {
    name: scenario.name,
    vmNames: scenario.vms.map(({ name }) => name),
    simulation: simulationOf(scenario, { nsPerUnit, parameters }),
    traceUntilNs,
    check: requireEnd.bind(null, scenario),
  };
  golden.stream((put) => writeGolden(options, put));
}

function untilNs(text: string): number {
  if (text === 'all') return Infinity;
  const time = parseDuration(text);
  if (time.ok) return time.value;
  throw new LabError('BAD_OPTION', time.message, {
    where: '--until',
    expected: `a time such as ${UNTIL}, or 'all'`,
    got: `'${text}'`,
  });
}
