import { Command, Option } from 'commander';
import {
  type ComparedRow,
  type ComparedScheduler,
  type Comparison,
  schedulersFor,
} from '../compare/comparison.ts';
import { figuresOf, type RunFigures } from '../compare/figures.ts';
import type { ComparisonResult } from '../compare/result.ts';
import { readHostCpus } from '../cpus/read-host-cpus.ts';
import { LabError } from '../base/errors.ts';
import { POLICY_TYPES } from '../policies.ts';
import { noiseWarning, speedWarning } from '../report/host-warnings.ts';
import { comparisonLines, repeatTitle, unsteadyWarnings } from '../report/repeat-lines.ts';
import { compareTable } from '../report/terminal/compare-table.ts';
import { createProgress } from '../report/terminal/progress.ts';
import { warningLines } from '../report/terminal/run-table.ts';
import { styleFor } from '../report/terminal/style.ts';
import { verdictSummary } from '../report/terminal/verdict-lines.ts';
import { textWidth, wrapItem, wrapText } from '../report/text-layout.ts';
import { compareRows } from '../result/compare-rows.ts';
import { unsteadySeries } from '../result/steadiness.ts';
import type { ScenarioFlags } from '../scenario/flag-source.ts';
import type { LabPlan } from '../scenario/lab.ts';
import { planScenario } from '../scenario/load.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { VerifyMode } from '../testbed/testbed.ts';
import type { Trace } from '../trace/trace.ts';
import { quietIf, type Console } from './console.ts';
import { schedulerHelp, VM_HELP } from './key-help.ts';
import { USUAL_LATENCY } from './latency-option.ts';
import {
  csvOption,
  jsonOption,
  paranoidOption,
  quietOption,
  verifyOption,
  wholeNumberOption,
} from './options.ts';
import { exitCodeOf } from './outcome.ts';
import { requireDistinct } from './output-file.ts';
import { htmlOption, Pictures, type PictureFlags } from './pictures.ts';
import { type KnownResult, type RecordedRow, Recorder, type OutputOptions } from './recorder.ts';
import { runRows } from './run-rows.ts';
import { withScenarioOptions } from './scenario-options.ts';
import { schedulerList } from './scheduler-list.ts';
import { simulateAll, simulateEach, vmInUnits } from './simulate-rows.ts';
import { traceOption, Tracing, type TraceFlags } from './tracing.ts';

interface CompareOptions extends ScenarioFlags, OutputOptions, TraceFlags, PictureFlags {
  readonly schedulers?: string;
  readonly repeat: string;
  readonly simulate?: boolean;
  readonly quiet?: boolean;
  readonly paranoid?: boolean;
  readonly verify: VerifyMode;
}

const EXAMPLES = `
Examples:
  creditlab compare workloads/scenarios/weights.yaml --schedulers credit,credit2,sedf
  creditlab compare workloads/scenarios/weights.yaml --schedulers credit,sedf --simulate --html compare.html`;

/** `creditlab compare [file]` */
export function compareCommand(io: Console): Command {
  const types = POLICY_TYPES.map(({ type }) => type).join(',');
  const command = new Command('compare')
    .summary('run a scenario under several schedulers')
    .description(
      'The same VMs under each scheduler, in virtual time and on real cores, in one table and one report. What ' +
        'a scheduler has no word for is translated, and the table says how.',
    );
  return withScenarioOptions(command)
    .option(
      '--schedulers <schedulers>',
      `which to compare, two at least: ${types}, or policy modules (required)`,
    )
    .addOption(
      new Option(
        '--repeat <n>',
        'how many times to run it under each on real cores, 1 to 1000; above 1 in rounds, each in a random order ' +
          'that --seed decides, else in the order of --schedulers',
      )
        .default('1', '1')
        .conflicts('simulate'),
    )
    .addOption(
      new Option(
        '--simulate',
        'in virtual time only, without the hardware; timers are late by up to 50us (default: off)',
      ).conflicts('paranoid'),
    )
    .addOption(jsonOption())
    .addOption(csvOption())
    .addOption(htmlOption())
    .addOption(traceOption())
    .addOption(quietOption())
    .addOption(paranoidOption())
    .addOption(verifyOption().conflicts('simulate'))
    .addHelpText('after', schedulerHelp(false) + VM_HELP + EXAMPLES)
    .action(async (file: string | undefined, options: CompareOptions) => {
      io.exit(await compare(quietIf(options.quiet, io), file, options));
    });
}

