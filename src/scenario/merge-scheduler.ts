import { DEFAULT_POLICY_TYPE } from '../policies.ts';
import { longForm, RESERVED_KEYS } from './schema.ts';

type Written = Readonly<Record<string, unknown>>;

/**
 * A scheduler as it is written, and what wins over it: an option, or a row of a lab. Parameters that it doesn't say
 * stay; if it names another type, only what every scheduler has does. What is no mapping is left for the schema to
 * complain about.
 */
export function mergedScheduler(written: unknown, winning: unknown): unknown {
  const [under, over] = [longForm(written ?? {}), longForm(winning)];
  if (!isMapping(over) || !isMapping(under)) return over;
  const { type = DEFAULT_POLICY_TYPE } = under;
  const isOther = over.type !== undefined && over.type !== type;
  const kept = isOther
    ? Object.fromEntries(Object.entries(under).filter(([key]) => RESERVED_KEYS.scheduler.includes(key)))
    : under;
  return { ...kept, ...over };
}

/** Whether it names the scheduler, and doesn't only change parameters of one that is named elsewhere. */
export function namesType(written: unknown): boolean {
  const scheduler = longForm(written);
  return isMapping(scheduler) && scheduler.type !== undefined;
}

function isMapping(value: unknown): value is Written {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
