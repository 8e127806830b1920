/** Sentences above the tables when the host disturbed the runs that they are of. */
import type { RunResult } from '../result/result.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { stolenFraction } from '../result/noise.ts';

/** Above this share of stolen time, execution times say more about the host than about the scheduler. */
export const TOLERABLE_STOLEN = 0.02;

/**
 * Above this, the slowest core time for a unit of work over the fastest, times of different rows aren't comparable as
 * they are.
 */
export const TOLERABLE_SPREAD = 1.05;

/**
 * A warning when the cores' own speed changed while a lab was under way (turbo, a busy hyperthread beside it, another
 * virtual machine): the same work then needs more or less CPU time, whoever schedules it. Null when it was steady, or
 * no VM finished.
 */
export function speedWarning(
  rows: readonly { readonly scenario: Scenario; readonly run: RunResult }[],
): string | null {
  const costs = rows.flatMap(({ scenario, run }) =>
    run.vms.flatMap((vm, index) => costsOf(scenario, vm, index)),
  );
  if (costs.length === 0) return null;
  const least = Math.min(...costs);
  const most = Math.max(...costs);
  if (most <= TOLERABLE_SPREAD * least && Math.max(most, 1 / least) <= TOLERABLE_SPREAD) return null;
  const span = costs.length === 1 ? most.toFixed(2) : `${least.toFixed(2)} to ${most.toFixed(2)}`;
  return (
    `the cores' own speed changed: the work took ${span} times the CPU time that it took when it was calibrated; ` +
    'hold each time against the CPU time beside it'
  );
}

/** CPU time of each finished vCPU, in units of what its work should take. */
function costsOf(scenario: Scenario, vm: RunResult['vms'][number], index: number): number[] {
  const work = scenario.vms[index].work;
  if (work?.kind !== 'cpu') return [];
  return vm.vcpus.filter(({ endNs }) => endNs !== null).map(({ cpuNs }) => cpuNs / work.ns);
}

/** A warning when the host was too busy for the figures to be trusted, else null. */
export function noiseWarning(
  runs: readonly { readonly label: string; readonly run: RunResult }[],
): string | null {
  const noisy = runs
    .map(({ label, run }) => ({ label, stolen: stolenFraction(run) }))
    .filter(({ stolen }) => stolen > TOLERABLE_STOLEN)
    .sort((a, b) => b.stolen - a.stolen);
  if (noisy.length === 0) return null;
  const [worst] = noisy;
  const percent = `${(100 * worst.stolen).toFixed(0)} %`;
  const where =
    runs.length === 1
      ? `took ${percent} of the VMs' time on the cores`
      : `took more than ${String(100 * TOLERABLE_STOLEN)} % of the VMs' time on the cores in ` +
        `${String(noisy.length)} of ${String(runs.length)} runs, up to ${percent} (${worst.label})`;
  return `the host's other work ${where}: such times say more about the host than about the scheduler`;
}
