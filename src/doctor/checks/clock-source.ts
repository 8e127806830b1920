import { type Check, Topic } from '../finding.ts';

const topic = new Topic('clock-source', 'clock source');

/** Read in a few ns, without a system call. */
const FAST = new Set(['tsc', 'kvm-clock', 'hyperv_clocksource_tsc_page', 'arch_sys_counter', 'xen']);
/** Counts timer interrupts. */
const COARSE = new Set(['jiffies', 'refined-jiffies']);

export const checkClockSource: Check = ({ clockSource }) => {
  if (clockSource === null) return topic.unknown('/sys/devices/system/clocksource could not be read');
  const { current, available } = clockSource;
  if (FAST.has(current)) return topic.good(current);
  const better = available.find((name) => FAST.has(name));
  const remedy =
    better === undefined
      ? null
      : `\`echo ${better} | sudo tee /sys/devices/system/clocksource/clocksource0/current_clocksource\``;
  if (COARSE.has(current))
    return topic.bad(current, 'the clock moves in steps of 1 to 10 ms, and so does every time', remedy);
  return topic.notice(
    current,
    'each look at the clock is a system call of about a microsecond, which the scheduler pays several times per decision',
    remedy,
  );
};
