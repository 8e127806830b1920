/** What a check of a policy found, for people: what is wrong, the rule, a scenario that shows it, and its picture. */
import { type Case, vcpuNames } from '../../policy-check/case.ts';
import type { Decision } from '../../policy-check/black-box.ts';
import { type Finding, named } from '../../policy-check/judge.ts';
import { RULES } from '../../policy-check/rules.ts';
import type { Verdict } from '../../policy-check/verdict.ts';
import { wrapText } from '../text-layout.ts';
import { cellsOf, gridOf, lettersOf, timeAxis } from './gantt-cells.ts';
import type { Style } from './style.ts';

export interface CheckReportOptions {
  /** as it was named */
  readonly path: string;
  readonly seed: number;
  readonly verdict: Verdict;
  /** the scenario as a file; '' if none is shown */
  readonly yaml: string;
  readonly width: number;
  readonly style: Style;
}

const INDENT = '  ';
/** Turns that are drawn: a picture of more is none of letters any more. */
const SHOWN_DECISIONS = 24;

export function policyCheckReport(options: CheckReportOptions): string {
  const { verdict, style } = options;
  return (verdict.shown === null ? passed(options) : failed(options)).map(style.text).join('\n');
}

function failed({ path, seed, verdict, yaml, width, style }: CheckReportOptions): string[] {
  const { shown, printed } = verdict;
  if (shown === null) return [];
  const { finding, scenario } = shown;
  const { title, rule, exitCode } = RULES[finding.rule];
  const what = scenario === null ? finding.what : named(finding.what, scenario);
  const happened = [
    ...whenOf(finding, scenario),
    what,
    ...(finding.where === null ? [] : [`(${finding.where})`]),
  ];
  return [
    style.bold(style.red(`✗ ${path}: ${finding.rule}: ${title}`)),
    indented(`${happened.join(' ')}.`, width),
    indented(`The rule: ${rule}`, width),
    ...(scenario === null ? [] : ['', ...scenarioLines({ scenario, finding, yaml, width, style })]),
    ...printedLines(printed),
    '',
    `Exit code ${exitCode}. The same again: creditlab policy check ${path} --seed ${seed}`,
  ];
}

function whenOf({ atNs }: Finding, scenario: Case | null): string[] {
  return scenario === null ? [] : [`At ${ms(atNs)}:`];
}

function scenarioLines({
  scenario,
  finding,
  yaml,
  width,
  style,
}: {
  readonly scenario: Case;
  readonly finding: Finding;
} & Pick<CheckReportOptions, 'yaml' | 'width' | 'style'>): string[] {
  return [
    style.bold('The shortest scenario found (--scenario FILE writes it):'),
    '',
    ...yaml
      .trimEnd()
      .split('\n')
      .map((line) => INDENT + line),
    '',
    ...pictureOf(scenario, finding, width, style),
  ];
}

/** Who was on which pCPU until it went wrong. */
function pictureOf(scenario: Case, { atNs, decisions }: Finding, width: number, style: Style): string[] {
  const names = vcpuNames(scenario);
  const vmOf = scenario.vms.flatMap(({ vcpus }, vm) => Array.from({ length: vcpus }, () => vm));
  const letters = lettersOf(names.map((id, vcpu) => ({ id, vm: vmOf[vcpu] })));
  const last = decisions.slice(-SHOWN_DECISIONS);
  const isWhole = last.length === decisions.length && decisions.length < SHOWN_DECISIONS;
  const fromNs = isWhole ? 0 : last[0].atNs;
  // Something of what began at the very end is to be seen.
  const toNs = atNs + Math.max(1e5, (atNs - fromNs) / 20);
  const labelWidth =
    Math.max(...Array.from({ length: scenario.pcpuCount }, (_, p) => `pCPU ${p}`.length)) + 2;
  const grid = gridOf(fromNs, toNs, Math.max(20, width - labelWidth - 2));
  const line = (label: string, cells: string): string => (label.padEnd(labelWidth) + cells).trimEnd();
  const rows = Array.from({ length: scenario.pcpuCount }, (_, pcpu) => {
    const cells = cellsOf(spansOf(decisions, pcpu, toNs), grid);
    const letter = ({ vcpu }: { readonly vcpu: number }): string =>
      vcpu in letters ? style.onVm(vmOf[vcpu], letters[vcpu]) : '.';
    return line(`pCPU ${pcpu}`, cells.map(letter).join(''));
  });
  const place = Math.min(grid.count - 1, Math.floor((atNs - fromNs) / grid.cellNs));
  return [
    line('', style.dim(timeAxis(grid, 'ms'))),
    ...rows,
    line('', `${' '.repeat(place)}^`),
    `${names.map((name, vcpu) => `${letters[vcpu]} ${name}`).join('  ')}  . nobody  ^ when it was found`,
  ];
}

/** @param toNs when the last one ends */
function spansOf(decisions: readonly Decision[], pcpu: number, toNs: number) {
  const own = decisions.filter((decision) => decision.pcpu === pcpu);
  return own.flatMap(({ atNs, vcpu }, i) =>
    vcpu < 0 ? [] : [{ vcpu, fromNs: atNs, toNs: own[i + 1]?.atNs ?? toNs }],
  );
}

function passed({ path, seed, verdict, width, style }: CheckReportOptions): string[] {
  const { counts, shares } = verdict;
  const scenarios = counts === null ? '' : `${counts.named} scenarios, ${randomText(counts)} (seed ${seed})`;
  return [
    style.bold(style.green(`✓ ${path} keeps the rules`)),
    indented(`${scenarios}, requests that it must refuse, and memory.`, width),
    ...(shares === null ? [] : ['', ...sharesLines(shares)]),
  ];
}

function randomText({ random, ofRandom }: NonNullable<Verdict['counts']>): string {
  if (random === ofRandom) return `${random} random ones`;
  return `${random} of ${ofRandom} random ones, for lack of time`;
}

function sharesLines(shares: NonNullable<Verdict['shares']>): string[] {
  const { equal, oneToFour, switchesPerSecond, longestWasteNs } = shares;
  const percents = (values: readonly number[]): string =>
    `${values.map((value) => value.toFixed(1)).join(' and ')} %`;
  const weights = oneToFour === null ? 'its VMs have no weight' : percents(oneToFour);
  const waste = longestWasteNs === 0 ? 'never' : `for up to ${ms(longestWasteNs)}`;
  return [
    'What it makes of shares, which no rule says:',
    `${INDENT}two equal hogs on a pCPU      ${percents(equal)}, ${Math.round(switchesPerSecond)} switches a second`,
    `${INDENT}two hogs with weights 1:4     ${weights}`,
    `${INDENT}a pCPU idles beside a waiter  ${waste}`,
  ];
}

function printedLines(printed: readonly string[]): string[] {
  if (printed.length === 0) return [];
  return ['', 'It printed:', ...printed.map((line) => INDENT + line)];
}

function indented(text: string, width: number): string {
  return wrapText(text, width - INDENT.length)
    .split('\n')
    .map((line) => INDENT + line)
    .join('\n');
}

function ms(ns: number): string {
  return `${Number((ns / 1e6).toFixed(3))} ms`;
}
