import { type Check, Topic } from '../finding.ts';

const topic = new Topic('perf', 'perf counters');

/** Above this a process may not even count its own events. */
const MOST_PARANOID = 2;
const CONSEQUENCE = "timings don't suffer, but cycles and cache misses can't be told";

export const checkPerf: Check = ({ perf: { paranoid, privileged, hasCounters } }) => {
  if (hasCounters === null || (paranoid === null && privileged !== true))
    return topic.unknown('/proc/sys/kernel/perf_event_paranoid or /sys/bus/event_source could not be read');
  if (!hasCounters) return topic.notice('none: the kernel offers no hardware counters', CONSEQUENCE);
  if (privileged === true || (paranoid ?? 0) <= MOST_PARANOID) return topic.good('permitted');
  return topic.notice(
    `not permitted (perf_event_paranoid ${String(paranoid)})`,
    CONSEQUENCE,
    '`sudo sysctl kernel.perf_event_paranoid=2`',
  );
};
