import type { Path, Source } from './source.ts';
import { longForm } from './schema.ts';
import { namesType } from './merge-scheduler.ts';
import { schedulerFromFlag } from './scheduler-flag.ts';
import { mistake } from './validate.ts';

interface WrittenRow {
  readonly label: string;
  readonly scheduler?: unknown;
}

/**
 * What rows of a lab keep of their schedulers although an option names another one, in sentences.
 * @param option the text of `--scheduler`
 * @param source the lab's scenario with the option over it
 * @throws LabError BAD_SCENARIO for an option, or a parameter in it, that no row takes
 */
export function keptSchedulers(option: string, source: Source, rows: readonly WrittenRow[]): string[] {
  const place = (path: Path) => source.locate(path, 'key');
  const naming = rows.filter(({ scheduler }) => namesType(scheduler));
  const open = rows.filter((row) => !naming.includes(row));
  if (open.length === 0) {
    throw mistake(place(['scheduler', 'type']), 'each row of this lab names its scheduler', {
      expected: 'a lab with a row that names none',
      got: `'${option}'`,
      hint: 'leave the option out: the rows compare schedulers',
    });
  }
  const notes = naming.length === 0 ? [] : [`${rowsKeep(naming)} the scheduler that is named there.`];
  for (const key of Object.keys(schedulerFromFlag(option, new Map(), false))) {
    if (key === 'type') continue;
    const setting = open.filter(({ scheduler }) => key in Object(longForm(scheduler)));
    if (setting.length === 0) continue;
    if (setting.length === open.length) {
      throw mistake(place(['scheduler', key]), `each row of this lab sets ${key} itself`, {
        expected: 'parameters that the rows leave open',
        got: `'${key}'`,
        hint: `leave ${key} out: the rows compare it`,
      });
    }
    notes.push(`${rowsKeep(setting)} the ${key} that is given there.`);
  }
  return notes;
}

function rowsKeep(rows: readonly WrittenRow[]): string {
  const labels = rows.map(({ label }) => `'${label}'`).join(', ');
  return rows.length === 1 ? `Row ${labels} keeps` : `Rows ${labels} keep`;
}
