/** The place of the interactive timeline, and what it shows in figures for those who can't see or use it. */
import { formatNs } from '../format.ts';
import { quantileOfSorted } from '../../analysis/quantiles.ts';
import type { PolicyTerms, Reading } from '../../core/policy-terms.ts';
import { slicesOf, staysOf, type Slice } from '../../trace/timeline.ts';
import type { Trace } from '../../trace/trace.ts';
import { html, NOTHING, when, type Html } from './html.ts';
import { type HtmlRow, runName } from './input.ts';
import type { TimelineData } from './view-data.ts';

const BUTTONS: readonly (readonly [action: string, label: string, name: string])[] = [
  ['zoom-in', '+', 'Zoom in'],
  ['zoom-out', '−', 'Zoom out'],
  ['left', '←', 'Earlier'],
  ['right', '→', 'Later'],
  ['start', '⇤', 'To the beginning'],
  ['end', '⇥', 'To the end'],
  ['all', 'all', 'The whole run'],
];

export function timelineSection(
  rows: readonly HtmlRow[],
  timelines: readonly TimelineData[],
  policies: readonly PolicyTerms[],
): Html {
  if (timelines.length === 0) return NOTHING;
  const isMeasured = timelines.some(({ pcpus }) => pcpus.some(({ stays }) => stays !== null));
  const missing = rows.flatMap(({ traces }) => traces).filter((trace) => trace === null).length;
  const lanes = isMeasured ? ': above as the scheduler meant it, below as it was on the core' : '';
  const missingRuns = missing === 1 ? '1 run is' : `${missing} runs are`;
  const selectClass = timelines.length > 1 ? '' : 'hidden';
  return html`<section aria-labelledby="timeline-title">
    <h2 id="timeline-title">Timeline</h2>
    <p>
      Per pCPU who ran when${lanes}.
      ${policies.map((policy) => readingsText(policy, policies.length > 1)).join(' ')} Where slices are
      narrower than a pixel, a column shows how its time was divided.
    </p>
    ${when(
      missing > 0,
      () => html`<p class="no">${missingRuns} not shown: not all that was recorded could be kept.</p>`,
    )}
    <div id="timeline" class="timeline" hidden>
      ${toolbar(
        html`<label class="${selectClass}"
          >Run
          <select id="timeline-select">
            ${timelines.map(({ title }, i) => html`<option value="${i}">${title}</option>`)}
          </select></label
        >`,
        'timeline-canvas',
      )}
      ${canvas('', 'Timeline of the run')} ${whatIsTold()} ${besideCanvas('')}
    </div>
    ${NEEDS_SCRIPT}
    <details>
      <summary>All runs in figures</summary>
      ${rows.flatMap(({ label, traces, simulated = [] }) => [
        ...traces.flatMap((trace, i) =>
          trace === null ? [] : [sliceTable(runName(label, i, traces.length), trace)],
        ),
        ...simulated.slice(0, 1).map((trace) => sliceTable(`${label}, in virtual time`, trace)),
      ])}
    </details>
  </section>`;
}

export const NEEDS_SCRIPT = html`<noscript
  ><p class="no">The timeline needs JavaScript. The tables don't.</p></noscript
>`;

/** @param first what stands before the buttons @param canvases the ids of what they are for */
export function toolbar(first: Html, canvases: string): Html {
  return html`<div class="toolbar" role="toolbar" aria-label="Timeline" aria-controls="${canvases}">
    ${first}
    ${BUTTONS.map(
      ([action, label, name]) =>
        html`<button type="button" data-action="${action}" aria-label="${name}" title="${name}">
          ${label}
        </button>`,
    )}
    <output id="timeline-range"></output>
  </div>`;
}

/** @param suffix of the ids of what belongs to one of several timelines */
export function canvas(suffix: string, label: string): Html {
  return html`<canvas
    id="timeline-canvas${suffix}"
    tabindex="0"
    role="application"
    aria-label="${label}"
    aria-describedby="timeline-keys"
  ></canvas>`;
}

