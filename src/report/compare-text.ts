/** What terminal and page say of a comparison in the same words. */
import {
  comparedVms,
  type ComparedRow,
  type ComparedScheduler,
  type Comparison,
  movementsOf,
} from '../compare/comparison.ts';

/** Rows of one scheduler, in their order. */
export interface SchedulerRows {
  readonly scheduler: ComparedScheduler;
  readonly rows: readonly ComparedRow[];
}

export function bySchedulers({ rows }: Comparison): SchedulerRows[] {
  const schedulers = [...new Set(rows.map(({ scheduler }) => scheduler))];
  return schedulers.map((scheduler) => ({
    scheduler,
    rows: rows.filter((row) => row.scheduler === scheduler),
  }));
}

export function machineWord({ machine }: Pick<ComparedRow, 'machine'>): string {
  return machine === 'simulated' ? 'simulated' : 'measured';
}

/** `33.2 switches and 0 migrations a second (simulated: 33.0 and 0)`; what was measured comes first. */
export function movementsText(rows: readonly ComparedRow[]): string {
  const ran = rows
    .flatMap((row) => {
      const movements = movementsOf(row);
      return movements === null ? [] : [{ row, movements }];
    })
    .sort((a, b) => a.row.machine.localeCompare(b.row.machine));
  if (ran.length === 0) return 'did not run';
  const [first, ...others] = ran;
  const { switches, migrations } = first.movements;
  const text = `${rate(switches)} switches and ${rate(migrations)} migrations a second`;
  const rest = others.map(
    ({ row, movements }) =>
      `${machineWord(row)}: ${rate(movements.switches)} and ${rate(movements.migrations)}`,
  );
  return rest.length === 0 ? text : `${text} (${rest.join('; ')})`;
}

export function rate(perSecond: number): string {
  return perSecond === 0 || perSecond >= 100 ? perSecond.toFixed(0) : perSecond.toFixed(1);
}

/** How the file's weights and caps were taken over, in sentences. */
export function translationTexts({ notes, made, scenario: { vms } }: ComparedScheduler): string[] {
  const values = made?.map((text, i) => `${vms[i].name}: ${text}`);
  return [
    ...notes.map((note) => `${note}.`),
    ...(values === undefined ? [] : [`${distinct(values).join('; ')}.`]),
  ].map(capitalized);
}

/** A list that says the same of all needs to say it once. */
function distinct(values: readonly string[]): readonly string[] {
  return [...new Set(values)];
}

/** A name at its beginning stays as it is. */
function capitalized(text: string): string {
  return /^[a-z]+( |,)/.test(text) ? `${text[0].toUpperCase()}${text.slice(1)}` : text;
}

/** Lengths of windows of which no VM has any: the run is too short, or nobody wants to run for so long. */
export function missingWindows({ rows }: Comparison, lengthsNs: readonly number[]): number[] {
  const found = new Set(rows.flatMap((row) => comparedVms(row).flatMap(({ errors }) => [...errors.keys()])));
  return found.size === 0 ? [] : lengthsNs.filter((ns) => !found.has(ns));
}

/** Why there may be less to see than asked for, in sentences. */
export function shortfalls({ rows }: Comparison): string[] {
  const figures = rows.flatMap((row) => row.figures);
  return [
    ...(rows.every(({ machine }) => machine === 'hardware')
      ? ["Nothing is simulated: virtual time doesn't know how long a unit of work takes."]
      : []),
    ...(figures.includes(null)
      ? ['Of some runs too much was recorded to be kept: their errors and waits are missing.']
      : []),
    ...(figures.some((each) => each?.isOfEnd === true)
      ? ['Of some runs only the newest records were kept: their errors and waits are those of the end.']
      : []),
  ];
}
