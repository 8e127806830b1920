import { formatCpuList } from '../../scenario/cpu-list.ts';
import { type Check, Topic } from '../finding.ts';

const topic = new Topic('governor', 'governor');

/** Does the clock keep its frequency when a VM waits? */
export const checkGovernor: Check = ({ frequency, virtual }) => {
  if (frequency.length === 0) {
    const whose = virtual?.isVirtual === true ? ": the virtual machine's host decides" : '';
    return topic.unknown(`no cpufreq in /sys${whose}`);
  }
  const names = [...new Set(frequency.map(({ governor }) => governor))];
  const drivers = [...new Set(frequency.map(({ driver }) => driver))].filter((driver) => driver !== '');
  const state = names.join(', ') + (drivers.length === 0 ? '' : ` (${drivers.join(', ')})`);
  if (names.every((name) => name === 'performance')) return topic.good(state);
  const where = formatCpuList(
    frequency.filter(({ governor }) => governor !== 'performance').map(({ cpu }) => cpu),
  );
  return topic.notice(
    `${state} on CPU ${where}`,
    'the frequency follows the load: a capped or waiting VM lets its core slow down, and its work takes more CPU time',
    '`echo performance | sudo tee /sys/devices/system/cpu/cpu*/cpufreq/scaling_governor`',
  );
};
