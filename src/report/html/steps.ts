/** What each change in a run did to the shares. */
import type { ComparedStep, VmStep } from '../../trace/steps.ts';
import { changeInstant, STEP_COLUMNS, stepCells } from '../step-text.ts';
import { html, NOTHING, when, type Html } from './html.ts';
import type { HtmlRow } from './input.ts';

export function stepsSection(rows: readonly HtmlRow[]): Html {
  const changed = rows.filter(({ steps = [] }) => steps.length > 0);
  if (changed.length === 0) return NOTHING;
  return html`<section aria-labelledby="steps">
    <h2 id="steps">What the changes did</h2>
    <p>
      How long after a change a share began to move, how far it went beyond its new value, and when it stayed
      within 1 point of it. Shares are taken over one pattern of slices.
    </p>
    ${changed.map(({ label, steps = [] }) => stepsTable(label, steps, rows.length > 1))}
  </section>`;
}

function stepsTable(label: string, steps: readonly ComparedStep[], isNamed: boolean): Html {
  const isCompared = steps.some(({ simulated }) => simulated !== null);
  const lines = (step: ComparedStep): Html => {
    const measured = line(step, isCompared ? 'measured' : '', step.measured);
    return isCompared ? html`${measured}${line(step, 'simulated', step.simulated)}` : measured;
  };
  return html`${when(isNamed, () => html`<h3>${label}</h3>`)}
    <div class="scroll">
      <table>
        <thead>
          <tr>
            ${['at', 'change', 'VM', ''].map((title) => html`<th scope="col">${title}</th>`)}
            ${STEP_COLUMNS.map(
              ({ title, description }) => html`<th scope="col" title="${description}">${title}</th>`,
            )}
          </tr>
        </thead>
        <tbody>
          ${steps.map(lines)}
        </tbody>
      </table>
    </div>`;
}

function line({ change, vm }: ComparedStep, how: string, figures: VmStep | null): Html {
  const cells = stepCells(figures);
  return html`<tr>
    <td>${changeInstant(change.atNs)}</td>
    <td class="text">${change.text}</td>
    <th scope="row">${vm}</th>
    <td class="text">${how}</td>
    ${STEP_COLUMNS.map(({ key }) => html`<td>${cells[key]}</td>`)}
  </tr>`;
}
