import { formatCpuList } from '../scenario/cpu-list.ts';
import type { Recommendation, HostCpus } from './host-cpus.ts';

/**
 * How many CPUs of a control group's quota creditlab needs beside the VMs: for the scheduler's thread, the main thread
 * and compilation.
 */
export const OWN_CPUS = 0.25;
/** Enough for every ready-made lab. */
export const MOST_PCPUS = 4;

/**
 * Which CPUs to use as pCPUs: one thread per core, performance cores where there are any, and not CPU 0 (where the
 * kernel puts most interrupts) if more than two cores can be had; within the quota. Of three CPUs or more, one is left
 * for the scheduler's thread.
 *
 * The doctor shows them, and a run takes them where neither its file nor its options ask for anything else.
 */
export function recommendPcpus(
  hostCpus: Pick<HostCpus, 'cpus' | 'preferredCpus' | 'cgroupQuotaCpus'>,
): Recommendation {
  const { cpus, preferredCpus, cgroupQuotaCpus } = hostCpus;
  const byId = new Map(cpus.map((cpu) => [cpu.id, cpu]));
  const hasFast = cpus.some(({ coreType }) => coreType !== 'efficiency');
  const taken = new Set<number>();
  const cores: number[] = [];
  for (const id of preferredCpus) {
    const cpu = byId.get(id);
    if (cpu === undefined || taken.has(id) || (hasFast && cpu.coreType === 'efficiency')) continue;
    cores.push(id);
    for (const sibling of cpu.smtSiblings) taken.add(sibling);
  }
  const isOfCpu0 = (id: number): boolean => id === 0 || byId.get(id)?.smtSiblings.includes(0) === true;
  const leavesCpu0 = cores.length > 2 && cores.some(isOfCpu0);
  // Where CPU 0 isn't to be had, the last choice stands in for it.
  const leavesLast = !leavesCpu0 && cores.length > 2 && cores.length === cpus.length;
  const free = leavesCpu0
    ? cores.filter((id) => !isOfCpu0(id))
    : cores.slice(0, leavesLast ? -1 : cores.length);
  const paidFor = cgroupQuotaCpus === null ? Infinity : Math.max(1, Math.floor(cgroupQuotaCpus - OWN_CPUS));
  const pcpus = free.slice(0, Math.min(MOST_PCPUS, paidFor));
  const hasSiblings = cpus.some(({ smtSiblings }) => smtSiblings.length > 0);
  const hasSlow = cpus.some(({ coreType }) => coreType === 'efficiency');
  const reasons = [
    ...(hasSiblings ? ['one thread per core'] : []),
    ...(hasFast && hasSlow ? ['performance cores only'] : []),
    ...(leavesCpu0 ? ['CPU 0 is left to the kernel and other programs'] : []),
    ...(leavesLast ? [`CPU ${String(cores.at(-1))} is left to the scheduler and other programs`] : []),
    ...(paidFor < Math.min(MOST_PCPUS, free.length) ? ['no more than the control group pays for'] : []),
    ...(Math.min(paidFor, free.length) > MOST_PCPUS
      ? [`no ready-made lab needs more than ${String(MOST_PCPUS)}`]
      : []),
    ...(pcpus.length > 1 && pcpus.length === cpus.length
      ? [
          `where one pCPU will do, \`--pcpus ${String(pcpus[0])}\` leaves CPU ${formatCpuList(pcpus.slice(1))} to ` +
            'everybody else',
        ]
      : []),
  ];
  return { pcpus, why: reasons.join('; ') };
}
