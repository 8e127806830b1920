import { completed } from '../core/parameters.ts';
import { policyTypeOf, scenarioParameters } from '../policies.ts';
import { checkLimits, takeParameters } from './parameters.ts';
import type { SchedulerSpec } from './scenario.ts';
import type { SchedulerInput } from './schema.ts';
import type { Source } from './source.ts';

/** What a scenario has that says nothing of its scheduler. */
export const DEFAULT_SCHEDULER = schedulerOf();

/** A scheduler with the defaults of its policy, but for these values, by field. @throws RangeError */
export function schedulerOf(type?: string, values: Readonly<Record<string, number>> = {}): SchedulerSpec {
  const policy = policyTypeOf(type);
  return { type: policy.type, parameters: completed(scenarioParameters(policy), values) };
}

export function resolveScheduler(input: SchedulerInput, source: Source): SchedulerSpec {
  const policy = policyTypeOf(input.type);
  const place = { path: ['scheduler'], source };
  const values = takeParameters(input, 'scheduler', policy, place);
  checkLimits(policy.parameters, values, place);
  return {
    ...schedulerOf(policy.type, values),
    ...(input.instants === 'late' && { instants: input.instants }),
  };
}
