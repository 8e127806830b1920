/** How well this machine keeps time. */
import { formatNs } from '../report/format.ts';
import { type Examination, Topic } from './finding.ts';

const TIMERS = new Topic('timers', 'timers');

/**
 * With a high-resolution timer a sleep ends within the slack of 50 µs and a wake-up; without, with the next tick of 1
 * to 10 ms.
 */
const NOTICE_NS = 300e3;
const BAD_NS = 900e3;

export const examineTimers: Examination = ({ timers: { overshootNs, slackNs } }) => {
  const slack = slackNs === null ? '' : `; slack ${formatNs(slackNs)}`;
  if (overshootNs === null) return TIMERS.unknown(`not tried${slack}`);
  const state = `a short sleep ends ${formatNs(overshootNs)} late${slack}`;
  if (overshootNs < NOTICE_NS) return TIMERS.good(state);
  if (overshootNs < BAD_NS) {
    return TIMERS.notice(state, 'ticks and slices end late by about as much', 'see load and virtual machine');
  }
  return TIMERS.bad(
    state,
    "ticks of 10 ms and slices of 30 ms can't be kept",
    'a kernel with high-resolution timers (no `highres=off` on its command line), or less load',
  );
};

const CLOCK_SOURCE = new Topic('clock-source', 'clock source');

/** Read in a few ns, without a system call. */
const FAST = new Set(['tsc', 'kvm-clock', 'hyperv_clocksource_tsc_page', 'arch_sys_counter', 'xen']);
/** Counts timer interrupts. */
const COARSE = new Set(['jiffies', 'refined-jiffies']);

export const examineClockSource: Examination = ({ clockSource }) => {
  if (clockSource === null) return CLOCK_SOURCE.unknown('/sys/devices/system/clocksource could not be read');
  const { current, available } = clockSource;
  if (FAST.has(current)) return CLOCK_SOURCE.good(current);
  const better = available.find((name) => FAST.has(name));
  const remedy =
    better === undefined
      ? null
      : `\`echo ${better} | sudo tee /sys/devices/system/clocksource/clocksource0/current_clocksource\``;
  if (COARSE.has(current))
    return CLOCK_SOURCE.bad(
      current,
      'the clock moves in steps of 1 to 10 ms, and so does every time',
      remedy,
    );
  return CLOCK_SOURCE.notice(
    current,
    'each look at the clock is a system call of about a microsecond, which the scheduler pays several times ' +
      'per decision',
    remedy,
  );
};
