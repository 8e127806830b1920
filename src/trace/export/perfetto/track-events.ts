/** Tracks and what is on them, as Perfetto's TrackDescriptor and TrackEvent packets. */
import { CHILDREN_BY_RANK, CounterUnit, EventType, MessageField, ORIGIN_NS, SequenceFlag } from './fields.ts';
import { InternedNames } from './interned-names.ts';
import type { ProtobufWriter } from './protobuf.ts';
import type { Details, Instant, Span, Track, TrackGroup } from './track.ts';

/** All of a writer's packets belong to one sequence: names are interned per sequence. */
export const TRACK_EVENT_SEQUENCE = 1;

export class TrackEventWriter {
  private readonly out: ProtobufWriter;
  private readonly categories = new InternedNames(MessageField.InternedData.eventCategories);
  private readonly names = new InternedNames(MessageField.InternedData.eventNames);
  private readonly keys = new InternedNames(MessageField.InternedData.debugAnnotationNames);
  private lastUuid = 0;

  constructor(out: ProtobufWriter) {
    this.out = out;
  }

  /** The packet that a sequence begins with: nothing before it is referred to. */
  begin(): void {
    const { out } = this;
    out.message(MessageField.Trace.packet, () => {
      out.uint(MessageField.TracePacket.trustedPacketSequenceId, TRACK_EVENT_SEQUENCE);
      out.uint(MessageField.TracePacket.sequenceFlags, SequenceFlag.incrementalStateCleared);
      out.uint(MessageField.TracePacket.firstPacketOnSequence, 1);
    });
  }

  /** A VM is shown as a process. @returns the group's uuid */
  describeGroup({ name, pid }: TrackGroup): number {
    return this.describe(() => {
      const { out } = this;
      if (pid === null) {
        out.string(MessageField.TrackDescriptor.name, name);
        out.uint(MessageField.TrackDescriptor.childOrdering, CHILDREN_BY_RANK);
        return;
      }
      out.message(MessageField.TrackDescriptor.process, () => {
        out.uint(MessageField.ProcessDescriptor.pid, pid);
        out.string(MessageField.ProcessDescriptor.processName, name);
      });
    });
  }

  /** A vCPU is shown as a thread. @param parent uuid @param rank among its siblings @returns the track's uuid */
  describeTrack(track: Track, parent: number, rank: number, { pid }: TrackGroup): number {
    return this.describe(() => {
      const { out } = this;
      out.uint(MessageField.TrackDescriptor.parentUuid, parent);
      if (track.kind === 'vcpu' && pid !== null) {
        out.message(MessageField.TrackDescriptor.thread, () => {
          out.uint(MessageField.ThreadDescriptor.pid, pid);
          out.uint(MessageField.ThreadDescriptor.tid, track.tid);
          out.string(MessageField.ThreadDescriptor.threadName, track.name);
        });
        return;
      }
      out.string(MessageField.TrackDescriptor.name, track.name);
      out.uint(MessageField.TrackDescriptor.siblingOrderRank, rank);
      if (track.kind !== 'counter') return;
      out.message(MessageField.TrackDescriptor.counter, () => {
        if (track.unit === 'ns') {
          out.uint(MessageField.CounterDescriptor.unit, CounterUnit.timeNs);
          return;
        }
        out.uint(MessageField.CounterDescriptor.unit, CounterUnit.count);
        out.string(MessageField.CounterDescriptor.unitName, track.unit);
      });
    });
  }

  spanBegins({ fromNs, name, details }: Span, track: number, category: string): void {
    this.named(EventType.sliceBegin, fromNs, track, category, name, details);
  }

  spanEnds(atNs: number, track: number): void {
    this.event(EventType.sliceEnd, atNs, track, () => undefined);
  }

  instant({ atNs, name, details }: Instant, track: number, category: string): void {
    this.named(EventType.instant, atNs, track, category, name, details);
  }

  sample(atNs: number, track: number, value: number): void {
    this.event(EventType.counter, atNs, track, () => {
      if (Number.isSafeInteger(value)) this.out.int(MessageField.TrackEvent.counterValue, value);
      else this.out.double(MessageField.TrackEvent.doubleCounterValue, value);
    });
  }

  private describe(write: () => void): number {
    const { out } = this;
    const uuid = ++this.lastUuid;
    out.message(MessageField.Trace.packet, () => {
      out.uint(MessageField.TracePacket.trustedPacketSequenceId, TRACK_EVENT_SEQUENCE);
      out.message(MessageField.TracePacket.trackDescriptor, () => {
        out.uint(MessageField.TrackDescriptor.uuid, uuid);
        write();
      });
    });
    return uuid;
  }

  private named(
    type: number,
    atNs: number,
    track: number,
    category: string,
    name: string,
    details: Details,
  ): void {
    const { out, names, categories } = this;
    this.event(type, atNs, track, () => {
      out.uint(MessageField.TrackEvent.categoryIids, categories.idOf(category));
      out.uint(MessageField.TrackEvent.nameIid, names.idOf(name));
      for (const key of Object.keys(details)) this.detail(key, details[key]);
    });
  }

  private event(type: number, atNs: number, track: number, write: () => void): void {
    const { out } = this;
    out.message(MessageField.Trace.packet, () => {
      out.uint(MessageField.TracePacket.timestamp, ORIGIN_NS + atNs);
      out.uint(MessageField.TracePacket.trustedPacketSequenceId, TRACK_EVENT_SEQUENCE);
      out.uint(MessageField.TracePacket.sequenceFlags, SequenceFlag.needsIncrementalState);
      out.message(MessageField.TracePacket.trackEvent, () => {
        out.uint(MessageField.TrackEvent.type, type);
        out.uint(MessageField.TrackEvent.trackUuid, track);
        write();
      });
      const interned = [this.categories, this.names, this.keys];
      if (!interned.some((each) => each.hasFresh)) return;
      out.message(MessageField.TracePacket.internedData, () => {
        for (const each of interned) each.writeFresh(out);
      });
    });
  }

  private detail(key: string, value: string | number): void {
    const { out } = this;
    out.message(MessageField.TrackEvent.debugAnnotations, () => {
      out.uint(MessageField.DebugAnnotation.nameIid, this.keys.idOf(key));
      if (typeof value === 'string') out.string(MessageField.DebugAnnotation.stringValue, value);
      else if (Number.isSafeInteger(value)) out.int(MessageField.DebugAnnotation.intValue, value);
      else out.double(MessageField.DebugAnnotation.doubleValue, value);
    });
  }
}
