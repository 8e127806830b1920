import type { HostCpu } from '../cpus/host-cpus.ts';
import { formatCpuList } from '../scenario/cpu-list.ts';

/** Warnings where the pCPUs aren't all worth the same. */
export function mixedPcpus(pcpus: readonly number[], cpus: readonly HostCpu[]): string[] {
  const chosen = cpus.filter(({ id }) => pcpus.includes(id));
  const siblings = chosen.filter(({ smtSiblings }) => smtSiblings.some((id) => pcpus.includes(id)));
  const slow = chosen.filter(({ coreType }) => coreType === 'efficiency');
  const list = (some: readonly HostCpu[]): string => formatCpuList(some.map(({ id }) => id));
  const remedy = '`creditlab doctor` recommends others';
  const warnings: string[] = [];
  if (siblings.length > 0)
    warnings.push(
      `pCPUs ${list(siblings)} share cores among themselves, so a vCPU's speed depends on what runs beside it; ` +
        `${remedy}`,
    );
  const are = slow.length === 1 ? 'is an efficiency core' : 'are efficiency cores';
  if (slow.length > 0 && slow.length < chosen.length)
    warnings.push(
      `of the pCPUs, ${list(slow)} ${are} and ` +
        `the others are not, so the same work takes longer there; ${remedy}`,
    );
  return warnings;
}
