/** The allocation error by how long one looks: a line for each scheduler, and the same in figures. */
import { WINDOWS_NS } from '../../analysis/allocation-error.ts';
import { comparedVms, type ComparedRow, type Comparison, meanErrors } from '../../compare/comparison.ts';
import { formatDuration } from '../../scenario/duration.ts';
import { bySchedulers, machineWord, missingWindows } from '../compare-text.ts';
import { html, NOTHING, when, type Html } from './html.ts';
import { axisFromZero, ticksOf, VM_COLORS, type Axis } from './plot.ts';

const HEIGHT = 280;
/** Pixels of the axis of time below. */
const FOOT = 22;
const TOP = 10;
const [SHORTEST] = WINDOWS_NS;
const DECADES = Math.log10(WINDOWS_NS[WINDOWS_NS.length - 1] / SHORTEST);

/** Around 0:0, 9 pixels wide: schedulers aren't told apart by colours alone. */
const MARKERS = [
  'M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0Z',
  'M-3.7 -3.7H3.7V3.7H-3.7Z',
  'M0 -5.2L5.2 0L0 5.2L-5.2 0Z',
  'M0 -5L4.8 3.6H-4.8Z',
  'M0 5L4.8 -3.6H-4.8Z',
  'M-1.5 -4.5H1.5V-1.5H4.5V1.5H1.5V4.5H-1.5V1.5H-4.5V-1.5H-1.5Z',
] as const;

interface Line {
  readonly row: ComparedRow;
  /** which of the schedulers, from 0 */
  readonly scheduler: number;
  readonly errors: ReadonlyMap<number, number>;
}

export function errorSection(comparison: Comparison): Html {
  const lines = bySchedulers(comparison).flatMap(({ rows }, scheduler) =>
    rows.map((row): Line => ({ row, scheduler, errors: meanErrors(row) })),
  );
  const drawn = lines.filter(({ errors }) => errors.size > 0);
  if (drawn.length === 0) return NOTHING;
  const missing = missingWindows(comparison, WINDOWS_NS).map(formatDuration);
  return html`<section aria-labelledby="errors">
    <h2 id="errors">How even, over how long</h2>
    <p>
      A scheduler hands a CPU out in slices, so a VM has its share only over a while. A window of each length
      slides over the run; where a VM wanted to run all the time, what it had in the window is held against
      what the file owed it then. Here is how far that is apart on average, in percent of what was owed; a
      line is the mean over the VMs.
    </p>
    ${when(
      missing.length > 0,
      () => html`<p>No VM wanted to run for ${missing.join(', ')} at a time: the lines end before.</p>`,
    )}
    <ul class="legend">
      ${drawn.map(
        (line) =>
          html`<li>
            <svg class="key ${colorOf(line)}" aria-hidden="true">
              <line class="${styleOf(line)}" x1="0" x2="100%" y1="50%" y2="50%" />
              ${marker(line, '50%', '50%')}</svg
            >${nameOf(line.row)}
          </li>`,
      )}
    </ul>
    ${plotOf(drawn)}
    <details>
      <summary>The same as a table, and for each VM</summary>
      ${table(drawn)}
    </details>
  </section>`;
}

function plotOf(lines: readonly Line[]): Html {
  const axis = axisFromZero(
    lines.flatMap(({ errors }) => [...errors.values()]),
    '%',
  );
  const bottom = HEIGHT - FOOT;
  const ticks = ticksOf(axis);
  return html`<svg
    class="errors"
    role="img"
    aria-label="Allocation error by the length of the window; the table below has the figures"
  >
    ${ticks.map((tick, i) => {
      const unit = i === ticks.length - 1 ? ' %' : '';
      const at = yOf(axis, tick);
      return html`<line class="grid" x1="0" x2="100%" y1="${at}" y2="${at}" />
        <text x="-8" y="${at + 4}" text-anchor="end">${Number(tick.toPrecision(6))}${unit}</text>`;
    })}
    ${WINDOWS_NS.map((ns, i) => {
      const at = xOf(ns);
      const isDecade = i % 3 === 0;
      return html`<line class="grid" x1="${at}" x2="${at}" y1="${TOP}" y2="${bottom}" /> ${when(
          isDecade,
          () => html`<text x="${at}" y="${HEIGHT - 6}" text-anchor="middle">${spaced(ns)}</text>`,
        )}`;
    })}
    ${lines.map((line) => lineOf(line, axis))}
  </svg>`;
}

function lineOf(line: Line, axis: Axis): Html {
  const points = [...line.errors].map(([ns, percent]) => ({
    ns,
    percent,
    x: xOf(ns),
    y: yOf(axis, percent),
  }));
  return html`<g class="${colorOf(line)}">
    ${points
      .slice(1)
      .map(
        ({ x, y }, i) =>
          html`<line class="${styleOf(line)}" x1="${points[i].x}" y1="${points[i].y}" x2="${x}" y2="${y}" />`,
      )}
    ${points.map(({ ns, percent, x, y }) =>
      marker(line, x, String(y), `${nameOf(line.row)}: ${percent.toFixed(1)} % over ${spaced(ns)}`),
    )}
  </g>`;
}

/** An svg of its own, since its place is a part of the width and its shape isn't. */
function marker(line: Line, x: string, y: string, title = ''): Html {
  return html`<svg class="marker" x="${x}" y="${y}">
    <path class="${styleOf(line)}" d="${MARKERS[line.scheduler % MARKERS.length]}" />
    ${when(title !== '', () => html`<title>${title}</title>`)}
  </svg>`;
}

function styleOf({ row }: Line): string {
  return row.machine === 'simulated' ? 'virtual' : 'real';
}

function colorOf({ scheduler }: Line): string {
  return `vm-${String(scheduler % VM_COLORS)}`;
}

function xOf(ns: number): string {
  const part = Math.log10(ns / SHORTEST) / DECADES;
  return `${(100 * part).toFixed(3)}%`;
}

function yOf({ from, to }: Axis, percent: number): number {
  const part = (percent - from) / (to - from);
  return Number((HEIGHT - FOOT - part * (HEIGHT - FOOT - TOP)).toFixed(1));
}

/** `100 ms` */
function spaced(ns: number): string {
  return formatDuration(ns).replace(/(\d)([a-z])/, '$1\u00a0$2');
}

function nameOf({ scheduler, machine }: ComparedRow): string {
  return `${scheduler.type}, ${machineWord({ machine })}`;
}

function table(lines: readonly Line[]): Html {
  const lengths = WINDOWS_NS.filter((ns) => lines.some(({ errors }) => errors.has(ns)));
  const cells = (errors: ReadonlyMap<number, number>): Html[] =>
    lengths.map((ns) => html`<td>${errors.get(ns)?.toFixed(1) ?? '–'}</td>`);
  return html`<div class="scroll">
    <table class="dense">
      <caption>
        Error in percent of what was owed, by the length of the window
      </caption>
      <thead>
        <tr>
          <th scope="col">run</th>
          <th scope="col" class="name">VM</th>
          ${lengths.map((ns) => html`<th scope="col">${spaced(ns)}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${lines.flatMap(({ row, errors }) => [
          html`<tr class="first">
            <th scope="row">${nameOf(row)}</th>
            <td class="name">mean</td>
            ${cells(errors)}
          </tr>`,
          ...comparedVms(row).map(
            ({ name, errors: own }, vm) =>
              html`<tr>
                <th scope="row"></th>
                <td class="name"><span class="swatch vm-${vm % VM_COLORS}"></span>${name}</td>
                ${cells(own)}
              </tr>`,
          ),
        ])}
      </tbody>
    </table>
  </div>`;
}
