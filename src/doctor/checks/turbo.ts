import { type Check, Topic } from '../finding.ts';

const topic = new Topic('turbo', 'turbo');

/** Does the speed of a core depend on heat and on its neighbours? */
export const checkTurbo: Check = ({ turbo, frequency, virtual }) => {
  if (turbo === null) {
    const whose = virtual?.isVirtual === true ? ": the virtual machine's host decides" : '';
    return topic.unknown(`no switch in /sys${whose}`);
  }
  if (!turbo) return topic.good('off');
  const isIntel = frequency.some(({ driver }) => driver === 'intel_pstate');
  return topic.notice(
    'on',
    'a core runs faster while it is cool and others are idle, so the same work takes a varying time',
    isIntel
      ? '`echo 1 | sudo tee /sys/devices/system/cpu/intel_pstate/no_turbo`'
      : '`echo 0 | sudo tee /sys/devices/system/cpu/cpufreq/boost`',
  );
};
