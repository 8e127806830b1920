import { Command } from 'commander';
import type { Calibration } from '../testbed/testbed.ts';
import { formatNs } from '../report/format.ts';
import { readHostCpus } from '../cpus/read-host-cpus.ts';
import { renderTable } from '../report/terminal/table.ts';
import { checkMark } from '../report/terminal/cells.ts';
import { styleFor, type Style } from '../report/terminal/style.ts';
import { builtinNames, isBuiltin, kindOf, sizesOf } from '../workload/catalogue.ts';
import { loadWorkload } from '../workload/load.ts';
import { resolveWorkload } from '../workload/resolve.ts';
import { resolveSize } from '../workload/size.ts';
import { MAX_SEED, MAX_SIZE } from '../scenario/limits.ts';
import { closeWithin, openHardware } from './run-rows.ts';
import { quietIf, type Console } from './console.ts';
import { quietOption, seedOption, wholeNumberOption } from './options.ts';
import { Shutdown } from './shutdown.ts';

interface WorkloadOptions {
  readonly size?: string;
  readonly seed?: string;
  readonly quiet?: boolean;
}

/** `creditlab workloads [name]` */
export function workloadsCommand(io: Console): Command {
  return new Command('workloads')
    .summary('list the workloads, or measure one on this machine')
    .description(
      'Without a name, list the built-in workloads. With one, measure how fast it is alone on a core.',
    )
    .argument('[workload]', "a built-in workload, the path of a module, or a package's name")
    .option('--size <n>', "problem size, in the workload's own measure (default: the workload's own)")
    .addOption(seedOption('1'))
    .addOption(quietOption())
    .action(async (name: string | undefined, options: WorkloadOptions) => {
      const out = quietIf(options.quiet, io);
      io.exit(name === undefined ? await list(out) : await calibrate(out, name, options));
    });
}

async function list(io: Console): Promise<number> {
  const style = styleFor(io.stdout);
  const left = 'left' as const;
  const rows: string[][] = [];
  for (const name of builtinNames) {
    const { description = '', defaultSize, sizes } = await loadWorkload(name, process.cwd());
    const range = sizes === undefined ? '' : `${String(sizes.min)} to ${String(sizes.max)}`;
    rows.push([
      name,
      kindOf(name),
      defaultSize === undefined ? '–' : String(defaultSize),
      range,
      description,
    ]);
  }
  const columns = [
    { title: 'workload', align: left },
    { title: 'kind', align: left },
    { title: 'size' },
    { title: 'sizes' },
    { title: '', align: left },
  ];
  io.print(renderTable(columns, rows, style));
  return 0;
}

async function calibrate(io: Console, name: string, options: WorkloadOptions): Promise<number> {
  const size = options.size === undefined ? null : wholeNumberOption('--size', options.size, 1, MAX_SIZE);
  const seed = options.seed === undefined ? 1 : wholeNumberOption('--seed', options.seed, 0, MAX_SEED);
  const url = resolveWorkload(name, process.cwd());
  if (isBuiltin(name) && size !== null) resolveSize({ name, sizes: sizesOf(name) }, size);
  const { recommendedCpus } = readHostCpus();
  const shutdown = new Shutdown({ salvage() {}, restore() {}, say: io.say });
  const testbed = await (io.testbed.open ?? openHardware)({ pcpus: recommendedCpus.slice(0, 1) });
  try {
    const calibration = await testbed.calibrate({ spec: name, url, size }, seed);
    if (shutdown.exitCode !== null) return shutdown.exitCode;
    io.print(calibrationTable(name, calibration, styleFor(io.stdout)));
    return 0;
  } finally {
    await closeWithin(testbed);
    shutdown.dispose();
  }
}

function calibrationTable(name: string, calibration: Calibration, style: Style): string {
  const { size, unitsPerSecond, nsPerUnit, spreadPercent, samples, units, checksumOk } = calibration;
  const rows = [
    ['workload', name],
    ['size', String(size)],
    ['units per second', unitsPerSecond.toFixed(1)],
    ['time per unit', formatNs(nsPerUnit)],
    ['ns per unit', nsPerUnit.toFixed(0)],
    ['spread (interquartile range)', `${spreadPercent.toFixed(2)} %`],
    ['samples', `${String(samples)} (${String(units)} units)`],
    ['verified', checkMark(checksumOk, style)],
  ];
  return renderTable([{ title: '', align: 'left' }, { title: '' }], rows, style).replace(/^\n/, '');
}
