import { type Check, Topic } from '../finding.ts';

const topic = new Topic('realtime', 'SCHED_FIFO');

/** May the scheduler's thread go before all ordinary threads? */
export const checkRealtime: Check = ({ realtime: { fifo, priorityLimit } }) => {
  const consequence = "when all CPUs are busy, the scheduler's timers wait for a free core";
  switch (fifo) {
    case null:
      return topic.unknown('neither tried nor told by /proc/self/limits');
    case 'permitted':
      return topic.good('permitted');
    case 'switched-off':
      return topic.notice('switched off', consequence, '`unset CREDITLAB_REALTIME`');
    case 'refused': {
      const limit = priorityLimit === null ? '' : ` (priority limit ${String(priorityLimit)})`;
      return topic.notice(
        `not permitted${limit}`,
        consequence,
        'raise the limit of this shell: `sudo prlimit --pid $$ --rtprio=50`',
      );
    }
  }
};
