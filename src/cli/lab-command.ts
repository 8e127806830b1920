import { Command } from 'commander';
import { noiseWarning } from '../analysis/noise.ts';
import { readTopology } from '../host/topology.ts';
import { speedWarning } from '../analysis/speed.ts';
import { labFindings } from '../report/findings.ts';
import type { MeasuredRow } from '../report/lab-row.ts';
import { labTable } from '../report/lab-table.ts';
import { createProgress } from '../report/progress.ts';
import { runReport, warningLines } from '../report/run-table.ts';
import { styleFor, type Style } from '../report/style.ts';
import { renderTable } from '../report/table.ts';
import { listLabs, loadLab } from '../scenario/builtin-labs.ts';
import type { LabPlan } from '../scenario/lab.ts';
import { conduct } from './conduct.ts';
import type { Console } from './console.ts';
import { csvOption, jsonOption, paranoidOption, pcpusOption, quietOption, seedOption } from './options.ts';
import { exitCodeOf } from './outcome.ts';
import { Recorder, type OutputOptions } from './recorder.ts';

interface LabOptions extends OutputOptions {
  readonly pcpus?: string;
  readonly seed?: string;
  readonly quiet?: boolean;
  readonly paranoid?: boolean;
}

/** `creditlab lab [name]` */
export function labCommand(io: Console): Command {
  return new Command('lab')
    .summary('list the ready-made labs, or run one')
    .description('Without a name, list the ready-made labs. With one, run it and explain what was seen.')
    .argument('[name]', "a ready-made lab, or the path of one's own lab file")
    .addOption(pcpusOption("the lab's own"))
    .addOption(seedOption("the lab's own"))
    .addOption(jsonOption())
    .addOption(csvOption())
    .addOption(quietOption())
    .addOption(paranoidOption())
    .action(async (name: string | undefined, options: LabOptions) => {
      io.exit(name === undefined ? list(io) : await runLab(io, name, options));
    });
}

function list(io: Console): number {
  const style = styleFor(io.stdout);
  const columns = [
    { title: 'lab', align: 'left' as const },
    { title: 'runs' },
    { title: '', align: 'left' as const },
  ];
  const rows = listLabs().map(({ name, rows: runs, title }) => [name, String(runs), title]);
  io.print(renderTable(columns, rows, style));
  return 0;
}

async function runLab(io: Console, name: string, options: LabOptions): Promise<number> {
  const plan = loadLab(name, readTopology(), options);
  const recorder = new Recorder(plan, 'lab', options, [name]);
  const style = styleFor(io.stdout);
  const quiet = options.quiet === true;
  const progress = createProgress({ stream: io.stderr, style: styleFor(io.stderr), quiet });
  const conducted = await conduct({
    recorder,
    progress,
    repeat: 1,
    paranoid: options.paranoid === true,
    say: io.say,
    ...io.lab,
  });
  if (recorder.runCount > 0) {
    const rows = recorder.rows.map(({ label, scenario, runs }) => ({
      label,
      scenario,
      run: runs.at(0) ?? null,
    }));
    io.print(`${report(plan, rows, style)}\n`);
  }
  return exitCodeOf(conducted, recorder.rows, io.say);
}

function report(plan: LabPlan, rows: readonly MeasuredRow[], style: Style): string {
  const head = [style.bold(plan.title), ...(plan.description === undefined ? [] : [plan.description])].join(
    '\n',
  );
  const [first] = rows;
  if (rows.length === 1 && first.run !== null) {
    return [head, runReport(first.scenario, first.run, style)].join('\n\n');
  }
  const warnings = rows.flatMap(({ label, run }) =>
    (run?.warnings ?? []).map((warning) => `${label}: ${warning}`),
  );
  const noise = noiseWarning(rows.flatMap(({ label, run }) => (run === null ? [] : [{ label, run }])));
  if (noise !== null) warnings.push(noise);
  const speed = speedWarning(rows.flatMap(({ scenario, run }) => (run === null ? [] : [{ scenario, run }])));
  if (speed !== null) warnings.push(speed);
  const blocks = [head, labTable(rows, style), labFindings(rows).map(style.text).join('\n')];
  if (warnings.length > 0) blocks.push(warningLines(warnings, style));
  return blocks.join('\n\n');
}
