/** What each change in a run did to the shares: `--steps`. */
import type { ComparedStep, RunChange, VmStep } from '../../trace/steps.ts';
import { changeInstant, STEP_COLUMNS, stepCells } from '../step-text.ts';
import { wrapText } from '../text-layout.ts';
import { fittedTable } from './fitted-table.ts';
import type { Style } from './style.ts';

export interface StepTableInput {
  /** all of the run */
  readonly changes: readonly RunChange[];
  readonly steps: readonly ComparedStep[];
  /** False: a simulation, and so nothing to hold it against. */
  readonly isMeasured: boolean;
}

interface Line {
  readonly step: ComparedStep;
  readonly how: string;
  readonly figures: VmStep | null;
}

/** @param width in characters */
export function stepTable(
  { changes, steps, isMeasured }: StepTableInput,
  width: number,
  style: Style,
): string {
  const title = style.bold('What the changes did');
  if (changes.length === 0) return `${title}\nNothing was changed while it ran.`;
  const lines = steps.flatMap((step): Line[] =>
    isMeasured
      ? [
          { step, how: 'measured', figures: step.measured },
          { step, how: 'simulated', figures: step.simulated },
        ]
      : [{ step, how: '', figures: step.measured }],
  );
  const without = changes.filter(({ atNs }) => steps.every(({ change }) => change.atNs !== atNs));
  const which = without.map(({ atNs, text }) => `${text} (${changeInstant(atNs)})`);
  const remark = `No share that changed by more than 1 point, or too little time to tell: ${which.join(', ')}.`;
  return [
    title,
    ...(lines.length > 0 ? [table(lines, width, style)] : []),
    ...(without.length > 0 ? [style.dim(style.text(wrapText(remark, width)))] : []),
  ].join('\n');
}

/** Under the words for each change what it did, VM by VM. */
function table(lines: readonly Line[], width: number, style: Style): string {
  const begins = lines.map(
    ({ step: { change } }, i) => i === 0 || lines[i - 1].step.change.atNs !== change.atNs,
  );
  const cells = lines.map(({ figures }) => stepCells(figures));
  const [head, ...rest] = fittedTable(
    [
      {
        title: 'VM',
        align: 'left',
        cells: lines.map(({ step }, i) => (begins[i] || lines[i - 1].step.vm !== step.vm ? step.vm : '')),
      },
      { title: '', align: 'left', cells: lines.map(({ how }) => how) },
      ...STEP_COLUMNS.map(({ key, title }) => ({
        title,
        cells: cells.map((each) => each[key]),
        ...(key === 'pattern' && { keep: 1 }),
      })),
    ],
    width,
    style,
  ).split('\n');
  const body = rest.flatMap((line, i) => {
    if (begins[i] !== true) return [line];
    const { atNs, text } = lines[i].step.change;
    return [style.text(wrapText(`${changeInstant(atNs)}: ${text}`, width)), line];
  });
  return [head, ...body].join('\n');
}
