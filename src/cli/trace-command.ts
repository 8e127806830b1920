import { Command, Option } from 'commander';
import { ExitCode } from '../base/errors.ts';
import { gantt } from '../report/terminal/gantt.ts';
import { columnsOf, textWidth } from '../report/text-layout.ts';
import { styleFor, type Style } from '../report/terminal/style.ts';
import { latencyText, stateTable, summaryTables, traceHead } from '../report/terminal/trace-tables.ts';
import { whyText } from '../report/terminal/why-text.ts';
import { readTraces } from '../trace/file-reader.ts';
import { intentToFact } from '../trace/latency.ts';
import { runStatesOf } from '../trace/run-states.ts';
import { summarizeTrace } from '../trace/summary.ts';
import { traceSummaryFile } from '../trace/summary-file.ts';
import type { Trace } from '../trace/trace.ts';
import { explain } from '../trace/words/why.ts';
import type { Window } from '../trace/window.ts';
import { has, rowsIn } from '../trace/window.ts';
import { recordWords } from '../trace/words/record-words.ts';
import { instant } from '../trace/words/words.ts';
import { Column, WIDTH } from '../trace/record.ts';
import { joined, refusalOf } from './attempt.ts';
import { quietIf, type Console } from './console.ts';
import { quietOption, wholeNumberOption } from './options.ts';
import { OutputFile, requireDistinct } from './output-file.ts';
import { chromeOption, perfettoOption, Pictures, type PictureFlags } from './pictures.ts';
import { stepsOption, stepsText, type StepsFlags } from './steps-option.ts';
import { collect } from './scenario-options.ts';
import { timeInTrace, vcpusNamed, windowOf, type TraceFilters } from './trace-filters.ts';

interface TraceOptions extends TraceFilters, StepsFlags, Pick<PictureFlags, 'perfetto' | 'chrome'> {
  readonly run: string;
  readonly records?: boolean;
  readonly why?: readonly string[];
  readonly gantt?: boolean;
  readonly json?: string;
  readonly quiet?: boolean;
}

const MOST_RUNS_LISTED = 20;

const EXAMPLES = `
Without --records, --why, --gantt or --steps: what each VM and pCPU did, the run states of each vCPU, and the latency
from decision to fact.

Examples:
  creditlab trace run.trace.gz
  creditlab trace run.trace.gz --gantt --from 1s --to 1.5s
  creditlab trace run.trace.gz --why A@1.234s
  creditlab trace run.trace.gz --records --vm A --from 1.2s --to 1.3s`;

/** `creditlab trace FILE` */
export function traceCommand(io: Console): Command {
  return new Command('trace')
    .summary('look into a recorded trace')
    .description(
      'Show what a trace (run --trace FILE) tells: what was decided and why, and what the cores made of it.',
    )
    .argument('<file>', 'trace file')
    .addOption(new Option('--run <n>', 'which of the runs in the file, counted from 1').default('1', '1'))
    .option('--vm <name>', 'only this VM or vCPU, as in A or A/v0; may be repeated (default: all)', collect)
    .option('--pcpu <list>', 'only these host CPUs, as in 0-1 or 0,2 (default: all)')
    .option('--from <time>', 'only from this time on, as in 1.5s (default: from the beginning)')
    .option('--to <time>', 'only up to this time (default: to the end)')
    .option(
      '--why <[vm@]time>',
      'say why each vCPU, or those of this VM, or this vCPU, ran or did not then, as in 1.2s, A@1.2s or ' +
        'A/v0@1.2s; may be repeated (default: none)',
      collect,
    )
    .option('--gantt', 'draw who was on which pCPU when, and the credits (default: off)')
    .addOption(stepsOption('the run'))
    .option('--records', 'list the records, in words (default: off)')
    .option('--json <file>', 'write summary, run states and latency as JSON (default: not written)')
    .addOption(perfettoOption('this run'))
    .addOption(chromeOption('this run'))
    .addOption(quietOption())
    .addHelpText('after', EXAMPLES)
    .action((file: string, options: TraceOptions) => {
      io.exit(showTrace(quietIf(options.quiet, io), file, options));
    });
}