/** The tip, the line that is read out, and the keys: once for all timelines. */
export function whatIsTold(): Html {
  return html`<div id="timeline-tip" class="tip" aria-hidden="true" hidden></div>
    <p id="timeline-live" class="live" aria-live="polite"></p>
    <p id="timeline-keys" class="muted keys">
      Wheel or <kbd>+</kbd> <kbd>−</kbd> zoom, dragging or <kbd>←</kbd> <kbd>→</kbd> move, <kbd>Home</kbd>
      <kbd>End</kbd> go to the ends, <kbd>0</kbd> shows all. <kbd>Shift</kbd>+<kbd>←</kbd> <kbd>→</kbd> step
      from slice to slice, <kbd>↑</kbd> <kbd>↓</kbd> from lane to lane, <kbd>Enter</kbd> zooms to the slice,
      <kbd>Esc</kbd> lets it go.
    </p>`;
}

/** What is missing in a timeline, and its slices for those who can't see it. */
export function besideCanvas(suffix: string): Html {
  return html`<p id="timeline-note${suffix}" class="no" hidden></p>
    <details id="timeline-list${suffix}" class="slices">
      <summary>Slices in view, as a table</summary>
      <div class="scroll"></div>
    </details>`;
}

/** What the lanes of vCPUs show. */
export function readingsText({ type, vcpuReadings, records }: PolicyTerms, isOneOfSeveral: boolean): string {
  const levels = vcpuReadings.filter(({ kind }) => kind === 'level').map(levelName);
  const bars = vcpuReadings.flatMap(({ kind, key, classes = [] }) =>
    kind === 'class' ? [`its ${key}, from high to low ${listed(classes.map(({ name }) => name))}`] : [],
  );
  const marks = records.flatMap(({ mark }) => mark ?? []);
  const lane = levels.length === 0 ? 'a lane' : `its ${listed(levels)}`;
  const foot = bars.length === 0 ? '' : `, and the bar at the foot is ${listed(bars)}`;
  const under = isOneOfSeveral ? `Of the ${type} scheduler: under` : 'Under';
  return [
    `${under} it each vCPU has ${lane} on the same time axis;`,
    `hatched while it is parked${foot}.`,
    ...(marks.length === 0 ? [] : [`Thin vertical lines are ${listed(marks)}.`]),
  ].join(' ');
}

/** `credits`, which says what it is; `deadline (ms)` */
function levelName({ key, unit }: Reading): string {
  if (unit === '') return key;
  return unit.startsWith(key) ? unit : `${key} (${unit})`;
}

function listed(words: readonly string[]): string {
  return words.length < 2
    ? words.join('')
    : `${words.slice(0, -1).join(', ')} and ${words[words.length - 1]}`;
}

export function sliceTable(title: string, trace: Trace): Html {
  const slices = slicesOf(trace).flat();
  const stays = staysOf(trace).flat();
  const isMeasured = trace.header.machine === 'hardware';
  const endings = trace.header.policy.reasons.filter(({ value }) =>
    slices.some(({ endReason }) => endReason === value),
  );
  return html`<div class="scroll">
    <table>
      <caption>
        ${title}
      </caption>
      <thead>
        <tr>
          <th scope="col">vCPU</th>
          <th scope="col">slices</th>
          <th scope="col">meant</th>
          ${when(isMeasured, () => html`<th scope="col">on the core</th>`)}
          <th scope="col">median slice</th>
          ${endings.map(({ title: name, lossTitle }) => html`<th scope="col">${lossTitle ?? name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${trace.header.vcpus.map(({ id }, vcpu) => {
          const own = slices.filter((slice) => slice.vcpu === vcpu);
          const onCoreNs = total(stays.filter((stay) => stay.vcpu === vcpu));
          return html`<tr>
            <th scope="row">${id}</th>
            <td>${own.length}</td>
            <td>${formatNs(total(own))}</td>
            ${when(isMeasured, () => html`<td>${formatNs(onCoreNs)}</td>`)}
            <td>${formatNs(medianLength(own))}</td>
            ${endings.map(
              ({ value }) => html`<td>${own.filter(({ endReason }) => endReason === value).length}</td>`,
            )}
          </tr>`;
        })}
      </tbody>
    </table>
  </div>`;
}

function total(spans: readonly { readonly fromNs: number; readonly toNs: number }[]): number {
  return spans.reduce((sum, { fromNs, toNs }) => sum + toNs - fromNs, 0);
}

function medianLength(slices: readonly Slice[]): number {
  return quantileOfSorted(Float64Array.from(slices, ({ fromNs, toNs }) => toNs - fromNs).sort(), 0.5);
}
