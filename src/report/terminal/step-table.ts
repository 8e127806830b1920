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

function table(lines: readonly Line[], width: number, style: Style): string {
  const isNew = (place: number, same: (a: ComparedStep, b: ComparedStep) => boolean): boolean =>
    place === 0 || !same(lines[place - 1].step, lines[place].step);
  const sameChange = (a: ComparedStep, b: ComparedStep): boolean => a.change.atNs === b.change.atNs;
  const sameVm = (a: ComparedStep, b: ComparedStep): boolean => sameChange(a, b) && a.vm === b.vm;
  const said = (same: typeof sameVm, say: (step: ComparedStep) => string): string[] =>
    lines.map(({ step }, place) => (isNew(place, same) ? say(step) : ''));
  const cells = lines.map(({ figures }) => stepCells(figures));
  return fittedTable(
    [
      { title: 'at', cells: said(sameChange, ({ change }) => changeInstant(change.atNs)) },
      { title: 'change', align: 'left', cells: said(sameChange, ({ change }) => change.text), keep: 2 },
      { title: 'VM', align: 'left', cells: said(sameVm, ({ vm }) => vm) },
      { title: '', align: 'left', cells: lines.map(({ how }) => how) },
      ...STEP_COLUMNS.map(({ key, title }) => ({
        title,
        cells: cells.map((each) => each[key]),
        ...(key === 'pattern' && { keep: 1 }),
      })),
    ],
    width,
    style,
  );
}
