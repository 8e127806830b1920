/** The tables of `creditlab trace`. */
import { titled } from '../lab-row.ts';
import { formatNs } from '../format.ts';
import type { ReasonKind } from '../../core/policy-terms.ts';
import type { IntentToFact } from '../../trace/latency.ts';
import type { StateTotals, VcpuStates } from '../../trace/run-states.ts';
import type { RunState } from '../../trace/spells.ts';
import type { ReasonCounts, TraceSummary, VmSummary } from '../../trace/summary.ts';
import { endOf } from '../../trace/timeline.ts';
import type { Trace } from '../../trace/trace.ts';
import type { Window } from '../../trace/window.ts';
import { beginOf } from '../../trace/window.ts';
import { cpuName, instant, span, vcpuName, vmName } from '../../trace/words/words.ts';
import type { Style } from './style.ts';
import { renderTable } from './table.ts';

/** More columns than that don't fit beside the others. */
const MOST_VM_COLUMNS = 4;
const BAR_WIDTH = 30;

/** What the trace is of, what part of it is looked at, and what is missing. */
export function traceHead(trace: Trace, runCount: number, window: Window, style: Style): string {
  const { header, count, complete, lost } = trace;
  const { label, run, machine, scenario } = header;
  const run1 = runCount > 1 ? `, run ${run}` : '';
  const lines = [
    style.bold(style.text(titled(`${label}${run1}`, machine === 'simulated', [header.policy.type]))),
  ];
  const cpus = scenario.pcpus.length === 1 ? 'one CPU' : `${scenario.pcpus.length} CPUs`;
  const whole = `${instant(beginOf(trace))} to ${instant(endOf(trace))}, ${cpus}, ${count} records`;
  const isPart = window.fromNs > beginOf(trace) || window.toNs < endOf(trace);
  lines.push(
    style.text(isPart ? `${whole}; here ${instant(window.fromNs)} to ${instant(window.toNs)}` : whole),
  );
  const remarks = [
    ...(complete
      ? []
      : ['the trace is incomplete: the run was interrupted or failed, or the file breaks off']),
    ...(lost.intents > 0
      ? [`${lost.intents} records of what was meant were lost: figures from them are too low`]
      : []),
    ...(lost.facts > 0
      ? [`${lost.facts} records of what the cores did were lost: figures from them are too low`]
      : []),
    ...(lost.forgotten > 0
      ? [
          `the ${lost.forgotten} oldest records were forgotten: the trace begins at ${instant(beginOf(trace))}`,
        ]
      : []),
  ];
  return [...lines, ...remarks.map((text) => style.yellow(style.text(`warning: ${text}`)))].join('\n');
}

export function summaryTables(trace: Trace, summary: TraceSummary, window: Window, style: Style): string {
  const length = window.toNs - window.fromNs;
  const { vms, pcpus } = summary;
  const { reasons } = trace.header.policy;
  const decided = pcpus.map(({ pcpu, decidedBy }) => [cpuName(trace, pcpu), decidedBy] as const);
  const lost = vms.map(({ vm, lostBy }) => [vmName(trace, vm), lostBy] as const);
  return [
    vmTable(trace, summary, length, style),
    pcpuTable(trace, summary, length, style),
    reasonTable('decided when', decided, reasons, ({ title }) => title, style),
    reasonTable('lost its pCPU', lost, reasons, ({ title, lossTitle }) => lossTitle ?? title, style),
  ]
    .filter((table) => table !== '')
    .join('\n\n');
}

function vmTable(trace: Trace, { vms }: TraceSummary, length: number, style: Style): string {
  const hasFacts = vms.some(({ factNs }) => factNs !== null);
  const own = [...new Set(trace.header.policy.records.flatMap(({ counted }) => counted ?? []))];
  const counts = [
    { title: 'dispatches', of: (vm: VmSummary) => vm.dispatches },
    { title: 'steals', of: (vm: VmSummary) => vm.steals },
    { title: 'migrations', of: (vm: VmSummary) => vm.migrations },
    ...own.map((title) => ({ title, of: (vm: VmSummary) => vm.own[title] })),
  ].filter(({ title, of }) => title === 'dispatches' || vms.some((vm) => of(vm) > 0));
  const columns = [
    { title: 'VM', align: 'left' as const },
    { title: 'time' },
    { title: 'share' },
    ...(hasFacts ? [{ title: 'in fact' }, { title: 'stolen' }] : []),
    ...counts.map(({ title }) => ({ title })),
  ];
  const rows = vms.map((vm) => [
    vmName(trace, vm.vm),
    formatNs(vm.intentNs),
    percent(vm.intentNs, length),
    ...(hasFacts ? [percent(vm.factNs ?? 0, length), formatNs((vm.factNs ?? 0) - (vm.cpuNs ?? 0))] : []),
    ...counts.map(({ of }) => String(of(vm))),
  ]);
  return renderTable(columns, rows, style);
}

