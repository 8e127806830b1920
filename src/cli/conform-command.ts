import { Command } from 'commander';
import { conformFile } from '../conform/conform.ts';
import type { Conformance, ConformanceResult } from '../conform/conformance-schema.ts';
import { goldenPaths } from '../conform/golden-file.ts';
import { ExitCode } from '../base/errors.ts';
import { conformanceLine, differenceReport } from '../report/terminal/conformance.ts';
import { styleFor } from '../report/terminal/style.ts';
import { quietIf, type Console } from './console.ts';
import { quietOption } from './options.ts';
import { OutputFile, requireDistinct } from './output-file.ts';

interface ConformOptions {
  readonly keepGoing?: boolean;
  readonly json?: string;
  readonly quiet?: boolean;
}

const HELP = `
A golden file is a scenario with the trace that the genuine scheduler wrote for it. The simulator runs the scenario again,
and every switch, tick, accounting, steal, migration, park and unpark must be the same to the nanosecond and the credit, and so
must CPU times, completion times and counts; shares must lie in their bands.

Examples:
  creditlab conform test/golden
  creditlab conform test/golden --keep-going --json conformance.json
  creditlab sim workloads/scenarios/smp.yaml --golden smp.json && creditlab conform smp.json`;

/** `creditlab conform DIR…` */
export function conformCommand(io: Console): Command {
  return new Command('conform')
    .summary('compare the simulator with traces of the genuine scheduler')
    .description('Run golden files in virtual time and compare record for record.')
    .argument('<path...>', 'golden files (*.json, *.json.gz), or folders of them')
    .option('--keep-going', 'go on after a file that is different (default: stop there)')
    .option('--json <file>', 'write what was compared as JSON (default: not written)')
    .addOption(quietOption())
    .addHelpText('after', HELP)
    .action((paths: readonly string[], options: ConformOptions) => {
      io.exit(conformAll(quietIf(options.quiet, io), paths, options));
    });
}

function conformAll(io: Console, args: readonly string[], options: ConformOptions): number {
  const json = options.json === undefined ? null : new OutputFile('--json', options.json);
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
  io.print(`${same}${skipped === 0 ? '' : `; ${String(skipped)} were not compared (--keep-going does)`}`);
  const result: ConformanceResult = {
    format: 'creditlab-conformance',
    version: 1,
    fileCount: paths.length,
    files,
  };
  json?.write(`${JSON.stringify(result, null, 2)}\n`);
  return different === 0 ? ExitCode.ok : ExitCode.failed;
}
