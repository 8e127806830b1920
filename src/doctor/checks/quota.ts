import { type Check, Topic } from '../finding.ts';
import { OWN_CPUS } from '../../cpus/recommend.ts';

const topic = new Topic('cgroup-quota', 'cgroup quota');

/** Will the kernel stop the whole process because it has used its quota? */
export const checkQuota: Check = ({ topology, cgroupsKnown, pcpus }) => {
  if (!cgroupsKnown) return topic.unknown('/proc/self/cgroup could not be read');
  const quota = topology.cgroupQuotaCpus;
  if (quota === null) return topic.good('none');
  const state = `${quota.toFixed(2)} CPUs for ${String(pcpus.length)} ${pcpus.length === 1 ? 'pCPU' : 'pCPUs'}`;
  if (quota >= pcpus.length + OWN_CPUS) return topic.good(`${state}: enough`);
  return topic.bad(
    state,
    'when it is used up the kernel stops scheduler and VMs together for the rest of the period, mostly 100 ms',
    'fewer --pcpus, or a higher limit (docker: --cpus, systemd: CPUQuota=)',
  );
};
