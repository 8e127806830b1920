import { Command } from 'commander';
import { conformFile } from '../conform/conform.ts';
import type { Conformance, ConformanceResult } from '../conform/conformance-schema.ts';
import { goldenPaths } from '../conform/golden-file.ts';
import { ExitCode, LabError } from '../base/errors.ts';
import { conformanceLine, differenceReport } from '../report/terminal/conformance.ts';
import { styleFor } from '../report/terminal/style.ts';
import { quietIf, type Console } from './console.ts';
import { withGoldenOptions, writeGoldenFile, type GoldenFlags } from './golden-options.ts';
import { quietOption } from './options.ts';
import { OutputFile, requireDistinct } from './output-file.ts';
import { schedulerHelp, VM_HELP } from './key-help.ts';

interface ConformOptions extends GoldenFlags {
  readonly keepGoing?: boolean;
  readonly json?: string;
  readonly quiet?: boolean;
}

const HELP = `
A golden file is a scenario with the trace that the genuine scheduler wrote for it. The simulator runs the scenario
again, and every record must be the same to the nanosecond and the credit, and so must CPU times, completion times
and counts; shares must lie in their bands. With --write it is this simulator that writes one.

Examples:
  creditlab conform test/golden
  creditlab conform test/golden --keep-going --json conformance.json
  creditlab conform --write weights.json workloads/scenarios/weights.yaml && creditlab conform weights.json
  creditlab conform --write two.json --until all --duration 20s --vm A --vm B:weight=512`;

/** The options of comparing. */
const COMPARING = ['keepGoing', 'json'];
const EITHER = ['quiet'];

/** `creditlab conform DIR…` and `creditlab conform --write FILE` */
export function conformCommand(io: Console): Command {
  const command = new Command('conform')
    .summary('compare the simulator with traces of the genuine scheduler')
    .description('Run golden files in virtual time and compare record for record.')
    .argument(
      '[path...]',
      'golden files (*.json, *.json.gz), or folders of them; with --write a scenario file',
    )
    .option('--keep-going', 'go on after a file that is different (default: stop there)')
    .option('--json <file>', 'write what was compared as JSON (default: not written)')
    .addOption(quietOption());
  return withGoldenOptions(command)
    .addHelpText('after', schedulerHelp(true) + VM_HELP + HELP)
    .action(async (paths: readonly string[], options: ConformOptions) => {
      io.exit(await conform(quietIf(options.quiet, io), paths, options));
    });
}

async function conform(io: Console, paths: readonly string[], options: ConformOptions): Promise<number> {
  const { write } = options;
  const given = Object.keys(options).filter((option) => !EITHER.includes(option));
  if (write === undefined) {
    refuse(
      given.filter((option) => !COMPARING.includes(option)),
      'only --write takes that',
      'name the file to write: --write FILE',
    );
    return conformAll(io, paths, options);
  }
  refuse(
    given.filter((option) => COMPARING.includes(option)),
    'nothing is compared with --write',
    'leave it out',
  );
  await writeGoldenFile(paths, write, options);
  io.print(`${write} was written`);
  return ExitCode.ok;
}

function conformAll(io: Console, args: readonly string[], options: ConformOptions): number {
  const json = options.json === undefined ? null : new OutputFile('--json', options.json);
  if (args.length === 0) {
    throw new LabError('BAD_OPTION', 'there is nothing to compare', {
      expected: 'golden files, or folders of them',
      hint: 'creditlab conform test/golden',
    });
  }
  const paths = goldenPaths(args);
  requireDistinct([json], paths);
  const style = styleFor(io.stdout);
  const files: (Conformance & { file: string })[] = [];
  for (const file of paths) {
    const result = conformFile(file);
    files.push({ file, ...result });
    io.print(conformanceLine(result, style));
    if (result.matches) continue;
    io.print(differenceReport(result, style));
    if (options.keepGoing !== true) break;
  }
  const different = files.filter(({ matches }) => !matches).length;
  const skipped = paths.length - files.length;
  const same = `${String(files.length - different)} of ${String(paths.length)} files are the same`;
  io.print(skipped === 0 ? same : `${same}; ${String(skipped)} were not compared (--keep-going does)`);
  const result: ConformanceResult = {
    format: 'creditlab-conformance',
    version: 2,
    fileCount: paths.length,
    files,
  };
  json?.write(`${JSON.stringify(result, null, 2)}\n`);
  return different === 0 ? ExitCode.ok : ExitCode.failed;
}

/** @param options by field, as commander calls them */
function refuse(options: readonly string[], message: string, hint: string): void {
  if (options.length === 0) return;
  const option = options[0].replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  throw new LabError('BAD_OPTION', message, { where: `--${option}`, hint });
}
