import { Command, Option } from 'commander';
import { GOLDEN_POLICY_TYPE } from '../conform/golden-records.ts';
import { writeGolden } from '../conform/write-golden.ts';
import { LabError } from '../base/errors.ts';
import type { SimulatedRunOptions } from '../predict/simulated-run.ts';
import { simulationOf } from '../predict/simulated-run.ts';
import { readTopology } from '../cpus/topology.ts';
import { bandTable } from '../report/terminal/band-table.ts';
import { columnsOf } from '../report/text-layout.ts';
import { runReport } from '../report/terminal/run-table.ts';
import { styleFor } from '../report/terminal/style.ts';
import { parseDuration } from '../scenario/duration.ts';
import type { ScenarioFlags } from '../scenario/flag-source.ts';
import { singleRow } from '../scenario/lab.ts';
import { loadScenario, scenarioFromFlags } from '../scenario/load.ts';
import { MAX_SEED } from '../scenario/limits.ts';
import type { LatencyModel } from '../sim/latency-model.ts';
import { joined, refusalOf } from './attempt.ts';
import { quietIf, type Console } from './console.ts';
import { ganttOption, printLastSecond, type GanttFlags } from './gantt-option.ts';
import { LATENCY_HELP, latencyFile, latencyOption, USUAL_JITTER_NS } from './latency-option.ts';
import { csvOption, jsonOption, quietOption, wholeNumberOption, timeOption } from './options.ts';
import { exitCodeOf } from './outcome.ts';
import { OutputFile, requireDistinct } from './output-file.ts';
import {
  chromeOption,
  drawing,
  htmlOption,
  perfettoOption,
  Pictures,
  type PictureFlags,
} from './pictures.ts';
import { Recorder, type OutputOptions, type RecordedRow } from './recorder.ts';
import {
  collect,
  simulationParameters,
  VM_HELP,
  withScenarioOptions,
  withSimulationParameters,
} from './scenario-options.ts';
import { simulateAll } from './simulate-rows.ts';
import { traceOption, Tracing, type TraceFlags } from './tracing.ts';
import { unitTimes } from './unit-time.ts';

interface SimOptions extends ScenarioFlags, OutputOptions, TraceFlags, PictureFlags, GanttFlags {
  readonly jitter?: string;
  readonly latency?: string;
  readonly seeds: string;
  readonly unitTime?: readonly string[];
  readonly golden?: string;
  readonly goldenUntil?: string;
  readonly quiet?: boolean;
}

/** Golden traces of the genuine scheduler are that long. */
const GOLDEN_UNTIL = '5s';

const EXAMPLES = `
No addon and no Linux is needed, and --pcpus may name CPUs that this machine doesn't have.

Examples:
  creditlab sim workloads/scenarios/weights.yaml
  creditlab sim workloads/scenarios/weights.yaml --latency exponential:30us --seeds 8
  creditlab sim --pcpus 0-63 --duration 10s --vm A:vcpus=96 --vm B:vcpus=96,weight=512
  creditlab sim --topology 2x4x2 --duration 10s --vm A:vcpus=4 --vm B:vcpus=4`;

/** `creditlab sim [file]` */
export function simCommand(io: Console): Command {
  const command = new Command('sim')
    .summary('run a scenario in virtual time')
    .description(
      'Run a scenario, from a YAML file or from --vm options, in virtual time: the same scheduler on invented pCPUs, where ' +
        'vCPUs use CPU time without computing anything. Options win over the file.',
    );
  return withSimulationParameters(withScenarioOptions(command))
    .option(
      '--topology <SxCxT>',
      "sockets, cores per socket and threads per core, as in 2x4x2 (default: the file's, else one socket, no SMT)",
    )
    .option(
      '--jitter <time>',
      'how late timers may be, 0 to 1s, evenly spread (default: 0, with --seeds above 1: 50us)',
    )
    .option(
      '--latency <model>',
      'how late timers are, see below (default: none; for several seeds uniform:50us)',
    )
    .addOption(
      new Option(
        '--seeds <n>',
        'simulate with that many seeds of the lateness, 1 to 1000, and show bands',
      ).default('1', '1'),
    )
    .option(
      '--unit-time <[vm=]time>',
      'CPU time of a unit, for work in units; may be repeated (default: none, work must be in CPU time)',
      collect,
    )
    .addOption(jsonOption())
    .addOption(csvOption())
    .addOption(htmlOption())
    .addOption(perfettoOption())
    .addOption(chromeOption())
    .addOption(traceOption())
    .addOption(ganttOption())
    .option(
      '--golden <file>',
      "write the simulation as a golden file for 'creditlab conform' (default: not written)",
    )
    .option(
      '--golden-until <time>',
      `where the trace in the golden file ends: a time, or 'all' (default: ${GOLDEN_UNTIL})`,
    )
    .addOption(quietOption())
    .addHelpText('after', VM_HELP + LATENCY_HELP + EXAMPLES)
    .action(async (file: string | undefined, options: SimOptions) => {
      io.exit(await sim(quietIf(options.quiet, io), file, options));
    });
}

