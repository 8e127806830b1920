/** How a capped VM goes on and off: as the simulation predicts it, and as it was on the cores. */
import {
  fingerprintOf,
  foldedPattern,
  onSpellsOf,
  type Fingerprint,
  type OnSpell,
} from '../../trace/fingerprint.ts';
import type { Trace } from '../../trace/trace.ts';
import { html, NOTHING, type Html } from './html.ts';
import { VM_COLORS } from './plot.ts';
import type { HtmlRow } from './input.ts';

interface Capped {
  readonly name: string;
  readonly vm: number;
  readonly cap: number;
  readonly measured: Pattern | null;
  readonly predicted: Pattern | null;
}

interface Pattern extends Fingerprint {
  /** of each run */
  readonly runs: readonly (readonly OnSpell[])[];
}

/** A pattern is shown for so many of its periods. */
const PERIODS = 2.5;
const BINS = 300;

export function fingerprintSection(rows: readonly HtmlRow[]): Html {
  const capped = rows.flatMap(cappedVms);
  if (capped.length === 0) return NOTHING;
  return html`<section aria-labelledby="fingerprints">
    <h2 id="fingerprints">Fingerprints of caps</h2>
    <p>
      A capped VM goes on and off: it is on until accounting finds it too deep in debt, and then off, parked,
      until accountings have paid the debt. (While it waits for others it is on: that isn't the cap's doing.)
      All its spells are laid on one another at the moment when it comes on; the height is how often it was on
      so long after. Capped VMs that were hardly ever parked are left out.
    </p>
    <ul class="legend">
      <li>
        <svg class="key" aria-hidden="true">
          <rect class="predicted" x="10%" y="15%" width="80%" height="70%" /></svg
        >predicted, in virtual time
      </li>
      <li>
        <svg class="key vm-none" aria-hidden="true">
          <line class="measured" x1="10%" x2="90%" y1="50%" y2="50%" /></svg
        >measured
      </li>
    </ul>
    <div class="grid">${capped.map(figureOf)}</div>
    ${table(capped)}
  </section>`;
}

function cappedVms({ label, scenario, traces, simulated = [] }: HtmlRow): Capped[] {
  const recorded = traces.filter((trace) => trace !== null);
  const measuredTraces = recorded.filter(({ header }) => header.machine === 'hardware');
  const predictedTraces = [...recorded.filter(({ header }) => header.machine === 'simulated'), ...simulated];
  return scenario.vms.flatMap(({ name, cap = 0 }, vm) => {
    if (cap === 0) return [];
    const measured = patternOf(measuredTraces, vm, 'fact');
    const predicted = patternOf(predictedTraces, vm, 'intent');
    if (measured === null && predicted === null) return [];
    return [{ name: `${label}: ${name}`, vm, cap, measured, predicted }];
  });
}

/** Null where the VM wasn't parked twice: then no spell is whole. */
function patternOf(traces: readonly Trace[], vm: number, source: 'intent' | 'fact'): Pattern | null {
  // The first spell begins with the VM, or the trace, and not with an unparking: how long it is doesn't tell the cap.
  const runs = traces.map((trace) => onSpellsOf(trace, vm, source).slice(1));
  const fingerprint = fingerprintOf(runs);
  return fingerprint.onNs.length === 0 ? null : { ...fingerprint, runs };
}

