import { Command, Option } from 'commander';
import { LabError } from '../base/errors.ts';
import { unsteadySeries } from '../result/steadiness.ts';
import type { VerifyMode } from '../testbed/testbed.ts';
import { readHostCpus } from '../cpus/read-host-cpus.ts';
import { createProgress } from '../report/terminal/progress.ts';
import { repeatTable } from '../report/terminal/repeat-table.ts';
import { unsteadyWarnings } from '../report/repeat-lines.ts';
import { warningLines } from '../report/terminal/run-table.ts';
import { textWidth } from '../report/text-layout.ts';
import { styleFor } from '../report/terminal/style.ts';
import type { ScenarioFlags } from '../scenario/flag-source.ts';
import { planScenario } from '../scenario/load.ts';
import { singleRow } from '../scenario/lab.ts';
import { runRows } from './run-rows.ts';
import { quietIf, type Console } from './console.ts';
import {
  csvOption,
  jsonOption,
  paranoidOption,
  quietOption,
  verifyOption,
  wholeNumberOption,
} from './options.ts';
import { ganttOption, printLastSecond, type GanttFlags } from './gantt-option.ts';
import { baseDirOf, nameOption } from './host-options.ts';
import { openHardwareHost } from './open-hosts.ts';
import { playHost } from './play-host.ts';
import { schedulerHelp, VM_HELP } from './key-help.ts';
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
import { printRows, printRun } from './print-run.ts';
import { Recorder, type OutputOptions } from './recorder.ts';
import { printSteps, stepsOption, type StepsFlags } from './steps-option.ts';
import { withScenarioOptions } from './scenario-options.ts';
import { traceOption, Tracing, type TraceFlags } from './tracing.ts';

interface RunOptions extends ScenarioFlags, OutputOptions, TraceFlags, PictureFlags, GanttFlags, StepsFlags {
  readonly name?: string;
  readonly repeat: string;
  readonly quiet?: boolean;
  readonly paranoid?: boolean;
  readonly verify: VerifyMode;
}

const EXAMPLES = `
Examples:
  creditlab run --pcpus 1 --vm A:work=1s --vm B:weight=512,work=1s
  creditlab run workloads/scenarios/weights.yaml --duration 5s --json out.json`;

/** `creditlab run [file]` */
export function runCommand(io: Console): Command {
  const command = new Command('run')
    .summary('run a scenario on real cores and compare with the ideal')
    .description(
      'Run a scenario, from a YAML file or from --vm options, on real cores. Options win over the file.',
    );
  return withScenarioOptions(command)
    .addOption(new Option('--repeat <n>', 'how many times to run, 1 to 1000').default('1', '1'))
    .addOption(nameOption('none: it can neither be found nor changed'))
    .addOption(jsonOption())
    .addOption(csvOption())
    .addOption(htmlOption())
    .addOption(perfettoOption())
    .addOption(chromeOption())
    .addOption(traceOption())
    .addOption(ganttOption())
    .addOption(stepsOption())
    .addOption(quietOption())
    .addOption(paranoidOption())
    .addOption(verifyOption())
    .addHelpText('after', schedulerHelp(false) + VM_HELP + EXAMPLES)
    .action(async (file: string | undefined, options: RunOptions) => {
      io.exit(await run(quietIf(options.quiet, io), file, options));
    });
}

async function run(io: Console, file: string | undefined, options: RunOptions): Promise<number> {
  const repeat = wholeNumberOption('--repeat', options.repeat, 1, 1000);
  const host = readHostCpus();
  const scenario = await planScenario(file, host, options);
  const inputs = file === undefined ? [] : [file];
  const recorder = new Recorder(singleRow(scenario), 'run', options, inputs);
  const tracing = new Tracing(options);
  const pictures = new Pictures(options);
  requireDistinct([...recorder.files, tracing.file, ...pictures.files], inputs);
  if (options.name !== undefined) {
    if (repeat > 1) {
      throw new LabError('BAD_OPTION', 'a host runs once', {
        where: '--repeat',
        hint: 'leave out --repeat, or --name',
      });
    }
    return playHost({
      name: options.name,
      machine: 'hardware',
      baseDir: baseDirOf(file),
      isEndless: false,
      recorder,
      tracing,
      paranoid: options.paranoid === true,
      verify: options.verify,
      port: null,
      warnings: [],
      save: null,
      pictureFiles: pictures.files,
      report: () => printRows(io, recorder.rows, options),
      draw: drawing(recorder, pictures, { title: scenario.name }),
      say: io.say,
      open: io.testbed.openHost ?? openHardwareHost,
    });
  }
  const progress = createProgress({
    stream: io.stderr,
    style: styleFor(io.stderr),
    quiet: options.quiet === true,
    gantt: options.gantt === true ? () => tracing.latest() : null,
  });
  const ended = await runRows({
    recorder,
    progress,
    tracing,
    repeat,
    paranoid: options.paranoid === true,
    verify: options.verify,
    report: () => printRuns(io, recorder, repeat, options),
    draw: drawing(recorder, pictures, { title: scenario.name }),
    say: io.say,
    ...io.testbed,
  });
  return exitCodeOf(ended, recorder.rows, io.say);
}

function printRuns(io: Console, recorder: Recorder, repeat: number, { gantt, steps }: RunOptions): void {
  const style = styleFor(io.stdout);
  const [{ scenario, runs }] = recorder.rows;
  for (const [index, result] of runs.entries()) {
    const name =
      repeat === 1 ? scenario.name : `${scenario.name}, run ${String(index + 1)} of ${String(repeat)}`;
    printRun(io, scenario, result, name);
  }
  if (repeat > 1) {
    const unsteady = unsteadyWarnings(unsteadySeries(recorder.rows), true);
    const blocks = [repeatTable(runs, scenario.seed, style)];
    if (unsteady.length > 0) blocks.push(warningLines(unsteady, style, textWidth(io.stdout)));
    io.print(`${blocks.join('\n\n')}\n`);
  }
  if (gantt === true) printLastSecond(io, recorder.rows[0]);
  if (steps === true) printSteps(io, recorder.rows[0]);
}
