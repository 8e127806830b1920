import type { Conformance, Difference, QueueState, QueuedVcpu } from '../../conform/conformance-schema.ts';
import { GOLDEN_POLICY_TYPE, type GoldenRecord } from '../../conform/golden-records.ts';
import { policyTypeOf } from '../../policies.ts';
import type { Style } from './style.ts';
import { checkMark } from './cells.ts';

/** What the fields of each kind of record are, behind kind and time. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  sw: ['pcpu', 'prev', 'prevPri', 'prevCredit', 'next', 'nextPri', 'nextCredit'],
  tick: ['pcpu', 'vcpu', 'pri', 'credit'],
  acct: ['total weight', 'balance', 'vCPUs'],
  park: ['vcpu'],
  unpark: ['vcpu'],
  steal: ['vcpu', 'from', 'to'],
  migrate: ['vcpu', 'from', 'to'],
  done: ['vcpu'],
};

const [{ classes: PRIORITIES = [] }] = policyTypeOf(GOLDEN_POLICY_TYPE).vcpuReadings;
const PRIORITY_NAMES = new Map(PRIORITIES.map(({ value, name }) => [value, name]));

/** One line: whether a golden file and its simulation are the same. */
export function conformanceLine(result: Conformance, style: Style): string {
  const { name, matches, recordsCompared } = result;
  const verdict = matches ? 'the same' : 'DIFFERENT';
  return `${checkMark(matches, style)} ${name}: ${verdict}, ${String(recordsCompared)} records`;
}

/** The first difference, what led to it, and who ran and waited where. */
export function differenceReport({ firstDifference, queues }: Conformance, style: Style): string {
  if (firstDifference === null) return '';
  const lines = [...differenceLines(firstDifference), ...(queues ?? []).map(queueLine)];
  return lines.map((line) => style.text(`    ${line}`)).join('\n');
}

function differenceLines(difference: Difference): string[] {
  if (difference.kind === 'quantity') {
    const { what, expected, actual } = difference;
    const wanted =
      typeof expected === 'number' ? String(expected) : `${String(expected[0])} to ${String(expected[1])}`;
    return [`${what}: expected ${wanted}, got ${String(actual ?? 'none')}`, 'queues at the end of the run:'];
  }
  const { index, expected, actual, before } = difference;
  return [
    `record ${String(index + 1)} of those compared differs${differingFields(expected, actual)}`,
    ...before.map((record) => `  before    ${shown(record)}`),
    `  expected  ${shown(expected)}`,
    `  actual    ${shown(actual)}`,
    'queues at the actual record:',
  ];
}

function shown(record: GoldenRecord | null): string {
  return record === null ? 'no further record' : JSON.stringify(record);
}

function differingFields(expected: GoldenRecord | null, actual: GoldenRecord | null): string {
  if (expected === null || actual === null) return '';
  if (expected[0] !== actual[0]) return ' in its kind';
  const names = ['kind', 't', ...(FIELDS[expected[0]] ?? [])];
  const differing = names.filter((_, i) => JSON.stringify(expected[i]) !== JSON.stringify(actual[i]));
  return ` in ${differing.join(', ')}`;
}

function queueLine({ pcpu, current, queue }: QueueState): string {
  const runs = current === null ? 'idle' : `runs ${vcpuText(current)}`;
  const waiting = queue.length === 0 ? 'nobody waits' : `waiting: ${queue.map(vcpuText).join(', ')}`;
  return `  pCPU ${String(pcpu)}  ${runs}; ${waiting}`;
}

function vcpuText({ name, priority, credit }: QueuedVcpu): string {
  return `${name} (${PRIORITY_NAMES.get(priority) ?? String(priority)} ${String(credit)})`;
}
