/** A trace as the page's script takes it. */
import type { PolicyTerms } from '../../core/policy-terms.ts';
import { Column, WIDTH } from '../../trace/record.ts';
import { spellsOf } from '../../trace/spells.ts';
import { endOf, slicesOf, staysOf } from '../../trace/timeline.ts';
import type { Trace } from '../../trace/trace.ts';
import { vocabularyOf } from '../../trace/vocabulary.ts';
import { NO_REASON, pack, packColumns, packNumbers } from './pack.ts';
import { readingTracks } from './reading-tracks.ts';
import type { TimelineData } from './view-data.ts';

/** The timelines of a page, and the policies of all of them, each once. */
export function dataOf(shown: readonly { readonly title: string; readonly trace: Trace }[]): {
  readonly policies: readonly PolicyTerms[];
  readonly timelines: readonly TimelineData[];
} {
  const policies = [
    ...new Map(shown.map(({ trace }) => [trace.header.policy.type, trace.header.policy])).values(),
  ];
  const timelines = shown.map(({ title, trace }) =>
    timelineData(
      title,
      policies.findIndex(({ type }) => type === trace.header.policy.type),
      trace,
    ),
  );
  return { policies, timelines };
}

/** @param policy which of the page's policies it has */
function timelineData(title: string, policy: number, trace: Trace): TimelineData {
  const { header, rows, count } = trace;
  const { scenario } = header;
  const { vcpuReadings } = header.policy;
  const endNs = endOf(trace);
  const slices = slicesOf(trace);
  const stays = header.machine === 'hardware' ? staysOf(trace) : null;
  const tracks = readingTracks(trace);
  const parked = spellsOf(trace).map((spells) => spells.filter(({ state }) => state === 'parked'));
  return {
    title,
    policy,
    startNs: trace.lost.forgotten > 0 && count > 0 ? rows[Column.timeNs] : 0,
    endNs,
    pcpus: scenario.pcpus.map((cpu, pcpu) => ({
      name: `CPU ${cpu}`,
      slices: packColumns(slices[pcpu], {
        fromNs: ['f64', (slice) => slice.fromNs],
        toNs: ['f64', (slice) => slice.toNs],
        vcpu: ['u16', (slice) => slice.vcpu],
        reason: ['u8', (slice) => slice.reason],
        choice: ['u8', (slice) => slice.choice],
        endReason: ['u8', (slice) => slice.endReason ?? NO_REASON],
        renewals: ['u32', (slice) => slice.renewals],
      }),
      readings: vcpuReadings.map((_, i) => packNumbers(slices[pcpu].map(({ readings }) => readings[i]))),
      stays:
        stays === null
          ? null
          : packColumns(stays[pcpu], {
              fromNs: ['f64', (stay) => stay.fromNs],
              toNs: ['f64', (stay) => stay.toNs],
              vcpu: ['u16', (stay) => stay.vcpu],
              cpuNs: ['f64', (stay) => stay.cpuNs],
              why: ['u8', (stay) => stay.why ?? NO_REASON],
              lateNs: ['f64', (stay) => stay.lateNs],
            }),
    })),
    vcpus: header.vcpus.map(({ id, vm }, vcpu) => ({
      name: scenario.vms[vm].vcpus === 1 ? scenario.vms[vm].name : id,
      vm,
      index: vcpu - header.vcpus.findIndex((other) => other.vm === vm),
      toldNs: pack(
        'f64',
        tracks[vcpu].map(({ timeNs }) => timeNs),
      ),
      readings: vcpuReadings.map((_, i) => packNumbers(tracks[vcpu].map(({ values }) => values[i]))),
      parked: packColumns(parked[vcpu], {
        fromNs: ['f64', (span) => span.fromNs],
        toNs: ['f64', (span) => span.toNs],
      }),
    })),
    marksNs: pack('f64', marksOf(trace)),
    note: noteOf(trace),
  };
}

function marksOf({ header, rows, count }: Trace): number[] {
  const { shapes } = vocabularyOf(header.policy);
  const times: number[] = [];
  for (let row = 0; row < count * WIDTH; row += WIDTH) {
    if (shapes[rows[row + Column.kind]]?.own?.mark !== undefined) times.push(rows[row + Column.timeNs]);
  }
  return times;
}

function noteOf({ complete, lost: { intents, facts, forgotten } }: Trace): string | null {
  const notes = [
    ...(complete ? [] : ['The run did not come to its end.']),
    ...(forgotten > 0 ? [`The first ${forgotten} records were dropped: the memory keeps the newest.`] : []),
    ...(intents + facts > 0
      ? [`${intents + facts} records are missing, so there may be gaps that were none.`]
      : []),
  ];
  return notes.length === 0 ? null : notes.join(' ');
}
