import type { Conformance, Difference, QueueState, QueuedVcpu } from '../../conform/conformance-schema.ts';
import { dialectOf } from '../../conform/dialects.ts';
import type { GoldenRecord } from '../../conform/golden-records.ts';
import { policyTypeOf } from '../../policies.ts';
import type { Style } from './style.ts';
import { checkMark } from './cells.ts';

/** One line: whether a golden file and its simulation are the same. */
export function conformanceLine(result: Conformance, style: Style): string {
  const { name, matches, recordsCompared } = result;
  const verdict = matches ? 'the same' : 'DIFFERENT';
  return `${checkMark(matches, style)} ${name}: ${verdict}, ${String(recordsCompared)} records`;
}

/** The first difference, what led to it, and who ran and waited where. */
export function differenceReport({ policy, firstDifference, queues }: Conformance, style: Style): string {
  if (firstDifference === null) return '';
  const lines = [
    ...differenceLines(firstDifference, policy),
    ...(queues ?? []).map((queue) => queueLine(queue, policy)),
  ];
  return lines.map((line) => style.text(`    ${line}`)).join('\n');
}

function differenceLines(difference: Difference, policy: string): string[] {
  if (difference.kind === 'quantity') {
    const { what, expected, actual } = difference;
    const wanted =
      typeof expected === 'number' ? String(expected) : `${String(expected[0])} to ${String(expected[1])}`;
    return [`${what}: expected ${wanted}, got ${String(actual ?? 'none')}`, 'queues at the end of the run:'];
  }
  const { index, expected, actual, before } = difference;
  return [
    `record ${String(index + 1)} of those compared differs${differingFields(expected, actual, policy)}`,
    ...before.map((record) => `  before    ${shown(record)}`),
    `  expected  ${shown(expected)}`,
    `  actual    ${shown(actual)}`,
    'queues at the actual record:',
  ];
}

function shown(record: GoldenRecord | null): string {
  return record === null ? 'no further record' : JSON.stringify(record);
}

function differingFields(expected: GoldenRecord | null, actual: GoldenRecord | null, policy: string): string {
  if (expected === null || actual === null) return '';
  const [kind] = expected;
  if (kind !== actual[0]) return ' in its kind';
  const names = ['kind', 't', ...(dialectOf(policy)?.recordFields[kind] ?? [])];
  const count = Math.max(expected.length, actual.length);
  const differing = Array.from({ length: count }, (_, i) => names[i] ?? `field ${String(i + 1)}`).filter(
    (_, i) => JSON.stringify(expected[i]) !== JSON.stringify(actual[i]),
  );
  return ` in ${differing.join(', ')}`;
}

function queueLine({ pcpu, current, queue }: QueueState, policy: string): string {
  const runs = current === null ? 'idle' : `runs ${vcpuText(current, policy)}`;
  const waiting = queue.map((vcpu) => vcpuText(vcpu, policy)).join(', ');
  const whoWaits = waiting === '' ? 'nobody waits' : `waiting: ${waiting}`;
  return `  pCPU ${String(pcpu)}  ${runs}; ${whoWaits}`;
}

/** `A.0 (UNDER, credit -50)`: exact, as the records are. */
function vcpuText({ name, readings }: QueuedVcpu, policy: string): string {
  const { vcpuReadings } = policyTypeOf(policy);
  const shown = readings.map(({ name: key, value }) => {
    const classes = vcpuReadings.find((reading) => reading.key === key)?.classes;
    return classes?.find((each) => each.value === value)?.name ?? `${key} ${String(value)}`;
  });
  return `${name} (${shown.join(', ')})`;
}
