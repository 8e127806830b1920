import { fstatSync, statSync } from 'node:fs';
import { Command, Option } from 'commander';
import { compareRows } from '../result/compare-rows.ts';
import { noiseWarning, speedWarning } from '../report/host-warnings.ts';
import { LabError } from '../base/errors.ts';
import type { VerifyMode } from '../testbed/testbed.ts';
import { readHostCpus } from '../cpus/read-host-cpus.ts';
import { unsteadySeries } from '../result/steadiness.ts';
import { labFindings } from '../report/findings.ts';
import { labExplanation, labIntroduction } from '../report/terminal/lab-text.ts';
import { columnsOf, textWidth, wrapItem, wrapText } from '../report/text-layout.ts';
import { measuredRow, type MeasuredRow, isAboutShares, schedulersOf, titled } from '../report/lab-row.ts';
import { labTable } from '../report/terminal/lab-table.ts';
import { createProgress } from '../report/terminal/progress.ts';
import { comparisonLines, repeatTitle, unsteadyWarnings } from '../report/repeat-lines.ts';
import { runReport, warningLines } from '../report/terminal/run-table.ts';
import { shareTable } from '../report/terminal/share-table.ts';
import { styleFor, type Style } from '../report/terminal/style.ts';
import { renderTable } from '../report/terminal/table.ts';
import { verdictSummary } from '../report/terminal/verdict-lines.ts';
import { listLabs, planLab } from '../scenario/builtin-labs.ts';
import type { LabPlan } from '../scenario/lab.ts';
import { runRows } from './run-rows.ts';
import { quietIf, type Console } from './console.ts';
import {
  csvOption,
  jsonOption,
  paranoidOption,
  pcpusOption,
  quietOption,
  seedOption,
  verifyOption,
  wholeNumberOption,
} from './options.ts';
import { schedulerHelp } from './key-help.ts';
import { exitCodeOf } from './outcome.ts';
import { requireDistinct } from './output-file.ts';
import { drawing, htmlOption, Pictures, type PictureFlags } from './pictures.ts';
import { Recorder, type OutputOptions } from './recorder.ts';
import { withSchedulerOption } from './scenario-options.ts';
import { simulateRows } from './simulate-rows.ts';
import { traceOption, Tracing, type TraceFlags } from './tracing.ts';

interface TestbedOptions extends OutputOptions, TraceFlags, PictureFlags {
  readonly pcpus?: string;
  readonly seed?: string;
  readonly scheduler?: string;
  readonly repeat: string;
  readonly quiet?: boolean;
  readonly paranoid?: boolean;
  readonly verify: VerifyMode;
  readonly simulate?: boolean;
}

/** `creditlab lab [name]` */
export function labCommand(io: Console): Command {
  const command = new Command('lab')
    .summary('list the ready-made labs, or run one')
    .description(
      'Without a name, list the ready-made labs. With one, say what to predict, run it, and explain what was seen.',
    )
    .argument('[lab]', "a ready-made lab, or the path of one's own lab file")
    .addOption(pcpusOption("the lab's own"))
    .addOption(seedOption("the lab's own"));
  return withSchedulerOption(command, "the lab's own; a row that names one keeps it")
    .addOption(
      new Option(
        '--repeat <n>',
        'how many times to run each row, 1 to 1000; above 1 in rounds, each in a random order that --seed ' +
          'decides, else in the order of the file',
      )
        .default('1', '1')
        .conflicts('simulate'),
    )
    .addOption(jsonOption())
    .addOption(csvOption())
    .addOption(htmlOption())
    .addOption(traceOption())
    .addOption(quietOption())
    .addOption(paranoidOption())
    .addOption(verifyOption().conflicts('simulate'))
    .addOption(
      new Option(
        '--simulate',
        'run it in virtual time, without the hardware; timers are late by up to 50us (default: off)',
      ).conflicts('paranoid'),
    )
    .addHelpText('after', schedulerHelp(false).trimEnd())
    .action(async (name: string | undefined, options: TestbedOptions) => {
      if (name === undefined) requireNoOption(command);
      io.exit(name === undefined ? list(io) : await runLab(quietIf(options.quiet, io), name, options));
    });
}

/** Without a lab's name the options would do nothing, so the user forgot the name. */
function requireNoOption(command: Command): void {
  const given = command.options.find(
    (option) => command.getOptionValueSource(option.attributeName()) === 'cli',
  );
  if (given === undefined) return;
  throw new LabError('BAD_OPTION', 'there is no lab to run', {
    where: given.long ?? given.flags,
    expected: 'the name of a lab',
    hint: "'creditlab lab' lists them",
  });
}

function list(io: Console): number {
  const style = styleFor(io.stdout);
  const columns = [
    { title: 'lab', align: 'left' as const },
    { title: 'runs' },
    { title: '', align: 'left' as const },
  ];
  const labs = listLabs();
  const nameWidth = Math.max(...labs.map(({ name }) => name.length));
  const width = textWidth(io.stdout) - nameWidth - '  runs  '.length;
  const rows = labs.map(({ name, rows: runs, title, question }) => {
    const asked = question === undefined ? [] : [style.dim(wrapText(style.text(question), width))];
    return [name, String(runs), [wrapText(style.text(title), width), ...asked].join('\n')];
  });
  io.print(renderTable(columns, rows, style));
  return 0;
}

