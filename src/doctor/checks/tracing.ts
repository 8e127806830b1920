import { type Check, Topic } from '../finding.ts';

const topic = new Topic('tracing', 'kernel tracing');

const CONSEQUENCE = "timings don't suffer, but can't be held beside the kernel's own record";

export const checkTracing: Check = ({ tracing }) => {
  switch (tracing) {
    case null:
      return topic.unknown('this kernel has no /sys/kernel/tracing');
    case 'permitted':
      return topic.good('permitted');
    case 'not-mounted':
      return topic.notice(
        'not mounted',
        CONSEQUENCE,
        'as root: `mount -t tracefs nodev /sys/kernel/tracing`',
      );
    case 'refused':
      return topic.notice('not permitted', CONSEQUENCE, 'as root');
  }
};
