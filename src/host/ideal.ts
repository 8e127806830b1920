import type { Scenario } from '../scenario/scenario.ts';

/** Placeholder until analysis/fluid lands. */
export function idealWallNs(scenario: Scenario, _workNs: readonly (number | null)[]): (number | null)[] {
  return scenario.vms.map(() => null);
}
