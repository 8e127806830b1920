/**
 * A trace for chrome://tracing: JSON in the Trace Event Format, with the tracks of perfetto/tracks.ts. A group of
 * tracks is a process, a track a thread. Times in µs since t = 0, with ns behind the point. The same trace gives the
 * same text.
 */
import type { MarkList } from './perfetto/in-order.ts';
import { markList, writeInOrder } from './perfetto/in-order.ts';
import type { Track, TrackGroup } from './perfetto/track.ts';
import { tracksOf } from './perfetto/tracks.ts';
import type { Trace } from '../trace.ts';

/** @returns the text of the file, an event per line */
export function chromeOf(trace: Trace): string {
  const { label, run, machine, generator } = trace.header;
  const otherData = { generator: `${generator.name} ${generator.version}`, label, run, machine };
  const groups = tracksOf(trace);
  const lines: string[] = groups.flatMap(namesOf);
  const put = (event: object): void => {
    lines.push(JSON.stringify(event));
  };
  writeInOrder(
    groups.flatMap(({ tracks }, group) =>
      tracks.flatMap((track, index) => marksOf(track, group + 1, index + 1, put)),
    ),
  );
  // No displayTimeUnit: some versions of Perfetto take it for the unit of the time stamps.
  return `{"otherData":${JSON.stringify(otherData)},"traceEvents":[\n${lines.join(',\n')}\n]}\n`;
}

/** Processes and threads count from 1. */
function namesOf({ name, tracks }: TrackGroup, group: number): string[] {
  const pid = group + 1;
  const meta = (what: string, tid: number, args: object) =>
    JSON.stringify({ ph: 'M', name: what, pid, tid, args });
  return [
    meta('process_name', 0, { name }),
    meta('process_sort_index', 0, { sort_index: group }),
    ...tracks.flatMap((track, index) => {
      if (track.kind === 'counter') return [];
      const tid = index + 1;
      return [
        meta('thread_name', tid, { name: track.name }),
        meta('thread_sort_index', tid, { sort_index: index }),
      ];
    }),
  ];
}

/** Spans come before the instants in them. */
function marksOf(track: Track, pid: number, tid: number, put: (event: object) => void): MarkList[] {
  if (track.kind === 'counter') {
    const { name, samples } = track;
    return [
      markList(samples, timeOf, ({ atNs, value }) => {
        put({ ph: 'C', name, pid, ts: us(atNs), args: { value } });
      }),
    ];
  }
  const cat = track.kind === 'lane' ? 'pcpu' : 'vcpu';
  return [
    markList(
      track.spans,
      ({ fromNs }) => fromNs,
      ({ name, fromNs, toNs, details }) => {
        put({ ph: 'X', name, cat, pid, tid, ts: us(fromNs), dur: us(toNs - fromNs), args: details });
      },
    ),
    markList(track.instants, timeOf, ({ name, atNs, details }) => {
      // Its scope is its thread.
      put({ ph: 'i', s: 't', name, cat, pid, tid, ts: us(atNs), args: details });
    }),
  ];
}

function timeOf({ atNs }: { readonly atNs: number }): number {
  return atNs;
}

function us(ns: number): number {
  return ns / 1000;
}
