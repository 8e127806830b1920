import { formatCpuList } from '../../scenario/cpu-list.ts';
import { type Check, Topic } from '../finding.ts';
import { recommendPcpus } from '../../cpus/recommend.ts';

const topic = new Topic('hybrid', 'core types');

/** Are all pCPUs equally fast? */
export const checkHybrid: Check = ({ topology, topologyKnown, pcpus }) => {
  // A kernel that describes no topology describes no core types either.
  if (!topologyKnown.siblings) return topic.unknown('/sys does not say of which type the cores are');
  const chosen = topology.cpus.filter(({ id }) => pcpus.includes(id));
  const slow = chosen.filter(({ coreType }) => coreType === 'efficiency').map(({ id }) => id);
  if (slow.length === 0) {
    const isHybrid = topology.cpus.some(({ coreType }) => coreType === 'efficiency');
    return topic.good(isHybrid ? 'performance cores only' : 'all the same');
  }
  const better = formatCpuList(recommendPcpus(topology).pcpus);
  if (slow.length < chosen.length) {
    return topic.bad(
      `CPU ${formatCpuList(slow)} among the pCPUs ${slow.length === 1 ? 'is an efficiency core' : 'are efficiency cores'}`,
      'the same work takes longer there, so times depend on where a vCPU ran',
      `cores of one type: \`--pcpus ${better}\``,
    );
  }
  return topic.notice(
    'efficiency cores only',
    'times compare with each other, but not with those of the performance cores',
    `if any is allowed, a performance core: \`--pcpus ${better}\``,
  );
};
