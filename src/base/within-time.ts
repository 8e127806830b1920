import { Script } from 'node:vm';

/** Thrown by withinTime() in place of what didn't come back. */
export const TOOK_TOO_LONG = new Error('it did not return in time');

interface Handed {
  creditlabAction?: () => unknown;
}

/** A script has the thread's time limit; what it calls needn't be part of it. */
const CALL = new Script('globalThis.creditlabAction()', { filename: 'within-time' });

/**
 * Call something that may never return. What was stopped is left in the middle of whatever it did.
 * @throws TOOK_TOO_LONG, or what it throws
 */
export function withinTime<T>(limitMs: number, action: () => T): T {
  const handed = globalThis as Handed;
  const outer = handed.creditlabAction;
  handed.creditlabAction = action;
  try {
    return CALL.runInThisContext({ timeout: limitMs, displayErrors: false }) as T;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT')
      throw TOOK_TOO_LONG;
    throw error;
  } finally {
    if (outer === undefined) delete handed.creditlabAction;
    else handed.creditlabAction = outer;
  }
}
