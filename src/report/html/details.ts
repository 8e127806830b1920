/** What ran where: the host, the scenarios, and how quick the loop was. */
import { metrics } from '../../result/metrics.ts';
import { formatNs, formatMetric } from '../format.ts';
import type { HostDescription } from '../../result/result.ts';
import type { Quantiles } from '../../analysis/histogram.ts';
import { policyTypeOf, scenarioParameters } from '../../policies.ts';
import { valueText } from '../../scenario/parameters.ts';
import type { Scenario, SchedulerSpec, VmSpec } from '../../scenario/scenario.ts';
import type { Work } from '../../workload/work.ts';
import { settingsOf, type Setting } from '../lab-row.ts';
import { html, NOTHING, type Html } from './html.ts';
import { type HtmlInput, type HtmlRow, runName } from './input.ts';

export function detailsSection({ rows, host }: HtmlInput): Html {
  const scenarios = rows.length > 1 ? 'The scenarios' : 'The scenario';
  return html`<section aria-labelledby="details">
    <h2 id="details">Details</h2>
    <details>
      <summary>The machine</summary>
      ${hostTable(host)} ${loopTable(rows)}
    </details>
    <details>
      <summary>${scenarios}</summary>
      ${rows.map(({ label, scenario }) => scenarioTable(label, scenario))}
    </details>
  </section>`;
}

function hostTable(host: HostDescription): Html {
  const hasSmt = host.cpus.some(({ smtSiblings }) => smtSiblings.length > 0);
  const hyperthreads = hasSmt ? ', with hyperthreads' : '';
  const lines: readonly (readonly [string, string])[] = [
    ['processor', host.cpuModel],
    ['CPUs', `${host.cpus.length}${hyperthreads}; allowed: ${host.allowedCpus.join(', ')}`],
    ['virtualized', host.virtualized ? 'yes' : 'no'],
    ['limit of CPU time', host.cgroupQuotaCpus === null ? 'none' : `${host.cgroupQuotaCpus} CPUs`],
    ['memory', host.memoryBytes === 0 ? '–' : `${(host.memoryBytes / 2 ** 30).toFixed(1)} GiB`],
    ['system', `${host.os}, Linux ${host.kernel}, ${host.arch}`],
    ['Node.js', host.node],
  ];
  return html`<table>
    <tbody>
      ${lines.map(
        ([name, value]) =>
          html`<tr>
            <th scope="row">${name}</th>
            <td class="text">${value}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}

function loopTable(rows: readonly HtmlRow[]): Html {
  const measured = rows.flatMap(({ label, runs }) =>
    runs.flatMap((run, i) =>
      run.machine === 'simulated' ? [] : [{ name: runName(label, i, runs.length), run }],
    ),
  );
  if (measured.length === 0) return NOTHING;
  const cell = ({ count, p50, p99 }: Quantiles): Html => {
    const timeText = (ns: number): string => (count === 0 ? '–' : formatNs(ns));
    return html`<td>${timeText(p50)}</td>
      <td>${timeText(p99)}</td>`;
  };
  return html`<div class="scroll">
    <table>
      <thead>
        <tr>
          <th scope="col">run</th>
          ${[metrics.tickLatenessNs, metrics.switchGapNs, metrics.decisionNs, metrics.dispatchNs].map(
            ({ title, description }) =>
              html`<th scope="col" title="${description}">${title} p50</th>
                <th scope="col" title="${description}">p99</th>`,
          )}
          <th scope="col" title="${metrics.loopCpuNs.description}">${metrics.loopCpuNs.title}</th>
        </tr>
      </thead>
      <tbody>
        ${measured.map(
          ({ name, run: { loop } }) =>
            html`<tr>
              <th scope="row">${name}</th>
              ${cell(loop.tickLatenessNs)}${cell(loop.switchGapNs)}${cell(loop.decisionNs)}${cell(loop.dispatchNs)}
              <td>${formatNs(loop.cpuNs)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function schedulerText({ type, parameters }: SchedulerSpec): string {
  const declared = scenarioParameters(policyTypeOf(type));
  return [
    `scheduler ${type}`,
    ...declared.map((parameter) => {
      const { key, field, unit } = parameter;
      const value = parameters[field];
      const text = unit === 'time' ? formatNs(value) : valueText(parameter, value);
      return `${key} ${text}`;
    }),
  ].join(', ');
}

function scenarioTable(label: string, scenario: Scenario): Html {
  const { pcpus, durationNs, seed, scheduler, vms, events } = scenario;
  const settings = settingsOf([scenario]);
  const length = durationNs === null ? 'until all work is done' : formatNs(durationNs);
  const changes = events.length === 0 ? '' : `; ${events.length} changes while it runs`;
  return html`<h3>${label}</h3>
    <p>
      pCPUs: ${pcpus.map((id) => `CPU ${id}`).join(', ')}; ${length}; ${schedulerText(scheduler)}; seed
      ${seed}${changes}.
    </p>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            ${['VM', ...settings, 'vCPUs', 'start', 'workload', 'work', 'pinned to'].map(
              (title) => html`<th scope="col">${title}</th>`,
            )}
          </tr>
        </thead>
        <tbody>
          ${vms.map((vm) => vmRow(vm, settings))}
        </tbody>
      </table>
    </div>`;
}

function vmRow(vm: VmSpec, settings: readonly Setting[]): Html {
  const { name, vcpus, startNs, workload, work, pin } = vm;
  const size = workload.size === null ? '' : ` (${workload.size})`;
  return html`<tr>
    <th scope="row">${name}</th>
    ${settings.map((key) => html`<td>${formatMetric(metrics[key], vm[key])}</td>`)}
    <td>${vcpus}</td>
    <td>${formatNs(startNs)}</td>
    <td>${workload.spec}${size}</td>
    <td>${workText(work)}</td>
    <td>${pin?.join(', ') ?? '–'}</td>
  </tr>`;
}

function workText(work: Work | null): string {
  if (work === null) return 'endless';
  return work.kind === 'cpu' ? `${formatNs(work.ns)} of CPU time` : `${work.units} units`;
}
