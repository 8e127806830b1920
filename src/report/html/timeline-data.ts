/** A trace as the page's script takes it. */
import { Column, Kind, WIDTH } from '../../trace/record.ts';
import { spellsOf } from '../../trace/spells.ts';
import { endOf, slicesOf, staysOf } from '../../trace/timeline.ts';
import type { Trace } from '../../trace/trace.ts';
import { creditTracks } from './credit-track.ts';
import { NO_REASON, pack, packColumns } from './pack.ts';
import type { TimelineData } from './view-data.ts';

export function timelineData(title: string, trace: Trace): TimelineData {
  const { header, rows, count } = trace;
  const { scenario } = header;
  const endNs = endOf(trace);
  const slices = slicesOf(trace);
  const stays = header.machine === 'hardware' ? staysOf(trace) : null;
  const credits = creditTracks(trace);
  const parked = spellsOf(trace).map((spells) => spells.filter(({ state }) => state === 'parked'));
  return {
    title,
    startNs: trace.lost.forgotten > 0 && count > 0 ? rows[Column.timeNs] : 0,
    endNs,
    pcpus: scenario.pcpus.map((cpu, pcpu) => ({
      name: `CPU ${cpu}`,
      slices: packColumns(slices[pcpu], {
        fromNs: ['f64', (slice) => slice.fromNs],
        toNs: ['f64', (slice) => slice.toNs],
        vcpu: ['u16', (slice) => slice.vcpu],
        priority: ['i8', (slice) => slice.priority],
        credit: ['i32', (slice) => slice.credit],
        reason: ['u8', (slice) => slice.reason],
        choice: ['u8', (slice) => slice.choice],
        endReason: ['u8', (slice) => slice.endReason ?? NO_REASON],
        renewals: ['u32', (slice) => slice.renewals],
      }),
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
      credits: packColumns(credits[vcpu], {
        timeNs: ['f64', (point) => point.timeNs],
        credit: ['i32', (point) => point.credit],
        priority: ['i8', (point) => point.priority],
      }),
      parked: packColumns(parked[vcpu], {
        fromNs: ['f64', (span) => span.fromNs],
        toNs: ['f64', (span) => span.toNs],
      }),
    })),
    acctNs: pack('f64', timesOf(trace, Kind.acct)),
    note: noteOf(trace),
  };
}

function timesOf({ rows, count }: Trace, kind: Kind): number[] {
  const times: number[] = [];
  for (let row = 0; row < count * WIDTH; row += WIDTH) {
    if (rows[row + Column.kind] === kind) times.push(rows[row + Column.timeNs]);
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
