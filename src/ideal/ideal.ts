/**
 * What an ideal scheduler would have given each VM, in time and in share: the one place that says so.
 *
 * It is for the work as it turned out. The same steps take more or less CPU time as the core's speed changes (turbo, a
 * busy hyperthread beside it), and an ideal for the stated work would make the core's speed look like the scheduler's
 * error: of work calibrated to 3 s that took 3.34 s, alone with a cap of 25 % for 13.4 s, the ideal share is 25 % and
 * not 22.4.
 */
import { whyNoIdeal } from '../scenario/entitlement.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { contendedSpan, type DoneNs } from './contention.ts';
import { fluid } from './fluid.ts';

export interface VmIdeal {
  /** execution time, ns; null: endless, or never done */
  readonly wallNs: number | null;
  /** of the window, in percent of one pCPU */
  readonly sharePercent: number | null;
  /** of the time for which all VMs compete in the ideal; null: there is none */
  readonly contendedSharePercent: number | null;
}

const UNKNOWN: VmIdeal = { wallNs: null, sharePercent: null, contendedSharePercent: null };

/**
 * @param workNs per VM: CPU time of each vCPU's work, of a finished one what it took; null: endless; NaN: not known,
 *   and then there is no ideal for anybody, as under a scheduler that doesn't say what its VMs are entitled to
 * @param windowNs of the run
 */
export function idealOf(
  scenario: Scenario,
  workNs: readonly (number | null)[],
  windowNs: number,
): readonly VmIdeal[] {
  const { vms } = scenario;
  const isUnknown = vms.some((_, vm) => Number.isNaN(workNs[vm] ?? 0) || workNs[vm] === undefined);
  if (isUnknown || whyNoIdeal(scenario) !== null) return vms.map(() => UNKNOWN);
  const inWindow = (ns: number) => fluid(scenario, { workNs: (_, vm) => workNs[vm], windowNs: ns }).vms;
  const whole = inWindow(windowNs);
  const doneNs: readonly DoneNs[] = whole.map(({ wallNs }, vm) =>
    wallNs === null ? null : vms[vm].startNs + wallNs,
  );
  const span = contendedSpan(scenario, doneNs, windowNs);
  const [atFrom, atTo] = span === null ? [[], []] : [inWindow(span.fromNs), inWindow(span.toNs)];
  return whole.map(({ wallNs, cpuNs }, vm) => ({
    wallNs,
    sharePercent: windowNs > 0 ? (100 * cpuNs) / windowNs : null,
    contendedSharePercent:
      span === null ? null : (100 * (atTo[vm].cpuNs - atFrom[vm].cpuNs)) / (span.toNs - span.fromNs),
  }));
}
