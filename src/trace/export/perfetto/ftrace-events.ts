/** Context switches and wake-ups as Perfetto's FtraceEventBundle packets. */
import { IDLE } from '../../../core/policy.ts';
import type { RunState } from '../../spells.ts';
import { MessageField, ORIGIN_NS, TaskState } from './fields.ts';
import type { ProtobufWriter } from './protobuf.ts';
import type { SchedEvent } from './sched-switches.ts';
import { threadOf } from './tracks.ts';

const FTRACE_SEQUENCE = 2;

/** Events in a packet: small packets are read with less memory. */
const BUNDLE = 512;

/** What Linux calls its idle task; its pid is 0. */
const IDLE_TASK = 'swapper';

const TASK_STATES: Readonly<Record<RunState, number>> = {
  running: TaskState.runnable,
  woken: TaskState.runnable,
  preempted: TaskState.runnable,
  requeued: TaskState.runnable,
  parked: TaskState.stopped,
  paused: TaskState.stopped,
  blocked: TaskState.sleeping,
  done: TaskState.dead,
  absent: TaskState.sleeping,
  unknown: TaskState.runnable,
};

/**
 * @param events of that CPU, in order of time
 * @param ids index vCPU
 */
export function writeSchedEvents(
  out: ProtobufWriter,
  cpu: number,
  events: readonly SchedEvent[],
  ids: readonly string[],
): void {
  for (let first = 0; first < events.length; first += BUNDLE) {
    out.message(MessageField.Trace.packet, () => {
      out.uint(MessageField.TracePacket.trustedPacketSequenceId, FTRACE_SEQUENCE);
      out.message(MessageField.TracePacket.ftraceEvents, () => {
        out.uint(MessageField.FtraceEventBundle.cpu, cpu);
        for (const event of events.slice(first, first + BUNDLE)) writeEvent(out, cpu, event, ids);
      });
    });
  }
}

function writeEvent(out: ProtobufWriter, cpu: number, event: SchedEvent, ids: readonly string[]): void {
  const nameOf = (vcpu: number) => (vcpu === IDLE ? IDLE_TASK : ids[vcpu]);
  out.message(MessageField.FtraceEventBundle.event, () => {
    out.uint(MessageField.FtraceEvent.timestamp, ORIGIN_NS + event.atNs);
    if (event.kind === 'waking') {
      out.uint(MessageField.FtraceEvent.pid, threadOf(IDLE));
      out.message(MessageField.FtraceEvent.schedWaking, () => {
        out.string(MessageField.SchedWaking.comm, nameOf(event.vcpu));
        out.uint(MessageField.SchedWaking.pid, threadOf(event.vcpu));
        out.uint(MessageField.SchedWaking.prio, event.rank);
        out.uint(MessageField.SchedWaking.success, 1);
        out.uint(MessageField.SchedWaking.targetCpu, cpu);
      });
      return;
    }
    out.uint(MessageField.FtraceEvent.pid, threadOf(event.prev));
    out.message(MessageField.FtraceEvent.schedSwitch, () => {
      out.string(MessageField.SchedSwitch.prevComm, nameOf(event.prev));
      out.uint(MessageField.SchedSwitch.prevPid, threadOf(event.prev));
      out.uint(MessageField.SchedSwitch.prevPrio, event.prevRank);
      out.uint(MessageField.SchedSwitch.prevState, TASK_STATES[event.prevState]);
      out.string(MessageField.SchedSwitch.nextComm, nameOf(event.next));
      out.uint(MessageField.SchedSwitch.nextPid, threadOf(event.next));
      out.uint(MessageField.SchedSwitch.nextPrio, event.nextRank);
    });
  });
}
