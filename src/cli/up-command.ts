import { Command } from 'commander';
import { readHostCpus } from '../cpus/read-host-cpus.ts';
import type { ScenarioFlags } from '../scenario/flag-source.ts';
import { singleRow } from '../scenario/lab.ts';
import { planScenario } from '../scenario/load.ts';
import type { VerifyMode } from '../testbed/testbed.ts';
import {
  baseDirOf,
  nameOption,
  portOptions,
  portWarnings,
  withPortOptions,
  type PortFlags,
} from './host-options.ts';
import { quietIf, type Console } from './console.ts';
import { lastSecondOption, type GanttFlags } from './gantt-option.ts';
import { schedulerHelp, VM_HELP } from './key-help.ts';
import { openHardwareHost, openSimulatedHost } from './open-hosts.ts';
import { csvOption, jsonOption, paranoidOption, quietOption, verifyOption } from './options.ts';
import { OutputFile, requireDistinct } from './output-file.ts';
import {
  chromeOption,
  drawing,
  htmlOption,
  perfettoOption,
  Pictures,
  type PictureFlags,
} from './pictures.ts';
import { playHost } from './play-host.ts';
import { printRows } from './print-run.ts';
import { Recorder, type OutputOptions } from './recorder.ts';
import { stepsOption, type StepsFlags } from './steps-option.ts';
import { withScenarioOptions } from './scenario-options.ts';
import { traceOption, Tracing, type TraceFlags } from './tracing.ts';

interface UpOptions
  extends ScenarioFlags, OutputOptions, TraceFlags, PictureFlags, GanttFlags, PortFlags, StepsFlags {
  readonly name: string;
  readonly simulated?: boolean;
  readonly save?: string;
  readonly quiet?: boolean;
  readonly paranoid?: boolean;
  readonly verify: VerifyMode;
}

/** Of a host without a name of its own. */
const NAME = 'lab';

const EXAMPLES = `
It may begin without VMs. It goes on when all work is done, until Ctrl-C, 'creditlab down' or the end of --duration.

Examples:
  creditlab up --pcpus 1 --vm A --vm B:weight=512
  creditlab up workloads/scenarios/weights.yaml --serve --save played.yaml
  creditlab up --simulated --pcpus 0-3`;

/** `creditlab up [file]` */
export function upCommand(io: Console): Command {
  const command = new Command('up')
    .summary('keep a run going that can be changed')
    .description(
      'Run a scenario, from a YAML file or from --vm options, as a host: it stays, and its VMs and scheduler can be ' +
        'changed while it runs. Options win over the file.',
    );
  withScenarioOptions(command).addOption(nameOption(NAME).default(NAME, NAME));
  return withPortOptions(command)
    .option('--simulated', 'in virtual time, as fast as the wall clock; no real core is used (default: off)')
    .option('--save <file>', 'write what was played as a scenario at the end (default: not written)')
    .addOption(jsonOption())
    .addOption(csvOption())
    .addOption(htmlOption())
    .addOption(perfettoOption('the run'))
    .addOption(chromeOption('the run'))
    .addOption(traceOption())
    .addOption(lastSecondOption())
    .addOption(stepsOption('the run'))
    .addOption(quietOption())
    .addOption(paranoidOption())
    .addOption(verifyOption())
    .addHelpText('after', schedulerHelp(false) + VM_HELP + EXAMPLES)
    .action(async (file: string | undefined, options: UpOptions) => {
      io.exit(await up(quietIf(options.quiet, io), file, options));
    });
}

async function up(io: Console, file: string | undefined, options: UpOptions): Promise<number> {
  const isSimulated = options.simulated === true;
  const host = { ...readHostCpus(), invented: isSimulated, isLive: true };
  const scenario = await planScenario(file, host, options);
  const inputs = file === undefined ? [] : [file];
  const recorder = new Recorder(singleRow(scenario), 'run', options, inputs);
  const tracing = new Tracing(options);
  const pictures = new Pictures(options);
  const save = options.save === undefined ? null : new OutputFile('--save', options.save);
  requireDistinct([...recorder.files, tracing.file, ...pictures.files, save], inputs);
  const open = isSimulated ? openSimulatedHost : openHardwareHost;
  return playHost({
    name: options.name,
    machine: isSimulated ? 'simulated' : 'hardware',
    baseDir: baseDirOf(file),
    isEndless: true,
    recorder,
    tracing,
    paranoid: options.paranoid === true,
    verify: options.verify,
    port: portOptions(options),
    warnings: portWarnings(options),
    save,
    pictureFiles: pictures.files,
    report: () => {
      printRows(io, recorder.rows, options);
    },
    draw: drawing(recorder, pictures, { title: scenario.name }),
    say: io.say,
    open: io.testbed.openHost ?? open,
  });
}
