import { LabError } from '../base/errors.ts';

/** The limit counts signals that wait to be delivered. Each timer of each process of the user takes one of them. */
export const PENDING_SIGNALS = 'pending signals of the user (`ulimit -i`)';
export const MORE_PENDING_SIGNALS = '`ulimit -i unlimited`, where that is permitted';

/** The limit of pending signals is used up. */
export function noPendingSignals(what: string): LabError {
  return new LabError('LIMIT', what, {
    expected: `room within the ${PENDING_SIGNALS}`,
    got: 'none left',
    hint: `${MORE_PENDING_SIGNALS}; or fewer vCPUs`,
  });
}
