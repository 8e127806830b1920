import { Command, Option } from 'commander';
import type { SimulatedRunOptions } from '../predict/simulated-run.ts';
import { readHostCpus } from '../cpus/read-host-cpus.ts';
import { titled } from '../report/lab-row.ts';
import { bandTable } from '../report/terminal/band-table.ts';
import { columnsOf, textWidth } from '../report/text-layout.ts';
import { runReport } from '../report/terminal/run-table.ts';
import { styleFor } from '../report/terminal/style.ts';
import type { ScenarioFlags } from '../scenario/flag-source.ts';
import { singleRow } from '../scenario/lab.ts';
import { planScenario } from '../scenario/load.ts';
import { simulationValues } from '../scenario/scheduler-flag.ts';
import { MAX_SEED } from '../scenario/limits.ts';
import type { LatencyModel } from '../sim/latency-model.ts';
import { quietIf, type Console } from './console.ts';
import { goneOption } from './gone-options.ts';
import { ganttOption, printLastSecond, type GanttFlags } from './gantt-option.ts';
import { schedulerHelp, VM_HELP } from './key-help.ts';
import { LATENCY_HELP, latencyFile, latencyOption, USUAL_LATENCY } from './latency-option.ts';
import { csvOption, jsonOption, quietOption, wholeNumberOption } from './options.ts';
import { exitCodeOf } from './outcome.ts';
import { requireDistinct } from './output-file.ts';
import {
  chromeOption,
  drawing,
  htmlOption,
  perfettoOption,
  Pictures,
  type PictureFlags,
} from './pictures.ts';
import { Recorder, type OutputOptions, type RecordedRow } from './recorder.ts';
import { unitTimeOption, withScenarioOptions } from './scenario-options.ts';
import { printSteps, stepsOption, type StepsFlags } from './steps-option.ts';
import { simulateAll } from './simulate-rows.ts';
import { traceOption, Tracing, type TraceFlags } from './tracing.ts';
import { unitTimes } from './unit-time.ts';

interface SimOptions extends ScenarioFlags, OutputOptions, TraceFlags, PictureFlags, GanttFlags, StepsFlags {
  readonly latency?: string;
  readonly seeds: string;
  readonly unitTime?: readonly string[];
  readonly quiet?: boolean;
}

/** Options that are gone, and what says the same. */
const GONE: readonly (readonly [long: string, instead: (value: string) => string])[] = [
  ['--jitter', (time) => `--latency uniform:${time} says the same`],
  ['--golden', (file) => `golden files are written by 'creditlab conform --write ${file}'`],
];

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
      'Run a scenario, from a YAML file or from --vm options, in virtual time: the same scheduler on invented ' +
        'pCPUs, where ' +
        'vCPUs use CPU time without computing anything. Options win over the file.',
    );
  for (const [long, instead] of GONE) command.addOption(goneOption(long, instead));
  return withScenarioOptions(command)
    .option(
      '--topology <SxCxT>',
      "sockets, cores per socket and threads per core, as in 2x4x2 (default: the file's, else one socket, no SMT)",
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
    .addOption(unitTimeOption())
    .addOption(jsonOption())
    .addOption(csvOption())
    .addOption(htmlOption())
    .addOption(perfettoOption())
    .addOption(chromeOption())
    .addOption(traceOption())
    .addOption(ganttOption())
    .addOption(stepsOption())
    .addOption(quietOption())
    .addHelpText('after', schedulerHelp(true) + VM_HELP + LATENCY_HELP + EXAMPLES)
    .action(async (file: string | undefined, options: SimOptions) => {
      io.exit(await sim(quietIf(options.quiet, io), file, options));
    });
}

async function sim(io: Console, file: string | undefined, options: SimOptions): Promise<number> {
  const seeds = wholeNumberOption('--seeds', options.seeds, 1, 1000);
  const latency = latencyOf(options.latency, seeds);
  const host = { ...readHostCpus(), invented: true };
  const flags = { ...options, isSimulated: true };
  const scenario = await planScenario(file, host, flags);
  const parameters = simulationValues(options.scheduler);
  const inputs = [file, latencyFile(options.latency ?? '')].filter(
    (path) => path !== undefined && path !== null,
  );
  const recorder = new Recorder(singleRow(scenario), 'run', options, inputs);
  const tracing = new Tracing(options);
  const pictures = new Pictures(options);
  requireDistinct([...recorder.files, tracing.file, ...pictures.files], inputs);
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
      if (options.steps === true) printSteps(io, row);
    },
    draw: drawing(recorder, pictures, { title: scenario.name }),
    say: io.say,
  });
  return exitCodeOf(simulated, recorder.rows, io.say);
}

/** One as it is, several as bands; what broke off only where nothing else is. */
function printSimulations(io: Console, { scenario, runs }: RecordedRow): void {
  const style = styleFor(io.stdout);
  const title = style.bold(titled(scenario.name, true, [scenario.scheduler.type]));
  const complete = runs.filter((run) => run.complete);
  const report =
    complete.length > 1
      ? bandTable(scenario, complete, style, textWidth(io.stdout))
      : runReport(scenario, complete.at(0) ?? runs[0], style, columnsOf(io.stdout));
  io.print(`${title}\n\n${report}\n`);
}

function latencyOf(text: string | undefined, seeds: number): LatencyModel {
  if (text !== undefined) return latencyOption(text);
  return seeds > 1 ? USUAL_LATENCY : { kind: 'none' };
}
