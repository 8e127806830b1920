import { whyNoIdeal } from '../scenario/entitlement.ts';
import type { Scenario } from '../scenario/scenario.ts';

/** Why tables about these scenarios have dashes in place of ideals, as a sentence; null: they haven't. */
export function idealNote(scenarios: readonly Scenario[]): string | null {
  const whys = new Map(
    scenarios.flatMap((scenario) => {
      const why = whyNoIdeal(scenario);
      return why === null ? [] : [[scenario.scheduler.type, why] as const];
    }),
  );
  if (whys.size === 0) return null;
  return [...whys].map(([type, why]) => `ideal: – under ${type}: ${why}`).join('; ');
}
