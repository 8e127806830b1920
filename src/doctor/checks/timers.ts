import { formatNs } from '../../report/format.ts';
import { type Check, Topic } from '../finding.ts';

const topic = new Topic('timers', 'timers');

/** With a high-resolution timer a sleep ends within the slack of 50 µs and a wake-up; without, with the next tick of 1 to 10 ms. */
const NOTICE_NS = 300e3;
const BAD_NS = 900e3;

export const checkTimers: Check = ({ timers: { overshootNs, slackNs } }) => {
  const slack = slackNs === null ? '' : `; slack ${formatNs(slackNs)}`;
  if (overshootNs === null) return topic.unknown(`not tried${slack}`);
  const state = `a short sleep ends ${formatNs(overshootNs)} late${slack}`;
  if (overshootNs < NOTICE_NS) return topic.good(state);
  if (overshootNs < BAD_NS) {
    return topic.notice(state, 'ticks and slices end late by about as much', 'see load and virtual machine');
  }
  return topic.bad(
    state,
    "ticks of 10 ms and slices of 30 ms can't be kept",
    'a kernel with high-resolution timers (no `highres=off` on its command line), or less load',
  );
};
