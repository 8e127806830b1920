/** How the schedulers were given the file's VMs, and what these had under each. */
import {
  comparedVms,
  idealShares,
  type ComparedRow,
  type ComparedVm,
  type Comparison,
  movementsOf,
} from '../../compare/comparison.ts';
import { policyTypeOf } from '../../policies.ts';
import { bySchedulers, machineWord, rate, shortfalls, translationTexts } from '../compare-text.ts';
import { formatNs } from '../format.ts';
import { html, NOTHING, when, type Html } from './html.ts';
import { VM_COLORS } from './plot.ts';

export function translationSection(comparison: Comparison): Html {
  const { source } = comparison;
  const sourceType = source.scheduler.type;
  return html`<section aria-labelledby="translation">
    <h2 id="translation">What each scheduler was given</h2>
    <p>
      The file is written for ${sourceType}. What a scheduler has no word for was translated, or left out:
    </p>
    <div class="scroll">
      <table class="wrapped">
        <thead>
          <tr>
            <th scope="col">scheduler</th>
            <th scope="col" class="name">what it does, and how it was given the VMs</th>
          </tr>
        </thead>
        <tbody>
          ${bySchedulers(comparison).map(({ scheduler }) => {
            const texts = translationTexts(scheduler);
            const same = scheduler.type === sourceType ? 'As they are written.' : 'The same parameters.';
            const shown = texts.length === 0 ? [same] : texts;
            return html`<tr class="first">
              <th scope="row">${scheduler.type}</th>
              <td class="text">
                <small>${policyTypeOf(scheduler.type).description}.</small>
                ${shown.map((text) => html`<div>${text}</div>`)}
              </td>
            </tr>`;
          })}
        </tbody>
      </table>
    </div>
  </section>`;
}

export function figuresSection(comparison: Comparison): Html {
  const ideals = idealShares(comparison.source);
  return html`<section aria-labelledby="results">
    <h2 id="results">Results</h2>
    <p>
      Shares are percents of one pCPU; ideal is what the file asks for, whatever the scheduler. Medians where
      there are several runs.
    </p>
    ${when(
      ideals === null,
      () =>
        html`<p>The file's scheduler or work doesn't say what its VMs are to have: there is no ideal.</p>`,
    )}
    ${shareTable(comparison, ideals)} ${shortfalls(comparison).map((note) => html`<p class="no">${note}</p>`)}
  </section>`;
}

export function wakeUpSection(comparison: Comparison): Html {
  const hasAny = comparison.rows.some((row) => comparedVms(row).some(({ wakeUps }) => wakeUps !== null));
  if (!hasAny) return NOTHING;
  const wait = (key: 'p50' | 'p90' | 'p99' | 'max') => ({
    title: key,
    cell: ({ wakeUps }: ComparedVm) => formatNs(wakeUps?.[key]),
  });
  return html`<section aria-labelledby="wake-ups">
    <h2 id="wake-ups">Wake-ups</h2>
    <p>
      How long it took from when a sleeping vCPU had something to do again until it ran: in virtual time until
      the decision, on real cores until its thread was there.
    </p>
    ${table(
      comparison,
      [
        { title: 'wake-ups', cell: ({ wakeUps }) => wakeUps?.count.toFixed(0) ?? '–' },
        wait('p50'),
        wait('p90'),
        wait('p99'),
        wait('max'),
      ],
      ({ wakeUps }) => wakeUps !== null,
    )}
  </section>`;
}

interface Column {
  readonly title: string;
  readonly cell: (vm: ComparedVm) => string;
}

/** A line for each scheduler, machine and VM. @param isShown which VMs; default: all */
function table(
  comparison: Comparison,
  columns: readonly Column[],
  isShown: (vm: ComparedVm) => boolean = () => true,
): Html {
  return html`<div class="scroll">
    <table>
      <thead>
        <tr>
          <th scope="col">scheduler</th>
          <th scope="col" class="name">run</th>
          <th scope="col" class="name">VM</th>
          ${columns.map(({ title }) => html`<th scope="col">${title}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${bySchedulers(comparison).flatMap(({ scheduler, rows }) =>
          rows.flatMap((row, place) =>
            comparedVms(row)
              .map((vm, index) => ({ vm, index }))
              .filter(({ vm }) => isShown(vm))
              .map(({ vm, index }, line) => {
                const [rowClass, label] = place === 0 && line === 0 ? ['first', scheduler.type] : ['', ''];
                const machine = line === 0 ? runWord(row) : '';
                return html`<tr class="${rowClass}">
                  <th scope="row">${label}</th>
                  <td class="name">${machine}</td>
                  <td class="name"><span class="swatch vm-${index % VM_COLORS}"></span>${vm.name}</td>
                  ${columns.map(({ cell }) => html`<td>${cell(vm)}</td>`)}
                </tr>`;
              }),
          ),
        )}
      </tbody>
    </table>
  </div>`;
}

function runWord(row: ComparedRow): string {
  const { runs } = row;
  const word = machineWord(row);
  if (runs.length === 0) return `${word} (did not run)`;
  if (runs.some(({ complete }) => !complete)) return `${word} (incomplete)`;
  return runs.length === 1 ? word : `${word}, ${String(runs.length)} runs`;
}

/** A line for each scheduler and VM: what was simulated beside what was measured. */
function shareTable(comparison: Comparison, ideals: readonly number[] | null): Html {
  const groups = bySchedulers(comparison);
  const [{ rows: first }] = groups;
  const heads = (what: string): Html[] =>
    first.map((row) => html`<th scope="col">${what}, ${machineWord(row)}</th>`);
  return html`<div class="scroll">
    <table class="wrapped">
      <thead>
        <tr>
          <th scope="col">scheduler</th>
          <th scope="col" class="name">VM</th>
          <th scope="col">ideal share</th>
          ${heads('share')} ${heads('switches a second')} ${heads('migrations a second')}
        </tr>
      </thead>
      <tbody>
        ${groups.flatMap(({ scheduler, rows }) => {
          const vms = rows.map(comparedVms);
          return scheduler.scenario.vms.map(({ name }, vm) => {
            const [rowClass, label] = vm === 0 ? ['first', scheduler.type] : ['', ''];
            // They are the scheduler's: its first line has them.
            const moved = vm === 0 ? movements : () => '';
            return html`<tr class="${rowClass}">
              <th scope="row">${label}</th>
              <td class="name"><span class="swatch vm-${vm % VM_COLORS}"></span>${name}</td>
              <td>${percent(ideals?.[vm] ?? null)}</td>
              ${vms.map((ofRow) => html`<td><strong>${percent(ofRow[vm].sharePercent)}</strong></td>`)}
              ${rows.map((row) => html`<td>${moved(row, 'switches')}</td>`)}
              ${rows.map((row) => html`<td>${moved(row, 'migrations')}</td>`)}
            </tr>`;
          });
        })}
      </tbody>
    </table>
  </div>`;
}

function movements(row: ComparedRow, key: 'switches' | 'migrations'): string {
  const found = movementsOf(row);
  return found === null ? '–' : rate(found[key]);
}

function percent(value: number | null): string {
  return value === null ? '–' : `${value.toFixed(1)} %`;
}