async function compare(io: Console, file: string | undefined, options: CompareOptions): Promise<number> {
  const repeat = wholeNumberOption('--repeat', options.repeat, 1, 1000);
  const types = await typesOf(options);
  const isSimulated = options.simulate === true;
  const host = { ...readHostCpus(), invented: isSimulated };
  const source = await planScenario(file, host, options);
  requireKnownTimes(source, isSimulated);
  const series = new Series(source, schedulersFor(source, types), isSimulated, repeat);
  const inputs = file === undefined ? [] : [file];
  const recorder = new Recorder(series.plan, (known) => series.result(known), options, inputs);
  series.rows = recorder.rows;
  const tracing = new Tracing(options, undefined, (row, trace) => {
    series.keep(row, trace);
  });
  const pictures = new Pictures(options);
  requireDistinct([...recorder.files, tracing.file, ...pictures.files], inputs);
  const outlets = {
    recorder,
    tracing,
    report: () => {
      printComparison(io, series);
    },
    draw: () => {
      const { host: machine, runCount, rows } = recorder;
      if (machine === null || runCount === 0) return null;
      return pictures.writeComparison(series.comparison(), rows, machine);
    },
    say: io.say,
  };
  const simulations = series.rowsOn('simulated').map((row) => ({ row, options: { latency: USUAL_LATENCY } }));
  const ended = isSimulated
    ? await simulateAll(simulations, outlets)
    : await runRows({
        ...outlets,
        progress: createProgress({
          stream: io.stderr,
          style: styleFor(io.stderr),
          quiet: options.quiet === true,
        }),
        rows: series.rowsOn('hardware'),
        before: (signal) => simulateEach(simulations, outlets, signal),
        repeat,
        paranoid: options.paranoid === true,
        verify: options.verify,
        ...io.testbed,
      });
  if (ended.writeFailure === null && pictures.reportPath !== null)
    io.print(`The report is in ${pictures.reportPath}: open it in a browser.\n`);
  return exitCodeOf(ended, recorder.rows, io.say);
}

async function typesOf({ schedulers }: CompareOptions): Promise<readonly string[]> {
  if (schedulers !== undefined) return schedulerList(schedulers);
  throw new LabError('BAD_OPTION', 'which schedulers are to be compared?', {
    where: '--schedulers',
    expected: `at least two of: ${POLICY_TYPES.map(({ type }) => type).join(', ')}`,
    got: 'nothing',
    hint: '--schedulers credit,credit2',
  });
}

/** @throws LabError BAD_OPTION */
function requireKnownTimes(source: Scenario, isSimulated: boolean): void {
  const vm = vmInUnits(source);
  if (!isSimulated || vm === null) return;
  throw new LabError('BAD_OPTION', "virtual time doesn't know how long a unit of work takes", {
    where: '--simulate',
    expected: 'work in CPU time, such as 3s',
    got: `the work of VM ${vm.name} in units`,
  });
}

/** What is run, and what is known of it. */
class Series {
  readonly plan: LabPlan;
  /** The recorder's, in the order of the plan. */
  rows: readonly RecordedRow[] = [];
  private readonly source: Scenario;
  private readonly planned: readonly {
    readonly scheduler: ComparedScheduler;
    readonly machine: ComparedRow['machine'];
  }[];
  private readonly repeat: number;
  private readonly figures = new Map<RecordedRow, (RunFigures | null)[]>();

  constructor(
    source: Scenario,
    schedulers: readonly ComparedScheduler[],
    isSimulated: boolean,
    repeat: number,
  ) {
    this.source = source;
    this.repeat = repeat;
    const machines: readonly ComparedRow['machine'][] = [
      // Work in units takes a time that only real cores know.
      ...(vmInUnits(source) === null ? (['simulated'] as const) : []),
      ...(isSimulated ? [] : (['hardware'] as const)),
    ];
    this.planned = schedulers.flatMap((scheduler) => machines.map((machine) => ({ scheduler, machine })));
    this.plan = {
      name: source.name,
      title: source.name,
      rows: this.planned.map(({ scheduler: { type, scenario }, machine }) => ({
        label: machine === 'simulated' ? `${type}, in virtual time` : type,
        scenario,
      })),
    };
  }

