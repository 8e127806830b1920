/** `npm run bench`: measures what the lab promises, and prints it beside the goals. */
import { Command, CommanderError } from 'commander';
import { processConsole } from '../../src/cli/console.ts';
import { OutputFile } from '../../src/cli/output-file.ts';
import { Shutdown } from '../../src/cli/shutdown.ts';
import { ExitCode, LabError, unexpectedError } from '../../src/base/errors.ts';
import { describeHost } from '../../src/host/describe-host.ts';
import { loadNative } from '../../src/addon/native.ts';
import { readHostCpus } from '../../src/cpus/read-host-cpus.ts';
import { packageVersion } from '../../src/base/package-root.ts';
import { styleFor } from '../../src/report/terminal/style.ts';
import { MAX_VCPUS } from '../../src/scenario/limits.ts';
import { suggest } from '../../src/base/text.ts';
import type { Bench } from './bench.ts';
import { benches } from './benches.ts';
import { renderReport, type Report, REPORT_FORMAT, REPORT_VERSION } from './report.ts';
import { exitCodeOf, runBenches } from './run-benches.ts';

interface Options {
  readonly seconds?: string;
  readonly vcpus?: string;
  readonly json?: string;
}

const MAX_SECONDS = 600;
const DEFAULT_VCPUS = 512;
const HELP = `
Benches:
${benches.map(({ name, description }) => `  ${name.padEnd(15)}${description}`).join('\n')}

Goals are for a quiet machine. Nothing fails when one is missed.

Exit codes:
  0    every bench ran, whatever its figures
  1    a bench broke off
  2    bad input: nothing was started
  130  ended by Ctrl-C (SIGINT); the figures measured until then are printed
  129, 143  ended by SIGHUP, SIGTERM, likewise`;

const io = processConsole();
const say = (line: string): void => {
  io.stderr.write(`bench: ${line}\n`);
};

/** @returns the exit code */
async function main(names: readonly string[], options: Options): Promise<number> {
  const chosen = choose(names);
  const seconds = options.seconds === undefined ? null : parseSeconds(options.seconds);
  const vcpus = options.vcpus === undefined ? DEFAULT_VCPUS : parseVcpus(options.vcpus);
  const json = options.json === undefined ? null : new OutputFile('--json', options.json);
  const topology = readHostCpus();
  const startedAt = new Date().toISOString();
  const host = await describeHost(topology);
  const shutdown = new Shutdown({ salvage() {}, restore() {}, say });
  const reports = await runBenches(chosen, {
    host,
    native: loadNative,
    cpus: topology.recommendedCpus,
    seconds: (otherwise) => seconds ?? otherwise,
    vcpus,
    signal: shutdown.signal,
    say,
  });
  const report: Report = {
    format: REPORT_FORMAT,
    version: REPORT_VERSION,
    generator: { name: 'creditlab', version: packageVersion() },
    startedAt,
    host,
    benches: reports,
  };
  io.print(renderReport(report, styleFor(io.stdout)));
  json?.write(`${JSON.stringify(report, null, 2)}\n`);
  shutdown.dispose();
  return shutdown.exitCode ?? exitCodeOf(reports);
}

/** All, or those that are named, in the usual order. */
function choose(names: readonly string[]): readonly Bench[] {
  const known = benches.map(({ name }) => name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new LabError('BAD_OPTION', `there is no bench '${unknown}'`, { hint: suggest(unknown, known) });
  }
  return names.length === 0 ? benches : benches.filter(({ name }) => names.includes(name));
}

function parseSeconds(text: string): number {
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
  if (seconds > 0 && seconds <= MAX_SECONDS) return seconds;
  throw new LabError('BAD_OPTION', 'not a length that a measurement can have', {
    where: '--seconds',
    expected: `more than 0, at most ${MAX_SECONDS}`,
    got: `'${text}'`,
  });
}

function parseVcpus(text: string): number {
  const vcpus = /^\d+$/.test(text) ? Number(text) : NaN;
  if (vcpus >= 1 && vcpus <= MAX_VCPUS) return vcpus;
  throw new LabError('BAD_OPTION', 'not a number of vCPUs that a run can have', {
    where: '--vcpus',
    expected: `1 to ${MAX_VCPUS}`,
    got: `'${text}'`,
  });
}

const command = new Command('bench')
  .description('Measure what the lab promises on this machine, and print it beside the goals.')
  .argument('[names...]', 'which benches (default: all, about 17 minutes)')
  .option('--seconds <n>', 'length of each measurement, s (default: 10; 12 for caps, 5 for predict)')
  .option('--vcpus <n>', `how many vCPUs the bench decision-time starts (default: ${DEFAULT_VCPUS})`)
  .option('--json <file>', 'write the figures as JSON (default: not written)')
  .helpOption('-h, --help', 'print this help')
  .addHelpText('after', HELP)
  .exitOverride()
  .configureOutput({ outputError: (text) => say(text.trim().replace(/^error: /, '')) })
  .action(async (names: string[], options: Options) => io.exit(await main(names, options)));

try {
  await command.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // Commander has said it already.
    io.exit(error.exitCode === 0 ? ExitCode.ok : ExitCode.badInput);
  } else if (error instanceof LabError) {
    say(error.describe());
    io.exit(error.exitCode);
  } else {
    say(unexpectedError(error));
    io.exit(ExitCode.failed);
  }
}
