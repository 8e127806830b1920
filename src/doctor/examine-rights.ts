/** What this process may do. */
import { type Examination, Topic } from './finding.ts';

const REALTIME = new Topic('realtime', 'SCHED_FIFO');

/** May the scheduler's thread go before all ordinary threads? */
export const examineRealtime: Examination = ({ realtime: { fifo, priorityLimit } }) => {
  const consequence = "when all CPUs are busy, the scheduler's timers wait for a free core";
  switch (fifo) {
    case null:
      return REALTIME.unknown('neither tried nor told by /proc/self/limits');
    case 'permitted':
      return REALTIME.good('permitted');
    case 'switched-off':
      return REALTIME.notice('switched off', consequence, '`unset CREDITLAB_REALTIME`');
    case 'refused': {
      const limit = priorityLimit === null ? '' : ` (priority limit ${String(priorityLimit)})`;
      return REALTIME.notice(
        `not permitted${limit}`,
        consequence,
        'raise the limit of this shell: `sudo prlimit --pid $$ --rtprio=50`',
      );
    }
  }
};

const PERF = new Topic('perf', 'perf counters');

/** Above this a process may not even count its own events. */
const MOST_PARANOID = 2;
const WITHOUT_PERF = "timings don't suffer, but cycles and cache misses can't be told";

export const examinePerf: Examination = ({ perf: { paranoid, privileged, hasCounters } }) => {
  if (hasCounters === null || (paranoid === null && privileged !== true))
    return PERF.unknown('/proc/sys/kernel/perf_event_paranoid or /sys/bus/event_source could not be read');
  if (!hasCounters) return PERF.notice('none: the kernel offers no hardware counters', WITHOUT_PERF);
  if (privileged === true || (paranoid ?? 0) <= MOST_PARANOID) return PERF.good('permitted');
  return PERF.notice(
    `not permitted (perf_event_paranoid ${String(paranoid)})`,
    WITHOUT_PERF,
    '`sudo sysctl kernel.perf_event_paranoid=2`',
  );
};

const TRACING = new Topic('tracing', 'kernel tracing');

const WITHOUT_TRACING = "timings don't suffer, but can't be held beside the kernel's own record";

export const examineTracing: Examination = ({ tracing }) => {
  switch (tracing) {
    case null:
      return TRACING.unknown('this kernel has no /sys/kernel/tracing');
    case 'permitted':
      return TRACING.good('permitted');
    case 'not-mounted':
      return TRACING.notice(
        'not mounted',
        WITHOUT_TRACING,
        'as root: `mount -t tracefs nodev /sys/kernel/tracing`',
      );
    case 'refused':
      return TRACING.notice('not permitted', WITHOUT_TRACING, 'as root');
  }
};