  rowsOn(machine: ComparedRow['machine']): RecordedRow[] {
    return this.rows.filter((_, i) => this.planned[i].machine === machine);
  }

  /** A run is over; what is compared of it is taken now, since its records may not be there for long. */
  keep(row: RecordedRow, trace: Trace | null): void {
    const known = this.figures.get(row) ?? [];
    known.push(trace === null ? null : figuresOf(this.source, trace));
    this.figures.set(row, known);
  }

  comparison(): Comparison {
    return {
      source: this.source,
      rows: this.rows.map((row, i) => ({
        ...this.planned[i],
        runs: row.runs,
        figures: row.runs.map((_, run) => this.figures.get(row)?.[run] ?? null),
      })),
    };
  }

  result({ generator, startedAt, host, rows }: KnownResult): ComparisonResult {
    const { source, planned, repeat } = this;
    const schedulers = [...new Set(planned.map(({ scheduler }) => scheduler))];
    return {
      format: 'creditlab-comparison',
      version: 1,
      generator,
      startedAt,
      host,
      scenario: source,
      complete: rows.every(({ runs }, i) => {
        const wanted = planned[i].machine === 'simulated' ? 1 : repeat;
        return runs.length >= wanted && runs.every(({ complete }) => complete);
      }),
      schedulers: schedulers.map(({ type, notes, scenario }) => ({ type, notes: [...notes], scenario })),
      runs: this.comparison().rows.flatMap(({ scheduler: { type }, runs, figures }) =>
        runs.map((run, i) => ({ scheduler: type, run, vms: vmsOf(source, figures[i]) })),
      ),
    };
  }
}

function vmsOf({ vms }: Scenario, figures: RunFigures | null): ComparisonResult['runs'][number]['vms'] {
  if (figures === null) return null;
  return vms.map(({ name }, vm) => ({
    name,
    errors: figures.errors[vm],
    wakeUps: figures.wakeUps[vm],
  }));
}

function printComparison(io: Console, series: Series): void {
  const comparison = series.comparison();
  if (comparison.rows.every(({ runs }) => runs.length === 0)) return;
  const style = styleFor(io.stdout);
  const width = textWidth(io.stdout);
  const measured = series.rowsOn('hardware').filter(({ runs }) => runs.length > 0);
  const repeated = measured.filter(({ runs }) => runs.length > 1);
  const runs = measured.flatMap(({ label, scenario, runs: own }) =>
    own.map((run) => ({ label, scenario, run })),
  );
  const warnings = [
    ...new Set(runs.flatMap(({ label, run }) => run.warnings.map((warning) => `${label}: ${warning}`))),
    ...[noiseWarning(runs), speedWarning(runs)].filter((warning) => warning !== null),
    ...unsteadyWarnings(unsteadySeries(repeated)),
  ];
  const title = repeated.length === 0 ? '' : `\n${wrapText(style.text(repeatTitle(repeated)), width)}`;
  const lines = comparisonLines(compareRows(repeated));
  const verdicts = verdictSummary(runs, style, width);
  const blocks = [
    `${style.bold(style.text(titleOf(comparison)))}${title}`,
    compareTable(comparison, style, width),
    ...(lines.length === 0 ? [] : [lines.map((line) => wrapItem(style.text(line), width)).join('\n')]),
    ...(warnings.length === 0 ? [] : [warningLines(warnings, style, width)]),
    ...(verdicts === '' ? [] : [verdicts]),
  ];
  io.print(`${blocks.join('\n\n')}\n`);
}

function titleOf({ source, rows }: Comparison): string {
  const types = [...new Set(rows.map(({ scheduler }) => scheduler.type))];
  const isSimulated = rows.every(({ machine }) => machine === 'simulated');
  const notes = isSimulated ? ['simulated', ...types] : types;
  return `${source.name} (${notes.join(', ')})`;
}
