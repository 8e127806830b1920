import { Command, Option } from 'commander';
import { readTopology } from '../host/topology.ts';
import { createProgress } from '../report/progress.ts';
import { repeatTable } from '../report/repeat-table.ts';
import { runReport } from '../report/run-table.ts';
import { styleFor } from '../report/style.ts';
import type { ScenarioFlags } from '../scenario/flag-source.ts';
import { loadScenario, scenarioFromFlags } from '../scenario/load.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { conduct } from './conduct.ts';
import type { Console } from './console.ts';
import { csvOption, jsonOption, pcpusOption, quietOption, seedOption, wholeNumberOption } from './options.ts';
import { exitCodeOf } from './outcome.ts';
import { Recorder, type OutputOptions } from './recorder.ts';

interface RunOptions extends ScenarioFlags, OutputOptions {
  readonly repeat: string;
  readonly quiet?: boolean;
}

const VM_HELP = `
--vm NAME:key=value,key=value describes a VM in place of a file:
  weight    1 to 65535, relative share of CPU time per vCPU        (default: 256)
  cap       percent of one pCPU for the whole VM, 0 = none         (default: 0)
  vcpus     number of vCPUs                                        (default: 1)
  workload  a name of 'creditlab workloads', a path or a package   (default: primes)
  size      the workload's problem size                            (default: its own)
  work      solo CPU time (2s) or steps ('20000 units') per vCPU   (default: runs to the end)
  start     time from the start of the run, as in 500ms            (default: 0)
  pin       host CPUs out of --pcpus, as in 0+1 or 0-3             (default: all of them)

Times are a number and ns, us, ms, s or m.

Examples:
  creditlab run --pcpus 1 --vm A:work=1s --vm B:weight=512,work=1s
  creditlab run workloads/scenarios/weights.yaml --duration 5s --json out.json`;

/** `creditlab run [file]` */
export function runCommand(io: Console): Command {
  return new Command('run')
    .summary('run a scenario on real cores and compare with the ideal')
    .description(
      'Run a scenario, from a YAML file or from --vm options, on real cores. Options win over the file.',
    )
    .argument('[file]', 'scenario file')
    .option('--vm <spec>', 'a VM, see below; may be repeated (default: from the file)', collect)
    .addOption(pcpusOption("the file's, else all that are allowed"))
    .option('--duration <time>', "length of a run (default: the file's, else until all finite work is done)")
    .addOption(new Option('--repeat <n>', 'how many times to run, 1 to 1000').default('1', '1'))
    .addOption(seedOption("the file's, else 1"))
    .option('--tslice <time>', "time slice, 1ms to 1000ms (default: the file's, else 30ms)")
    .option(
      '--ratelimit <time>',
      "context-switch rate limit, 0 or 100us to 500ms (default: the file's, else 1ms)",
    )
    .addOption(jsonOption())
    .addOption(csvOption())
    .addOption(quietOption())
    .addHelpText('after', VM_HELP)
    .action(async (file: string | undefined, options: RunOptions) => {
      io.exit(await run(io, file, options));
    });
}

async function run(io: Console, file: string | undefined, options: RunOptions): Promise<number> {
  const repeat = wholeNumberOption('--repeat', options.repeat, 1, 1000);
  const host = readTopology();
  const scenario = file === undefined ? scenarioFromFlags(options, host) : loadScenario(file, host, options);
  const recorder = new Recorder(planOf(scenario), 'run', options);
  const style = styleFor(io.stdout);
  const progress = createProgress({
    stream: io.stderr,
    style: styleFor(io.stderr),
    quiet: options.quiet === true,
  });
  const conducted = await conduct({ recorder, progress, repeat, say: io.say, ...io.lab });
  const [{ runs }] = recorder.rows;
  for (const [index, result] of runs.entries()) {
    const title =
      repeat === 1 ? scenario.name : `${scenario.name}, run ${String(index + 1)} of ${String(repeat)}`;
    io.print(`${style.bold(title)}\n\n${runReport(scenario, result, style)}\n`);
  }
  if (repeat > 1) io.print(`${repeatTable(runs, scenario.seed, style)}\n`);
  return exitCodeOf(conducted, recorder.rows);
}

function planOf(scenario: Scenario) {
  return { name: scenario.name, title: scenario.name, rows: [{ label: scenario.name, scenario }] };
}

function collect(value: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, value];
}
