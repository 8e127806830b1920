/**
 * Numbers of the fields of Perfetto's messages, of those that are written here. Source: protos/perfetto/trace of the
 * Perfetto project (trace_packet, interned_data, track_event/*, ftrace/*).
 */
export const MessageField = {
  Trace: { packet: 1 },
  TracePacket: {
    ftraceEvents: 1,
    timestamp: 8,
    trustedPacketSequenceId: 10,
    trackEvent: 11,
    internedData: 12,
    sequenceFlags: 13,
    trackDescriptor: 60,
    firstPacketOnSequence: 87,
  },
  InternedData: { eventCategories: 1, eventNames: 2, debugAnnotationNames: 3 },
  InternedName: { iid: 1, name: 2 },
  TrackDescriptor: {
    uuid: 1,
    name: 2,
    process: 3,
    thread: 4,
    parentUuid: 5,
    counter: 8,
    childOrdering: 11,
    siblingOrderRank: 12,
  },
  ProcessDescriptor: { pid: 1, processName: 6 },
  ThreadDescriptor: { pid: 1, tid: 2, threadName: 5 },
  CounterDescriptor: { unit: 3, unitName: 6 },
  TrackEvent: {
    categoryIids: 3,
    debugAnnotations: 4,
    type: 9,
    nameIid: 10,
    trackUuid: 11,
    counterValue: 30,
    doubleCounterValue: 44,
  },
  DebugAnnotation: { nameIid: 1, intValue: 4, doubleValue: 5, stringValue: 6 },
  FtraceEventBundle: { cpu: 1, event: 2 },
  FtraceEvent: { timestamp: 1, pid: 2, schedSwitch: 4, schedWaking: 20 },
  SchedSwitch: { prevComm: 1, prevPid: 2, prevPrio: 3, prevState: 4, nextComm: 5, nextPid: 6, nextPrio: 7 },
  SchedWaking: { comm: 1, pid: 2, prio: 3, success: 4, targetCpu: 5 },
} as const;

/** The time stamp of t = 0: to Perfetto, 0 may mean that nothing has happened yet. */
export const ORIGIN_NS = 1e9;

/** TracePacket.SequenceFlags */
export const SequenceFlag = { incrementalStateCleared: 1, needsIncrementalState: 2 } as const;

/** TrackEvent.Type */
export const EventType = { sliceBegin: 1, sliceEnd: 2, instant: 3, counter: 4 } as const;

/** TrackDescriptor.ChildTracksOrdering */
export const CHILDREN_BY_RANK = 3;

/** CounterDescriptor.Unit */
export const CounterUnit = { timeNs: 1, count: 2 } as const;

/** As Linux reports the state of a task that leaves its CPU. */
export const TaskState = { runnable: 0, sleeping: 1, stopped: 4, dead: 16 } as const;
