import { POLICY_TYPES, shortestSliceNsOf } from '../policies.ts';
import type { Scenario } from './scenario.ts';
import { Stage } from './stage.ts';

/**
 * The shortest time for which a scenario's scheduler gives a pCPU to somebody who wants more, before or after any of
 * its events, ns; null: the scheduler doesn't say.
 */
export function shortestSliceNs(scenario: Scenario): number | null {
  const stage = new Stage(scenario);
  const slices = [shortestOn(stage)];
  for (const event of scenario.events) {
    if (event.kind !== 'set' && event.kind !== 'tune') continue;
    stage.take(event);
    slices.push(shortestOn(stage));
  }
  const known = slices.filter((ns) => ns !== null);
  return known.length === 0 ? null : Math.min(...known);
}

function shortestOn({ scheduler, lives }: Stage): number | null {
  return shortestSliceNsOf(
    scheduler,
    lives.map(({ parameters }) => parameters),
  );
}

/** The same of every scheduler as it is without any parameters, where it says so. */
export function shortestSlices(): readonly { readonly type: string; readonly sliceNs: number }[] {
  return POLICY_TYPES.flatMap(({ type }) => {
    const sliceNs = shortestSliceNsOf({ type });
    return sliceNs === null ? [] : [{ type, sliceNs }];
  });
}
