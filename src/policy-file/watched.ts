/** The code of a policy from a file, run by a thread that must not be held up for ever. */
import type { LabError } from '../base/errors.ts';
import { TOOK_TOO_LONG, withinTime } from '../base/within-time.ts';
import { endlessFault, faultIn, isGuarded } from '../core/guarded.ts';
import type { Policy } from '../core/policy.ts';
import { faultError } from './fault-error.ts';

/** One call of a policy that takes longer isn't waited for. */
const CALL_MS = 3000;

/** The same for a policy in another thread. @param pulse of its guard */
export function endlessError(type: string, pulse: Int32Array): LabError {
  return faultError(endlessFault(pulse), type);
}

/**
 * Make a policy, or let one run: what one from a file does wrong is a LabError RUN_FAILED.
 * @param policy the one that runs; default: it is made
 */
export function withFaults<T>(type: string, action: () => T, policy: Policy | null = null): T {
  try {
    return action();
  } catch (error) {
    throw faultError(policy === null ? error : faultIn(policy, error), type);
  }
}

/**
 * Do something with a policy, such as a part of a simulation that takes some 50 ms at most. If the policy is from a
 * file, and breaks or doesn't come back, that is a LabError RUN_FAILED with what it did. It must not be called again
 * then.
 */
export function watched<T>(policy: Policy, type: string, action: () => T): T {
  if (!isGuarded(policy)) return action();
  try {
    return withinTime(CALL_MS, action);
  } catch (error) {
    throw faultError(error === TOOK_TOO_LONG ? endlessFault(policy.pulse) : faultIn(policy, error), type);
  }
}
