/** How the decisions of any policy are explained: by its terms. */
import { IDLE } from '../../core/policy.ts';
import { Column, COLUMNS, Kind, WIDTH } from '../record.ts';
import { latestRow, readingsAfter, vmReadingsAfter } from '../readings.ts';
import type { Trace } from '../trace.ts';
import { vocabularyOf } from '../vocabulary.ts';
import type { PolicyWords } from './policy-words.ts';
import {
  cpuName,
  decidedText,
  instant,
  isDoneAt,
  readingsText,
  readingText,
  standingText,
  vcpuName,
  vmName,
} from './words.ts';

export const COMMON_WORDS: PolicyWords = {
  decision: (trace, row) => `${triggerWords(trace, row)}; ${outcomeWords(trace, row)}`,
  record: () => null,
  wakeUp(trace, vcpu, row) {
    const { rows, lost } = trace;
    const earlier = latestRow(trace, row - 1, [Kind.wake], (at) => rows[at + COLUMNS.wake.vcpu] === vcpu);
    return earlier < 0 && lost.forgotten === 0 ? 'it was started' : 'it woke up';
  },
  waiting({ trace, row, spell }) {
    return `. ${vcpuName(trace, spell.vcpu)} waits for its turn${standingText(trace, spell.vcpu, row, 'it has ')}.`;
  },
  parked: (trace, { beginRow, fromNs }) => {
    const words = parkedBecause(trace, beginRow);
    const because = words === '' ? '' : `: ${words}`;
    return `At ${instant(fromNs)} it was parked${because}.`;
  },
  unparked: (trace, row) => `it was no longer parked: ${ownDescription(trace, row)}`,
  ended: (trace, row, effect) => {
    const what = effect === 'park' ? 'it was parked' : 'it was no longer parked';
    return `${what}: ${ownDescription(trace, row)}`;
  },
  standing: (trace, vcpu, row) => {
    const text = standingWords(trace, vcpu, row);
    return text === '' ? null : { title: 'has', text };
  },
  fullScale: () => null,
  detail: () => null,
};

/** Whoever runs when it is parked leaves by a decision, which says why; others are parked by a record of the policy. */
function parkedBecause({ header, rows }: Trace, row: number): string {
  const at = row * WIDTH;
  const { shapes, reasons } = vocabularyOf(header.policy);
  return rows[at + Column.kind] === Kind.decide
    ? (reasons.get(rows[at + COLUMNS.decide.reason])?.ended ?? '')
    : (shapes[rows[at + Column.kind]]?.own?.description ?? '');
}

function ownDescription({ header, rows }: Trace, row: number): string {
  return vocabularyOf(header.policy).shapes[rows[row * WIDTH + Column.kind]]?.own?.description ?? '';
}

function triggerWords(trace: Trace, row: number): string {
  const at = row * WIDTH;
  const { rows, header } = trace;
  const { decide } = COLUMNS;
  const [prev, next] = [rows[at + decide.prev], rows[at + decide.next]];
  const cpu = cpuName(trace, rows[at + decide.pcpu]);
  const reason = vocabularyOf(header.policy).reasons.get(rows[at + decide.reason]);
  const title = reason?.title ?? 'for a reason that is not known';
  if (prev === IDLE) return `${cpu} was idle (${title})`;
  if (prev === next || reason === undefined) return `there was another decision (${title})`;
  const name = vcpuName(trace, prev);
  if (reason.after === 'blocked' && isDoneAt(trace, row, prev)) return `${name} had done its work`;
  return `${reason.ended} (${name})`;
}

function outcomeWords(trace: Trace, row: number): string {
  const at = row * WIDTH;
  const { rows, header } = trace;
  const { decide } = COLUMNS;
  const [prev, next] = [rows[at + decide.prev], rows[at + decide.next]];
  if (next === IDLE) return 'there was nobody to run, so the CPU is idle';
  const how = vocabularyOf(header.policy).choices.get(rows[at + decide.choice])?.words;
  const because = how === undefined ? '' : `: ${how}`;
  const verb = next === prev ? 'goes on' : 'came';
  return `${vcpuName(trace, next)}${decidedText(trace, row, 'next')} ${verb}${because}`;
}

/** Each reading with the time since when it is known and what it is; and what its VM was given. */
function standingWords(trace: Trace, vcpu: number, row: number): string {
  const { policy, vcpus } = trace.header;
  const readings = readingsAfter(trace, vcpu, row).flatMap((told, i) => {
    if (told === null) return [];
    const reading = policy.vcpuReadings[i];
    return [`${readingText(reading, told.value)} since ${instant(told.timeNs)}: ${reading.description}.`];
  });
  const { vm } = vcpus[vcpu];
  const ofVm = vmReadingsAfter(trace, vm, row);
  const settings =
    ofVm === null ? [] : [`${vmName(trace, vm)} has ${readingsText(policy.vmReadings, ofVm)}.`];
  return [...readings, ...settings].join(' ');
}
