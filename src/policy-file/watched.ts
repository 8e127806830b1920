/** The code of a policy from a file, run by a thread that must not be held up for ever. */
import { TOOK_TOO_LONG, withinTime } from '../base/within-time.ts';
import { endlessFault, faultIn, isGuarded } from '../core/guarded.ts';
import type { Policy } from '../core/policy.ts';
import { faultError } from './fault-error.ts';

/** One call of a policy that takes longer isn't waited for. */
const CALL_MS = 3000;

/** Make a policy: what one from a file does wrong is a LabError RUN_FAILED. */
export function withFaults<T>(type: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw faultError(error, type);
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
    throw faultError(error === TOOK_TOO_LONG ? endlessFault(policy, CALL_MS) : faultIn(policy, error), type);
  }
}
