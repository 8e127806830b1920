/** Whether to believe what follows: the certificates of the runs, and whether they did what was predicted. */
import { unsteadySeries } from '../../analysis/steadiness.ts';
import {
  VERDICTS,
  worstOfVerdicts,
  type Certificate,
  type Check,
  type Verdict,
} from '../../experiment/certificate.ts';
import { html, NOTHING, type Html } from './html.ts';
import { unsteadyWarnings } from '../repeat-lines.ts';
import type { HtmlRow } from './report.ts';
import { rowVms } from './row-vm.ts';

interface Certified {
  readonly name: string;
  readonly certificate: Certificate;
}

const MEANING: Readonly<Record<Verdict, string>> = {
  good: 'Good: the machine was quiet, and the numbers say what the scheduler did.',
  usable: 'Usable: the machine disturbed the runs a little.',
  'do not trust': 'Do not trust: the numbers say more about the machine than about the scheduler.',
};
const MARK: Readonly<Record<Verdict, string>> = { good: '✓', usable: '~', 'do not trust': '✗' };

export function verdictSection(rows: readonly HtmlRow[]): Html {
  const runs = rows.flatMap(({ label, runs }) =>
    runs.map((run, i) => ({ name: runs.length > 1 ? `${label}, run ${i + 1}` : label, run })),
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
  return html`<section aria-labelledby="verdict">
    <h2 id="verdict">Can it be trusted?</h2>
    ${banner(certified)} ${facts(rows)}
    ${
      warnings.length === 0
        ? NOTHING
        : html`<ul class="warnings">
            ${warnings.map((text) => html`<li>${text}</li>`)}
          </ul>`
    }
    ${certificateTable(certified)}
  </section>`;
}

function banner(certified: readonly Certified[]): Html {
  if (certified.length === 0) return NOTHING;
  const worst = worstOfVerdicts(certified.map(({ certificate }) => certificate.verdict));
  const counts = VERDICTS.map((verdict) => ({
    verdict,
    count: certified.filter(({ certificate }) => certificate.verdict === verdict).length,
  })).filter(({ count }) => count > 0);
  const tally = counts.map(({ verdict, count }) => `${count} ${verdict}`).join(', ');
  return html`<div class="verdict ${worst.replaceAll(' ', '-')}">
    <span class="mark" aria-hidden="true">${MARK[worst]}</span>
    <div>
      <p>
        <strong>${MEANING[worst]}</strong
        >${certified.length > 1 ? ` Of ${certified.length} runs: ${tally}.` : ''}
      </p>
      ${reasonsOf(certified)}
    </div>
  </div>`;
}

/** How many measured values lie in their bands, and whether all that was computed is right. */
function facts(rows: readonly HtmlRow[]): Html {
  const vms = rowVms(rows);
  const sum = (key: 'inBand' | 'predicted', of: 'wall' | 'share'): number =>
    vms.reduce((total, vm) => total + vm[of][key], 0);
  const lines = (['wall', 'share'] as const).flatMap((of) => {
    const predicted = sum('predicted', of);
    const what = of === 'wall' ? 'execution times' : 'shares';
    return predicted === 0 ? [] : [`${sum('inBand', of)} of ${predicted} ${what} lie in the predicted band`];
  });
  const wrong = vms.filter(({ isVerified }) => isVerified === false).length;
  const right = vms.filter(({ isVerified }) => isVerified === true).length;
  if (wrong > 0) lines.push(`the results of ${wrong} VMs are WRONG`);
  else if (right > 0) lines.push(`the results of ${right} of ${vms.length} VMs were checked, and are right`);
  if (lines.length === 0) return NOTHING;
  const text = lines.join('; ');
  return html`<p>${text[0].toUpperCase()}${text.slice(1)}.</p>`;
}

/** Why runs aren't good; of a single run all that was said. */
function reasonsOf(certified: readonly Certified[]): Html {
  const isAlone = certified.length === 1;
  const reasons = certified.flatMap(({ name, certificate: { verdict, reasons } }) =>
    verdict === 'good' && !isAlone ? [] : reasons.map((text) => (isAlone ? text : `${name}: ${text}`)),
  );
  return reasons.length === 0
    ? NOTHING
    : html`<ul>
        ${reasons.map((reason) => html`<li>${reason}</li>`)}
      </ul>`;
}

/** A run per line, a check per column; what isn't good is marked. */
function certificateTable(certified: readonly Certified[]): Html {
  if (certified.length === 0) return NOTHING;
  const [{ certificate: first }] = certified;
  return html`<details>
    <summary>
      ${certified.length === 1 ? 'The certificate' : 'The certificate of each run'}, in figures
    </summary>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">run</th>
            <th scope="col">verdict</th>
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