function showTrace(io: Console, file: string, options: TraceOptions): number {
  const json = options.json === undefined ? null : new OutputFile('--json', options.json);
  const pictures = new Pictures(options);
  requireDistinct([json, ...pictures.files], [file]);
  const traces = readTraces(file);
  const trace = traceNumbered(traces, options.run);
  const window = windowOf(trace, options);
  const style = styleFor(io.stdout);
  const view: View = { trace, window, style, width: textWidth(io.stdout), columns: columnsOf(io.stdout) };
  const explanations = (options.why ?? []).map((text) => whyBlock(view, text));
  const chosen = [
    ...explanations,
    ...(options.gantt === true ? [ganttBlock(view)] : []),
    ...(options.steps === true ? [stepsText(trace, view.width, style)] : []),
    ...(options.records === true ? [recordBlock(view)] : []),
  ];
  const blocks = chosen.length > 0 ? chosen : summaryBlocks(view);
  io.print([...headBlocks(view, traces), ...blocks].join('\n\n'));
  const refusal = joined([
    refusalOf(() => json?.write(`${JSON.stringify(traceSummaryFile(trace, window), null, 2)}\n`)),
    pictures.export(trace),
  ]);
  if (refusal !== null) throw refusal;
  return ExitCode.ok;
}

interface View {
  readonly trace: Trace;
  readonly window: Window;
  readonly style: Style;
  /** of text */
  readonly width: number;
  /** of pictures */
  readonly columns: number;
}

function traceNumbered(traces: readonly Trace[], text: string): Trace {
  return traces[wholeNumberOption('--run', text, 1, traces.length) - 1];
}

function headBlocks({ trace, window, style }: View, traces: readonly Trace[]): string[] {
  const head = traceHead(trace, traces.length, window, style);
  if (traces.length === 1) return [head];
  const runs = traces.slice(0, MOST_RUNS_LISTED).map((each, i) => {
    const mark = each === trace ? '*' : ' ';
    return `${mark} --run ${i + 1}  ${each.header.label}, run ${each.header.run}`;
  });
  const rest = traces.length - runs.length;
  const lines = [`The file has ${traces.length} runs:`, ...runs, ...(rest > 0 ? [`  and ${rest} more`] : [])];
  return [lines.map(style.text).join('\n'), head];
}

function summaryBlocks({ trace, window, style }: View): string[] {
  return [
    summaryTables(trace, summarizeTrace(trace, window), window, style),
    stateTable(trace, runStatesOf(trace, window), style),
    latencyText(intentToFact(trace, window), style),
  ];
}

function ganttBlock({ trace, window, style, columns }: View): string {
  const chosen = (count: number, set: ReadonlySet<number> | null): number[] =>
    Array.from({ length: count }, (_, i) => i).filter((i) => has(set, i));
  return gantt(trace, {
    fromNs: window.fromNs,
    toNs: window.toNs,
    width: columns,
    style,
    vcpus: chosen(trace.header.vcpus.length, window.vcpus),
    pcpus: chosen(trace.header.scenario.pcpus.length, window.pcpus),
  });
}

/** @param text `1.2s`, `A@1.2s` or `A/v0@1.2s` */
function whyBlock({ trace, window, style, width }: View, text: string): string {
  const at = text.lastIndexOf('@');
  const atNs = timeInTrace(trace, '--why', text.slice(at + 1));
  const vcpus =
    at < 0
      ? trace.header.vcpus.flatMap((_, vcpu) => (has(window.vcpus, vcpu) ? [vcpu] : []))
      : vcpusNamed(trace, '--why', text.slice(0, at));
  return explain(trace, vcpus, atNs)
    .map((explanation) => whyText(explanation, width, style))
    .join('\n\n');
}

function recordBlock({ trace, window, style }: View): string {
  const lines = rowsIn(trace, window).map((row) => {
    const when = instant(trace.rows[row * WIDTH + Column.timeNs]).padEnd(INSTANT_WIDTH);
    return style.text(`${when}  ${recordWords(trace, row)}`);
  });
  return lines.length === 0 ? 'No record in this part of the trace.' : lines.join('\n');
}

const INSTANT_WIDTH = '0.000 000 s'.length;
