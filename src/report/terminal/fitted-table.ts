/**
 * Tables that keep to the width of a terminal: what says nothing goes, then what is said at length, then what matters
 * least.
 */
import type { Style } from './style.ts';
import { renderTable, type TableColumn } from './table.ts';

export interface FittedColumn extends TableColumn {
  /** a cell per line */
  readonly cells: readonly string[];
  /** What it says in fewer words, where there is no room for all. */
  readonly short?: { readonly title?: string; readonly cells?: readonly string[] };
  /** Where there is no room even so, the least goes first; absent: it stays. */
  readonly keep?: number;
  /** It is there only if the whole table fits with it, and isn't missed otherwise. */
  readonly isExtra?: boolean;
}

/**
 * A table without the columns that are empty in every line, in short where it doesn't fit, and without as many others
 * as it takes. What had to go for want of room is named below it.
 * @param columns one at least
 * @param width in characters
 */
export function fittedTable(columns: readonly FittedColumn[], width: number, style: Style): string {
  const all = columns.filter(({ cells }) => cells.some((cell) => cell !== '–' && cell !== ''));
  const telling = all.filter(({ isExtra = false }) => !isExtra);
  for (const whole of [all, telling].map((each) => render(each, style)))
    if (widthOf(whole) <= width) return whole;
  const shown = telling.map((column) => ({ ...column, ...column.short }));
  const left: FittedColumn[] = [];
  let table = render(shown, style);
  while (widthOf(table) > width) {
    const least = Math.min(...shown.map(({ keep = Infinity }) => keep));
    if (least === Infinity) break;
    left.push(
      ...shown.splice(
        shown.findIndex(({ keep }) => keep === least),
        1,
      ),
    );
    table = render(shown, style);
  }
  if (left.length === 0) return table;
  const titles = left.map(({ title }) => title);
  return `${table}\n${style.dim(style.text(`no room for: ${titles.join(', ')}`))}`;
}

/** How wide the widest line of a text is on a terminal. */
export function widthOf(text: string): number {
  // eslint-disable-next-line no-control-regex -- colours take no room
  const plain = text.replace(/\u001b\[[\d;]*m/g, '');
  return Math.max(...plain.split('\n').map((line) => line.length));
}

/** Whether a column says the same in every line, so that it can be spared first. */
export function isConstant(cells: readonly string[]): boolean {
  return cells.every((cell) => cell === cells[0]);
}

function render(columns: readonly FittedColumn[], style: Style): string {
  const [{ cells }] = columns;
  return renderTable(
    columns,
    cells.map((_, line) => columns.map((column) => column.cells[line])),
    style,
  );
}
