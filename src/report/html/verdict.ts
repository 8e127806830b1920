/** Whether to believe what follows: the certificates of the runs, and whether they did what was predicted. */
import { unsteadySeries } from '../../result/steadiness.ts';
import {
  VERDICTS,
  worstOfVerdicts,
  type Check,
  type Verdict,
  VERDICT_MEANING,
} from '../../result/verdict.ts';
import { unsteadyWarnings } from '../repeat-lines.ts';
import { html, NOTHING, when, type Html } from './html.ts';
import { sharedReasons, type Certified, type SharedReason } from './reasons.ts';
import { type HtmlRow, runName } from './input.ts';
import { vmsOverRuns } from './vm-over-runs.ts';

const MARK: Readonly<Record<Verdict, string>> = { good: '✓', usable: '~', 'do not trust': '✗' };
/** More reasons, and more names of runs behind one, are there for who asks. */
const MOST_REASONS = 3;
const MOST_NAMES = 3;

export function verdictSection(rows: readonly HtmlRow[]): Html {
  const runs = rows.flatMap(({ label, runs }) =>
    runs.map((run, i) => ({ name: runName(label, i, runs.length), run })),
  );
  const certified = runs.flatMap(({ name, run: { certificate } }) =>
    certificate === undefined ? [] : [{ name, certificate }],
  );
  const repeated = rows.filter((row) => row.runs.length > 1);
  const warnings = [
    ...runs.flatMap(({ name, run }) =>
      run.warnings.map((text) => (runs.length > 1 ? `${name}: ${text}` : text)),
    ),
    ...unsteadyWarnings(unsteadySeries(repeated), rows.length === 1),
  ];
  const cut = runs.filter(({ run }) => !run.complete).map(({ name }) => name);
  const trust = isSimulated(rows)
    ? html`<p>Simulated: nothing was measured, so nothing disturbed it.</p>`
    : banner(certified);
  return html`<section aria-labelledby="verdict">
    <h2 id="verdict">Can it be trusted?</h2>
    ${when(cut.length > 0, () => html`<p class="no">${cutText(cut, runs.length)}</p>`)} ${trust}
    ${keyFigures(rows)}
    ${when(
      warnings.length > 0,
      () =>
        html`<ul class="warnings">
          ${warnings.map((text) => html`<li>${text}</li>`)}
        </ul>`,
    )}
    ${certificateTable(certified)}
  </section>`;
}

/** Whether all that is shown was computed in virtual time. */
export function isSimulated(rows: readonly HtmlRow[]): boolean {
  const runs = rows.flatMap((row) => row.runs);
  return runs.length > 0 && runs.every(({ machine }) => machine === 'simulated');
}

function cutText(cut: readonly string[], count: number): string {
  if (count === 1) return 'The run did not come to its end.';
  const end = cut.length === 1 ? 'its end' : 'their end';
  return `${cut.length} of ${count} runs did not come to ${end}: ${namesOf(cut)}.`;
}

function banner(certified: readonly Certified[]): Html {
  if (certified.length === 0) return NOTHING;
  const worst = worstOfVerdicts(certified.map(({ certificate }) => certificate.verdict));
  const counts = VERDICTS.map((verdict) => ({
    verdict,
    count: certified.filter(({ certificate }) => certificate.verdict === verdict).length,
  })).filter(({ count }) => count > 0);
  const tally = counts.map(({ verdict, count }) => `${count} ${verdict}`).join(', ');
  const ofRuns = certified.length > 1 ? ` Of ${certified.length} runs: ${tally}.` : '';
  return html`<div class="verdict ${worst.replaceAll(' ', '-')}">
    <span class="mark" aria-hidden="true">${MARK[worst]}</span>
    <div>
      <p><strong>${capitalized(worst)}: ${VERDICT_MEANING[worst]}.</strong>${ofRuns}</p>
      ${reasonsOf(certified)}
    </div>
  </div>`;
}

/** How many measured values lie in their bands, and whether all that was computed is right. */
function keyFigures(rows: readonly HtmlRow[]): Html {
  const vms = vmsOverRuns(rows);
  const sum = (key: 'inBand' | 'predicted' | 'inWideBand', of: 'wall' | 'contended'): number =>
    vms.reduce((total, vm) => total + vm[of][key], 0);
  const lines = (['wall', 'contended'] as const).flatMap((of) => {
    const predicted = sum('predicted', of);
    if (predicted === 0) return [];
    const what = of === 'wall' ? 'execution times' : 'shares';
    const wide = sum('inWideBand', of);
    const but =
      wide === 0 ? '' : `, ${wide} of them (✓*) in a band made from what went wrong in the run itself`;
    return [`${sum('inBand', of)} of ${predicted} ${what} lie in the predicted band${but}`];
  });
  const wrong = vms.filter(({ isVerified }) => isVerified === false).length;
  const right = vms.filter(({ isVerified }) => isVerified === true).length;
  if (wrong > 0) lines.push(`the results of ${wrong} VMs are WRONG`);
  else if (right > 0) lines.push(`the results of ${right} of ${vms.length} VMs were checked, and are right`);
  if (lines.length === 0) return NOTHING;
  const text = lines.join('; ');
  return html`<p>${capitalized(text)}.</p>`;
}

/** Why runs aren't good, the worst first. */
function reasonsOf(certified: readonly Certified[]): Html {
  const reasons = sharedReasons(certified);
  const item = ({ text, runs }: SharedReason): Html => {
    const of = certified.length === 1 ? '' : `${namesOf(runs)}: `;
    return html`<li>${of}${text}</li>`;
  };
  const more = reasons.slice(MOST_REASONS);
  const first = when(
    reasons.length > 0,
    () =>
      html`<ul>
        ${reasons.slice(0, MOST_REASONS).map(item)}
      </ul>`,
  );
  const rest = when(
    more.length > 0,
    () =>
      html`<details>
        <summary>${more.length} more</summary>
        <ul>
          ${more.map(item)}
        </ul>
      </details>`,
  );
  return html`${first} ${rest}`;
}

function namesOf(runs: readonly string[]): string {
  return runs.length > MOST_NAMES ? `in ${runs.length} runs` : runs.join('; ');
}

function capitalized(text: string): string {
  return `${text[0].toUpperCase()}${text.slice(1)}`;
}

/** A run per line, a check per column; what isn't good is marked. */
function certificateTable(certified: readonly Certified[]): Html {
  if (certified.length === 0) return NOTHING;
  const [{ certificate: first }] = certified;
  const title = certified.length === 1 ? 'The certificate' : 'The certificate of each run';
  return html`<details>
    <summary>${title}, in figures</summary>
    <div class="scroll">
      <table class="dense wrapped">
        <thead>
          <tr>
            <th scope="col">run</th>
            <th scope="col" class="name">verdict</th>
            ${first.checks.map(({ title }) => html`<th scope="col">${title}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${certified.map(
            ({ name, certificate: { verdict, checks } }) =>
              html`<tr>
                <th scope="row">${name}</th>
                <td class="name">${MARK[verdict]} ${verdict}</td>
                ${checks.map(checkCell)}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </details>`;
}

function checkCell({ found, verdict }: Check): Html {
  if (verdict === 'good') return html`<td>${found ?? '–'}</td>`;
  return html`<td class="no">${MARK[verdict]} ${found ?? '–'}</td>`;
}
