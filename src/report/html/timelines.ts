/** The timelines of several schedulers under one another, on one time axis. */
import type { PolicyTerms } from '../../core/policy-terms.ts';
import type { Comparison, ComparedRow } from '../../compare/comparison.ts';
import type { Trace } from '../../trace/trace.ts';
import { machineWord, movementsText } from '../compare-text.ts';
import { html, NOTHING, type Html } from './html.ts';
import { VM_COLORS } from './plot.ts';
import {
  besideCanvas,
  canvas,
  NEEDS_SCRIPT,
  readingsText,
  sliceTable,
  toolbar,
  whatIsTold,
} from './timeline.ts';

export interface ShownTrace {
  readonly title: string;
  readonly row: ComparedRow;
  readonly trace: Trace;
}

/** The last run of each row that is recorded. */
export function shownTraces(
  { rows }: Comparison,
  tracesOf: readonly (readonly (Trace | null)[])[],
): ShownTrace[] {
  return rows.flatMap((row, i) => {
    const traces = tracesOf[i];
    const at = traces.findLastIndex((trace) => trace !== null);
    const trace = traces[at] ?? null;
    if (trace === null) return [];
    const which = traces.length > 1 ? `, run ${String(at + 1)} of ${String(traces.length)}` : '';
    return [{ title: `${row.scheduler.type}, ${machineWord(row)}${which}`, row, trace }];
  });
}

export function timelinesSection(
  { source }: Comparison,
  shown: readonly ShownTrace[],
  policies: readonly PolicyTerms[],
): Html {
  if (shown.length === 0) return NOTHING;
  const isMeasured = shown.some(({ row }) => row.machine === 'hardware');
  const lanes = isMeasured ? '; of what was measured above as the scheduler meant it, below as it was' : '';
  const ids = shown.map((_, i) => `timeline-canvas-${String(i)}`).join(' ');
  return html`<section aria-labelledby="timeline-title">
    <h2 id="timeline-title">Timelines</h2>
    <p>
      Per pCPU who ran when${lanes}. All have one time axis: what zooms or moves one, moves all. Where slices
      are narrower than a pixel, a column shows how its time was divided.
    </p>
    <ul class="legend">
      ${source.vms.map(
        ({ name }, vm) => html`<li><span class="swatch vm-${vm % VM_COLORS}"></span>${name}</li>`,
      )}
    </ul>
    <div id="timeline" class="timeline" hidden>
      ${toolbar(html`<label><input type="checkbox" id="timeline-readings" />readings of vCPUs</label>`, ids)}
      ${shown.map(({ title, row }, i) => {
        const suffix = `-${String(i)}`;
        return html`<div class="one-of-several">
          <h3>${title} <small class="muted">${movementsText([row])}</small></h3>
          ${canvas(suffix, `Timeline: ${title}`)} ${besideCanvas(suffix)}
        </div>`;
      })}
      ${whatIsTold()}
    </div>
    ${NEEDS_SCRIPT}
    <details>
      <summary>What the readings are</summary>
      ${policies.map((policy) => html`<p>${readingsText(policy, true)}</p>`)}
    </details>
    <details>
      <summary>All of them in figures</summary>
      ${shown.map(({ title, trace }) => sliceTable(title, trace))}
    </details>
  </section>`;
}
