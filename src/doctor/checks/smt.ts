import { formatCpuList } from '../../scenario/cpu-list.ts';
import { type Check, Topic } from '../finding.ts';
import { recommendPcpus } from '../../cpus/recommend.ts';

const topic = new Topic('smt', 'SMT siblings');

/** Is each pCPU a core of its own? */
export const checkSmt: Check = ({ topology, topologyKnown, pcpus, virtual }) => {
  if (!topologyKnown.siblings) return topic.unknown('/sys does not say which CPUs share a core');
  const chosen = topology.cpus.filter(({ id }) => pcpus.includes(id));
  const shared = chosen.filter(({ smtSiblings }) => smtSiblings.some((sibling) => pcpus.includes(sibling)));
  if (shared.length > 0) {
    return topic.bad(
      `pCPUs ${formatCpuList(shared.map(({ id }) => id))} share cores among themselves`,
      'two VMs on one core slow each other down by up to a half, whatever their weights',
      `one pCPU per core: \`--pcpus ${formatCpuList(recommendPcpus(topology).pcpus)}\``,
    );
  }
  const outside = chosen.flatMap(({ smtSiblings }) => smtSiblings);
  if (outside.length > 0) {
    return topic.notice(
      `the pCPUs share their cores with CPU ${formatCpuList(outside)}`,
      'what other programs do there slows the pCPUs down by up to a half',
      'keep those idle, or `echo off | sudo tee /sys/devices/system/cpu/smt/control`',
    );
  }
  return topic.good(
    virtual?.isVirtual === true ? 'none that the virtual machine shows' : 'none: a core per pCPU',
  );
};
