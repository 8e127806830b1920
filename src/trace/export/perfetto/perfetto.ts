/**
 * A trace for https://ui.perfetto.dev: a Trace message of Perfetto's protocol buffers.
 *
 *     CPU lanes      who was on which pCPU               sched_switch events   facts (a simulation: intent)
 *     pCPUs          per pCPU intent, and fact below     slices                why, priority, credit, stolen time
 *     scheduler      accounting                          instants              what each VM was given
 *     VM  A          weight and cap, pause               process, instants
 *         A/v0       running, runnable, parked, …        thread, slices        wake, boost, park, steal, migrate
 *                    credit, priority                    counters
 *
 * Time stamps are ns, and t = 0 of the run is at 1 s. The same trace gives the same bytes.
 */
import type { Trace } from '../../trace.ts';
import { writeSchedEvents } from './ftrace-events.ts';
import type { MarkList } from './in-order.ts';
import { markList, writeInOrder } from './in-order.ts';
import { ProtobufWriter } from './protobuf.ts';
import { schedEventsOf } from './sched-switches.ts';
import type { Track, TrackGroup } from './track.ts';
import { TrackEventWriter } from './track-events.ts';
import { tracksOf } from './tracks.ts';

/** @returns the bytes of the file */
export function perfettoOf(trace: Trace): Uint8Array {
  const out = new ProtobufWriter();
  const events = new TrackEventWriter(out);
  events.begin();
  writeInOrder(tracksOf(trace).flatMap((group) => groupMarks(events, group)));
  const ids = trace.header.vcpus.map(({ id }) => id);
  const cpus = cpuNumbers(trace.header.scenario.pcpus);
  schedEventsOf(trace).forEach((each, pcpu) => {
    writeSchedEvents(out, cpus[pcpu], each, ids);
  });
  return out.bytes().slice();
}

/** Perfetto has lanes for that many CPUs. */
const MAX_CPUS = 128;

/** Those of the host, as everywhere; on a host with too many, the pCPUs'. */
function cpuNumbers(pcpus: readonly number[]): number[] {
  return pcpus.map((cpu, pcpu) => (pcpus.every((each) => each < MAX_CPUS) ? cpu : pcpu));
}

/** Describe a group and its tracks. @returns what is on them */
function groupMarks(events: TrackEventWriter, group: TrackGroup): MarkList[] {
  const process = events.describeGroup(group);
  let thread = process;
  return group.tracks.flatMap((track, rank) => {
    // What concerns a VM as a whole stands on its process's own track.
    if (track.kind === 'vm') return trackMarks(events, track, process);
    const parent = track.kind === 'counter' ? thread : process;
    const uuid = events.describeTrack(track, parent, rank, group);
    if (track.kind === 'vcpu') thread = uuid;
    return trackMarks(events, track, uuid);
  });
}

function trackMarks(events: TrackEventWriter, track: Track, uuid: number): MarkList[] {
  const timeOf = ({ atNs }: { readonly atNs: number }): number => atNs;
  if (track.kind === 'counter') {
    return [
      markList(track.samples, timeOf, ({ atNs, value }) => {
        events.sample(atNs, uuid, value);
      }),
    ];
  }
  const { spans, instants } = track;
  const category = track.kind === 'lane' ? 'pcpu' : 'vcpu';
  const beginsAndEnds: MarkList = {
    length: 2 * spans.length,
    timeNs: (place) => (place % 2 === 0 ? spans[place / 2].fromNs : spans[(place - 1) / 2].toNs),
    write: (place) => {
      if (place % 2 === 0) events.spanBegins(spans[place / 2], uuid, category);
      else events.spanEnds(spans[(place - 1) / 2].toNs, uuid);
    },
  };
  return [
    beginsAndEnds,
    markList(instants, timeOf, (instant) => {
      events.instant(instant, uuid, category);
    }),
  ];
}
