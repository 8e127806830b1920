import { Command, Option } from 'commander';
import { goldenOf } from '../conform/golden-of.ts';
import { ExitCode, LabError } from '../errors.ts';
import type { SimulatedRunOptions } from '../experiment/simulated-run.ts';
import { simulatedHost, simulatedRun, simulationOf } from '../experiment/simulated-run.ts';
import { readTopology } from '../host/topology.ts';
import { bandTable } from '../report/band-table.ts';
import { runReport } from '../report/run-table.ts';
import { styleFor } from '../report/style.ts';
import { parseDuration } from '../scenario/duration.ts';
import type { ScenarioFlags } from '../scenario/flag-source.ts';
import { singleRow } from '../scenario/lab.ts';
import { loadScenario, scenarioFromFlags } from '../scenario/load.ts';
import { MAX_SEED } from '../scenario/limits.ts';
import type { Console } from './console.ts';
import { csvOption, jsonOption, wholeNumberOption } from './options.ts';
import { OutputFile, requireDistinct } from './output-file.ts';
import { Recorder, type OutputOptions } from './recorder.ts';
import { collect, VM_HELP, withScenarioOptions } from './scenario-options.ts';
import { unitTimes } from './unit-time.ts';

interface SimOptions extends ScenarioFlags, OutputOptions {
  readonly jitter?: string;
  readonly seeds: string;
  readonly acctPhase: string;
  readonly unitTime?: readonly string[];
  readonly golden?: string;
}

/** Timers of a good host are late by up to about that. */
const USUAL_JITTER_NS = 50_000;
const MAX_TIME_NS = 1e9;

const EXAMPLES = `
No addon and no Linux is needed, and --pcpus may name CPUs that this machine doesn't have.

Examples:
  creditlab sim workloads/scenarios/weights.yaml
  creditlab sim workloads/scenarios/weights.yaml --jitter 50us --seeds 8
  creditlab sim --pcpus 0-63 --duration 10s --vm A:vcpus=96 --vm B:vcpus=96,weight=512`;

/** `creditlab sim [file]` */
export function simCommand(io: Console): Command {
  const command = new Command('sim')
    .summary('run a scenario in virtual time')
    .description(
      'Run a scenario, from a YAML file or from --vm options, in virtual time: the same scheduler on invented pCPUs, where ' +
        'vCPUs use CPU time without computing anything. Options win over the file.',
    );
  return withScenarioOptions(command)
    .option(
      '--jitter <time>',
      'how late timers may be, 0 to 1s, evenly spread (default: 0, with --seeds above 1: 50us)',
    )
    .addOption(
      new Option(
        '--seeds <n>',
        'simulate with that many seeds of the jitter, 1 to 1000, and show bands',
      ).default('1', '1'),
    )
    .addOption(
      new Option(
        '--acct-phase <time>',
        'how much later than at 0 the accounting timer starts, 0 to 1s',
      ).default('0', '0'),
    )
    .option(
      '--unit-time <[vm=]time>',
      'CPU time of a unit, for work in units; may be repeated (default: none, work must be in CPU time)',
      collect,
    )
    .addOption(jsonOption())
    .addOption(csvOption())
    .option(
      '--golden <file>',
      "write the simulation as a golden file for 'creditlab conform' (default: not written)",
    )
    .addHelpText('after', VM_HELP + EXAMPLES)
    .action((file: string | undefined, options: SimOptions) => {
      io.exit(sim(io, file, options));
    });
}

function sim(io: Console, file: string | undefined, options: SimOptions): number {
  const seeds = wholeNumberOption('--seeds', options.seeds, 1, 1000);
  const jitterNs =
    options.jitter === undefined ? (seeds > 1 ? USUAL_JITTER_NS : 0) : timeOption('--jitter', options.jitter);
  const acctPhaseNs = timeOption('--acct-phase', options.acctPhase);
  const host = { ...readTopology(), invented: true };
  const scenario = file === undefined ? scenarioFromFlags(options, host) : loadScenario(file, host, options);
  const inputs = file === undefined ? [] : [file];
  const recorder = new Recorder(singleRow(scenario), 'run', options, inputs);
  const golden = options.golden === undefined ? null : new OutputFile('--golden', options.golden);
  requireDistinct([...recorder.files, golden], inputs);
  if (golden !== null && (jitterNs > 0 || seeds > 1)) {
    throw new LabError('BAD_OPTION', 'a golden file is exact: it has no jitter and one seed', {
      where: '--golden',
      hint: 'leave out --jitter and --seeds; the bands in the file come from jitter of its own',
    });
  }
  const nsPerUnit = unitTimes(options.unitTime ?? [], scenario);
  const common: SimulatedRunOptions = { nsPerUnit, jitterNs, acctPhaseNs };

  recorder.opened(simulatedHost(scenario));
  const [row] = recorder.rows;
  for (let i = 0; i < seeds; i++) {
    recorder.add(row, simulatedRun(scenario, { ...common, seed: (scenario.seed + i) % (MAX_SEED + 1) }));
  }
  const vmNames = scenario.vms.map(({ name }) => name);
  const goldenFile =
    golden === null ? null : goldenOf(scenario.name, vmNames, simulationOf(scenario, common));

  const style = styleFor(io.stdout);
  const title = style.bold(`${scenario.name} (simulated)`);
  const report = seeds === 1 ? runReport(scenario, row.runs[0], style) : bandTable(scenario, row.runs, style);
  io.print(`${title}\n\n${report}\n`);
  try {
    recorder.write();
  } finally {
    golden?.write(`${JSON.stringify(goldenFile)}\n`);
  }
  return ExitCode.ok;
}

function timeOption(option: string, text: string): number {
  const time = parseDuration(text);
  if (time.ok && time.value <= MAX_TIME_NS) return time.value;
  throw new LabError('BAD_OPTION', time.ok ? 'the time is too long' : time.message, {
    where: option,
    expected: '0 or a time of at most 1s, such as 50us',
    got: `'${text}'`,
  });
}
