import { formatCpuList } from '../../scenario/cpu-list.ts';
import { bringOnline } from '../../scenario/resolve-pcpus.ts';
import { type Check, Topic } from '../finding.ts';

const topic = new Topic('allowed-cpus', 'allowed CPUs');

/** Are there CPUs beside the pCPUs, for the scheduler's thread and everybody else? */
export const checkAllowedCpus: Check = ({ topology, topologyKnown, onlineCpus, pcpus }) => {
  const { allowedCpus, offlineCpus } = topology;
  if (!topologyKnown.allowed)
    return topic.unknown('/proc/self/status does not say which CPUs this process may use');
  const online = onlineCpus === null ? '' : ` of ${String(onlineCpus.length)} online`;
  const offline = offlineCpus.length === 0 ? '' : `, offline: ${formatCpuList(offlineCpus)}`;
  const state = `${String(allowedCpus.length)}${online}: ${formatCpuList(allowedCpus)}${offline}`;
  const left = allowedCpus.filter((cpu) => !pcpus.includes(cpu));
  if (left.length > 0) return topic.good(`${state}; beside the pCPUs: ${formatCpuList(left)}`);
  const isLimited = (onlineCpus?.length ?? 0) > allowedCpus.length;
  return topic.notice(
    `${state}; all of them are pCPUs`,
    "the scheduler's thread and all other programs take their time from the VMs",
    isLimited
      ? `allow more CPUs: \`taskset -cp ${formatCpuList(onlineCpus ?? [])} $$\``
      : allowedCpus.length > 1
        ? 'leave one out with --pcpus'
        : offlineCpus.length > 0
          ? bringOnline(offlineCpus)
          : 'give the machine a second CPU',
  );
};