/** With what each VM had of each pCPU, if they aren't many. */
function pcpuTable(trace: Trace, { vms, pcpus }: TraceSummary, length: number, style: Style): string {
  const hasFacts = pcpus.some(({ factNs }) => factNs !== null);
  const parts = pcpus.length > 1 && vms.length <= MOST_VM_COLUMNS ? vms : [];
  const columns = [
    { title: 'pCPU', align: 'left' as const },
    { title: 'busy' },
    ...(hasFacts ? [{ title: 'in fact' }] : []),
    { title: 'decisions' },
    { title: 'switches' },
    ...parts.map(({ vm }) => ({ title: vmName(trace, vm) })),
  ];
  const rows = pcpus.map(({ pcpu, busyNs, factNs, decisions, switches }, i) => [
    cpuName(trace, pcpu),
    percent(busyNs, length),
    ...(hasFacts ? [percent(factNs ?? 0, length)] : []),
    String(decisions),
    String(switches),
    ...parts.map(({ perPcpuNs }) => percent(perPcpuNs[i], length)),
  ]);
  return renderTable(columns, rows, style);
}

/** How often, by reason. Empty if never. */
function reasonTable(
  title: string,
  counts: readonly (readonly [string, ReasonCounts])[],
  reasons: readonly ReasonKind[],
  titleOf: (reason: ReasonKind) => string,
  style: Style,
): string {
  const given = reasons.filter(({ value }) => counts.some(([, each]) => each.has(value)));
  if (given.length === 0) return '';
  const columns = [{ title, align: 'left' as const }, ...given.map((reason) => ({ title: titleOf(reason) }))];
  const rows = counts.map(([name, each]) => [
    name,
    ...given.map(({ value }) => String(each.get(value) ?? 0)),
  ]);
  return renderTable(columns, rows, style);
}

export const STATE_TITLES: Readonly<Record<RunState, string>> = {
  running: 'running',
  woken: 'runnable, woken',
  preempted: 'runnable, preempted',
  requeued: 'runnable, slice over',
  parked: 'parked',
  paused: 'paused',
  blocked: 'blocked',
  done: 'done',
  absent: 'not started',
  unknown: 'not known',
};

/** A block per vCPU, a line per state. */
export function stateTable(trace: Trace, states: readonly VcpuStates[], style: Style): string {
  const columns = [
    { title: 'vCPU', align: 'left' as const },
    { title: 'run state', align: 'left' as const },
    { title: 'times' },
    { title: 'total' },
    { title: 'share' },
    { title: 'p50' },
    { title: 'p95' },
  ];
  const rows = states.flatMap(({ vcpu, states: totals }) =>
    totals.map((each, i) => [i === 0 ? vcpuName(trace, vcpu) : '', ...stateCells(each)]),
  );
  return renderTable(columns, rows, style);
}

function stateCells({ state, count, totalNs, percent: share, p50Ns, p95Ns }: StateTotals): string[] {
  return [
    STATE_TITLES[state],
    String(count),
    span(totalNs),
    `${share.toFixed(1)} %`,
    span(p50Ns),
    span(p95Ns),
  ];
}

/** From the decision to the fact, as a histogram. */
export function latencyText(latency: IntentToFact | null, style: Style): string {
  if (latency === null) {
    return style.text(
      'No facts: what was decided is all that this trace has, so there is no latency to show.',
    );
  }
  const { count, p50, p99, max, buckets, neverFact, kept, cut } = latency;
  const title =
    `From decision to fact: ${count} times, p50 ${formatNs(p50)}, p99 ${formatNs(p99)}, max ` +
    `${formatNs(max)}`;
  const most = Math.max(1, ...buckets.map((bucket) => bucket.count));
  const block = style.unicode ? '█' : '#';
  const rows = buckets.map(({ fromNs, toNs, count: inBucket }) => [
    `${span(fromNs)} – ${span(toNs)}`,
    String(inBucket),
    inBucket === 0 ? '' : block.repeat(Math.max(1, Math.round((BAR_WIDTH * inBucket) / most))),
  ]);
  const columns = [{ title: 'latency' }, { title: 'times' }, { title: '', align: 'left' as const }];
  const rest = [
    ...(neverFact > 0 ? [`${neverFact} never became fact, because the wish changed first`] : []),
    ...(kept > 0 ? [`${kept} found the thread still there`] : []),
    ...(cut > 0 ? [`${cut} came at the very end`] : []),
  ];
  const lines = [style.text(title), ...(rows.length === 0 ? [] : [renderTable(columns, rows, style)])];
  if (rest.length > 0) lines.push(style.text(`${rest.join('; ')}.`));
  return lines.join('\n');
}

function percent(part: number, whole: number): string {
  return whole > 0 ? `${((100 * part) / whole).toFixed(1)} %` : '–';
}