async function sim(io: Console, file: string | undefined, options: SimOptions): Promise<number> {
  const seeds = wholeNumberOption('--seeds', options.seeds, 1, 1000);
  const latency = latencyOf(options, seeds);
  const host = { ...readTopology(), invented: true };
  const flags = { ...options };
  const scenario = file === undefined ? scenarioFromFlags(flags, host) : loadScenario(file, host, flags);
  const parameters = simulationParameters(flags, scenario.scheduler.type);
  const inputs = [file, latencyFile(options.latency ?? '')].filter(
    (path) => path !== undefined && path !== null,
  );
  const recorder = new Recorder(singleRow(scenario), 'run', options, inputs);
  const golden = options.golden === undefined ? null : new OutputFile('--golden', options.golden);
  const tracing = new Tracing(options);
  const pictures = new Pictures(options);
  const traceUntilNs = goldenUntil(options);
  requireDistinct([...recorder.files, golden, tracing.file, ...pictures.files], inputs);
  if (golden !== null && (latency.kind !== 'none' || seeds > 1)) {
    throw new LabError('BAD_OPTION', 'a golden file is exact: its timers are on time, and it has one seed', {
      where: '--golden',
      hint: 'leave out --jitter, --latency and --seeds; the bands in the file come from jitter of its own',
    });
  }
  if (golden !== null && scenario.scheduler.type !== GOLDEN_POLICY_TYPE) {
    throw new LabError('BAD_OPTION', `a golden file is of the scheduler ${GOLDEN_POLICY_TYPE}`, {
      where: '--golden',
      got: `the scheduler ${scenario.scheduler.type}`,
      hint: 'leave out --golden; --trace writes what any scheduler does',
    });
  }
  if (golden !== null && scenario.topology !== undefined) {
    throw new LabError('BAD_OPTION', 'a golden file has no topology: its pCPUs are all alike', {
      where: '--golden',
      hint: 'leave out --golden, or the topology',
    });
  }
  const nsPerUnit = unitTimes(options.unitTime ?? [], scenario);
  const common: SimulatedRunOptions = { nsPerUnit, latency, parameters };

  const [row] = recorder.rows;
  const runs = Array.from({ length: seeds }, (_, i) => ({
    row,
    options: { ...common, seed: (scenario.seed + i) % (MAX_SEED + 1) },
  }));
  const simulated = await simulateAll(runs, {
    recorder,
    tracing,
    report: () => {
      printSimulations(io, row);
      if (options.gantt === true) printLastSecond(io, row);
    },
    draw: drawing(recorder, pictures, { title: scenario.name }),
    say: io.say,
  });
  // A golden file is of a whole run.
  const isWritten = golden !== null && simulated.signalExitCode === null;
  if (golden !== null && !isWritten) io.say('the golden file was not written: only whole simulations are');
  const refusal = isWritten ? refusalOf(() => golden.stream(writeGoldenTo)) : null;
  // One file that can't be written doesn't keep the others from it.
  const ended = { ...simulated, writeFailure: joined([simulated.writeFailure, refusal]) };
  return exitCodeOf(ended, recorder.rows, io.say);

  function writeGoldenTo(put: (text: string) => void): void {
    const vmNames = scenario.vms.map(({ name }) => name);
    const simulation = simulationOf(scenario, common);
    writeGolden({ name: scenario.name, vmNames, simulation, traceUntilNs }, put);
  }
}

/** One as it is, several as bands; what broke off only where nothing else is. */
function printSimulations(io: Console, { scenario, runs }: RecordedRow): void {
  const style = styleFor(io.stdout);
  const title = style.bold(`${scenario.name} (simulated)`);
  const complete = runs.filter((run) => run.complete);
  const report =
    complete.length > 1
      ? bandTable(scenario, complete, style)
      : runReport(scenario, complete.at(0) ?? runs[0], style, columnsOf(io.stdout));
  io.print(`${title}\n\n${report}\n`);
}

function latencyOf({ jitter, latency }: SimOptions, seeds: number): LatencyModel {
  if (latency !== undefined && jitter !== undefined) {
    throw new LabError('BAD_OPTION', '--jitter and --latency say the same thing', {
      where: '--latency',
      hint: `--jitter ${jitter} is short for --latency uniform:${jitter}`,
    });
  }
  if (latency !== undefined) return latencyOption(latency);
  if (jitter !== undefined) return uniform(timeOption('--jitter', jitter));
  return uniform(seeds > 1 ? USUAL_JITTER_NS : 0);
}

function uniform(maxNs: number): LatencyModel {
  return maxNs === 0 ? { kind: 'none' } : { kind: 'uniform', maxNs };
}

function goldenUntil({ golden, goldenUntil: text }: SimOptions): number {
  if (text !== undefined && golden === undefined) {
    throw new LabError('BAD_OPTION', 'there is no golden file to write', {
      where: '--golden-until',
      hint: 'name it: --golden FILE',
    });
  }
  if (text === 'all') return Infinity;
  const time = parseDuration(text ?? GOLDEN_UNTIL);
  if (time.ok) return time.value;
  throw new LabError('BAD_OPTION', time.message, {
    where: '--golden-until',
    expected: `a time such as ${GOLDEN_UNTIL}, or 'all'`,
    got: `'${String(text)}'`,
  });
}