async function runLab(io: Console, name: string, options: TestbedOptions): Promise<number> {
  const repeat = wholeNumberOption('--repeat', options.repeat, 1, 1000);
  const isSimulated = options.simulate === true;
  const plan = await planLab(name, { ...readHostCpus(), invented: isSimulated }, { ...options });
  const recorder = new Recorder(plan, 'lab', options, [name], repeat);
  const tracing = new Tracing(options);
  const pictures = new Pictures(options);
  requireDistinct([...recorder.files, tracing.file, ...pictures.files], [name]);
  const style = styleFor(io.stdout);
  const quiet = options.quiet === true;
  const width = textWidth(io.stdout);
  const isTalkative = !isStandardOutput(options.json);
  const head = [
    labHead(plan, isSimulated, width, style),
    ...schedulerNotes(plan, options, width, style),
  ].join('\n');
  const introduction = labIntroduction(plan, width, style);
  if (isTalkative) io.print(`${[head, introduction].filter((part) => part !== '').join('\n\n')}\n`);
  const progress = createProgress({ stream: io.stderr, style: styleFor(io.stderr), quiet });
  const { title, description } = plan;
  const texts = { ...plan, ...(description !== undefined && { description }) };
  const outlets = {
    recorder,
    tracing,
    report: printRows,
    draw: drawing(recorder, pictures, { title, texts }),
    say: io.say,
  };
  const ended = isSimulated
    ? await simulateRows(outlets)
    : await runRows({
        ...outlets,
        progress,
        repeat,
        paranoid: options.paranoid === true,
        verify: options.verify,
        ...io.testbed,
      });
  if (ended.writeFailure === null && pictures.reportPath !== null)
    io.print(`The report is in ${pictures.reportPath}: open it in a browser.\n`);
  return exitCodeOf(ended, recorder.rows, io.say);

  function printRows(): void {
    if (recorder.runCount === 0) return;
    const rows = recorder.rows.map(({ label, scenario, runs }) =>
      repeat === 1 ? { label, scenario, run: runs.at(0) ?? null } : measuredRow(label, scenario, runs),
    );
    if (!isTalkative) io.print(`${head}\n`);
    io.print(`${report(rows, style, columnsOf(io.stdout))}\n`);
    const explanation = labExplanation(plan, width, style);
    if (isTalkative && explanation !== '') io.print(`${explanation}\n`);
  }
}

function labHead(plan: LabPlan, isSimulated: boolean, width: number, style: Style): string {
  const { title, description, rows } = plan;
  const schedulers = schedulersOf(rows.map(({ scenario }) => scenario));
  const lines = [style.bold(style.text(titled(title, isSimulated, schedulers)))];
  if (description !== undefined) lines.push(wrapText(style.text(description), width));
  return lines.join('\n');
}

/** What an option for the scheduler leaves as it is, and what it makes doubtful. */
function schedulerNotes(
  { notes = [], predict, explanation }: LabPlan,
  { scheduler }: TestbedOptions,
  width: number,
  style: Style,
): string[] {
  if (scheduler === undefined) return [];
  const hasTexts = predict !== undefined || explanation !== undefined;
  const doubt = 'What this lab says of its results is about the scheduler in its file.';
  return [...notes, ...(hasTexts ? [doubt] : [])].map((note) => wrapText(style.text(note), width));
}

function report(rows: readonly MeasuredRow[], style: Style, columns: number): string {
  const width = textWidth({ columns });
  const prose = (sentences: readonly string[]) =>
    sentences.map((sentence) => wrapItem(style.text(sentence), width)).join('\n');
  const [first] = rows;
  const runs = rows.flatMap(({ label, scenario, run, repeats = run === null ? [] : [run] }) =>
    repeats.map((each) => ({ label, scenario, run: each })),
  );
  const repeated = rows.flatMap(({ label, scenario, repeats }) =>
    repeats === undefined ? [] : [{ label, scenario, runs: repeats }],
  );
  if (rows.length === 1 && repeated.length === 0 && first.run !== null)
    return runReport(first.scenario, first.run, style, columns);
  const warnings = rows.flatMap(({ label, run }) =>
    (run?.warnings ?? []).map((warning) => `${label}: ${warning}`),
  );
  const noise = noiseWarning(runs);
  if (noise !== null) warnings.push(noise);
  const speed = speedWarning(runs);
  if (speed !== null) warnings.push(speed);
  warnings.push(...unsteadyWarnings(unsteadySeries(repeated)));
  const hasShares = isAboutShares(rows);
  const table = (hasShares ? shareTable : labTable)(rows, style, columns);
  const title =
    repeated.length === 0 ? '' : `${style.bold(wrapText(style.text(repeatTitle(repeated)), width))}\n`;
  const blocks = [title + table];
  const findings = hasShares ? [] : labFindings(rows);
  if (findings.length > 0) blocks.push(prose(findings));
  const comparisons = comparisonLines(compareRows(repeated));
  if (comparisons.length > 0) blocks.push(prose(comparisons));
  if (warnings.length > 0) blocks.push(warningLines(warnings, style, width));
  const verdicts = verdictSummary(runs, style, width);
  if (verdicts !== '') blocks.push(verdicts);
  return blocks.join('\n\n');
}

/** Whether a result file is standard output itself, so that a program reads it. */
function isStandardOutput(path: string | undefined): boolean {
  if (path === undefined) return false;
  try {
    const [file, stdout] = [statSync(path), fstatSync(1)];
    return file.dev === stdout.dev && file.ino === stdout.ino;
  } catch {
    return false;
  }
}