function figureOf({ name, vm, cap, measured, predicted }: Capped): Html {
  const spanNs = spanOf(measured, predicted);
  const drawn = (pattern: Pattern | null): readonly number[] =>
    pattern === null ? [] : [...foldedPattern(pattern.runs, spanNs, BINS)];
  const stepMs = spanNs < 250e6 ? 30 : spanNs < 500e6 ? 60 : Math.ceil(spanNs / 1e6 / 5 / 60) * 60;
  const ticks = Array.from({ length: Math.floor(spanNs / 1e6 / stepMs) + 1 }, (_, i) => i * stepMs);
  const at = (ms: number): string => `${((100 * ms * 1e6) / spanNs).toFixed(3)}%`;
  const spoken = [
    ...(measured === null ? [] : [`measured ${typical(measured)}`]),
    ...(predicted === null ? [] : [`predicted ${typical(predicted)}`]),
  ].join(' · ');
  const lastAtEnd = 0.94 * (spanNs / 1e6);
  return html`<figure class="fingerprint">
    <figcaption>
      <strong>${name}</strong>, cap ${cap} %<br />
      ${spoken}
    </figcaption>
    <svg class="fold" role="img" aria-label="${name}: how often it was on so long after it came on">
      ${ticks.map((ms) => html`<line class="grid" x1="${at(ms)}" x2="${at(ms)}" y1="0" y2="80" />`)}
      <svg viewBox="0 -1 ${BINS} 1" preserveAspectRatio="none" x="0" y="4" width="100%" height="72">
        <path class="predicted" d="${areaPath(drawn(predicted))}" />
        <path class="measured vm-${vm % VM_COLORS}" d="${stepPath(drawn(measured))}" />
      </svg>
      <line class="base" x1="0" x2="100%" y1="76.5" y2="76.5" />
      ${ticks.map((ms) => {
        const text = ms === 0 ? '0 ms' : ms;
        const anchor = ms === 0 ? 'start' : ms > lastAtEnd ? 'end' : 'middle';
        return html`<text x="${at(ms)}" y="92" text-anchor="${anchor}">${text}</text>`;
      })}
    </svg>
  </figure>`;
}

function spanOf(measured: Pattern | null, predicted: Pattern | null): number {
  const { typicalOnNs = 0, typicalOffNs = 0 } = predicted ?? measured ?? {};
  const wanted = PERIODS * (typicalOnNs + typicalOffNs);
  // A run must be longer than the span, or there is nothing to lay on one another.
  const longest = [measured, predicted].flatMap((pattern) =>
    pattern === null
      ? []
      : [Math.max(...pattern.runs.map((spells) => (spells.at(-1)?.fromNs ?? 0) - (spells[0]?.fromNs ?? 0)))],
  );
  return Math.min(wanted, ...longest);
}

function typical({ typicalOnNs, typicalOffNs }: Fingerprint): string {
  return `${ms(typicalOnNs)} on, ${ms(typicalOffNs)} off`;
}

function ms(ns: number): string {
  return `${(ns / 1e6).toFixed(1)}\u00a0ms`;
}

function stepPath(values: readonly number[]): string {
  const steps = values.map((value, i) => `${i} ${height(value)}H${i + 1}`);
  return steps.length === 0 ? '' : `M${steps.join('L')}`;
}

function areaPath(values: readonly number[]): string {
  if (values.length === 0) return '';
  return `M0 0${values.map((value, i) => `L${i} ${height(value)}H${i + 1}`).join('')}L${values.length} 0Z`;
}

function height(value: number): string {
  return String(-Number(value.toFixed(3)));
}

function table(capped: readonly Capped[]): Html {
  const cells = (pattern: Pattern | null): Html =>
    pattern === null
      ? html`<td>–</td>
          <td>–</td>
          <td>–</td>`
      : html`<td>${pattern.onNs.length}</td>
          <td>${ms(pattern.typicalOnNs)}</td>
          <td>${ms(pattern.typicalOffNs)}</td>`;
  return html`<details>
    <summary>The same as a table</summary>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">VM</th>
            <th scope="col">cap</th>
            ${['measured', 'predicted'].map(
              (what) =>
                html`<th scope="col">${what} spells</th>
                  <th scope="col">on (median)</th>
                  <th scope="col">off (median)</th>`,
            )}
          </tr>
        </thead>
        <tbody>
          ${capped.map(
            ({ name, cap, measured, predicted }) =>
              html`<tr>
                <th scope="row">${name}</th>
                <td>${cap} %</td>
                ${cells(measured)}${cells(predicted)}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </details>`;
}
