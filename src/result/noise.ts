import type { RunResult } from './result.ts';

/** What part of the time that VMs held their pCPUs was taken by the host's other work, 0..1. */
export function stolenFraction(run: RunResult): number {
  const { stolenNs, cpuNs } = totals(run);
  return stolenNs > 0 ? (stolenNs * hostPart(run)) / (stolenNs + cpuNs) : 0;
}

/** The same on the pCPU where it was most: the average over many hides what spoils one. */
export function worstStolenFraction({ pcpus }: RunResult): number {
  return Math.max(
    ...pcpus.map(({ busyNs, stolenNs = 0, ownThreadsNs }) => {
      const hostNs = Math.max(0, (stolenNs ?? 0) - (ownThreadsNs ?? 0));
      return hostNs > 0 ? hostNs / (hostNs + busyNs) : 0;
    }),
  );
}

/** What part of that time this process's own threads took; null: not known. */
export function ownFraction(run: RunResult): number | null {
  const { stolenNs, cpuNs } = totals(run);
  if (run.pcpus.some(({ ownThreadsNs = null }) => ownThreadsNs === null)) return null;
  return stolenNs > 0 ? (stolenNs * (1 - hostPart(run))) / (stolenNs + cpuNs) : 0;
}

/**
 * What part of the stolen time is the host's, 0..1: on each pCPU all of it but what own threads used there. Some of
 * that they may have used while no vCPU held the pCPU, and nobody lost anything: the host's part is not less than this.
 */
export function hostPart({ pcpus }: RunResult): number {
  const stolenNs = pcpus.reduce((sum, pcpu) => sum + (pcpu.stolenNs ?? 0), 0);
  const ownNs = pcpus.reduce((sum, pcpu) => sum + Math.min(pcpu.stolenNs ?? 0, pcpu.ownThreadsNs ?? 0), 0);
  return stolenNs > 0 ? 1 - ownNs / stolenNs : 1;
}

function totals(run: RunResult): { readonly stolenNs: number; readonly cpuNs: number } {
  const vcpus = run.vms.flatMap((vm) => vm.vcpus);
  return {
    stolenNs: vcpus.reduce((sum, vcpu) => sum + vcpu.stolenNs, 0),
    cpuNs: vcpus.reduce((sum, vcpu) => sum + vcpu.cpuNs, 0),
  };
}
