/** What a simulated vCPU does with its CPU time. Times in ns. */
export type GuestSpec =
  /** always runnable */
  | { readonly kind: 'hog' }
  /** uses that much CPU, then is done */
  | { readonly kind: 'finite'; readonly workNs: number }
  /** uses CPU, sleeps that long, and so on */
  | { readonly kind: 'io'; readonly runNs: number; readonly sleepNs: number; readonly count?: number }
  /** is released at fixed intervals; a release missed isn't made up */
  | { readonly kind: 'periodic'; readonly runNs: number; readonly periodNs: number; readonly count?: number }
  /** always runnable, and lets others go first after each burst */
  | { readonly kind: 'yield'; readonly runNs: number; readonly count?: number };

/** @throws RangeError: a burst that takes no time would never let time pass */
export function checkGuest(guest: GuestSpec): void {
  switch (guest.kind) {
    case 'hog':
      return;
    case 'finite':
      return check('workNs', guest.workNs, 1);
    case 'yield':
      check('runNs', guest.runNs, 1);
      break;
    case 'io':
      check('runNs', guest.runNs, 1);
      check('sleepNs', guest.sleepNs, 0);
      break;
    case 'periodic':
      check('runNs', guest.runNs, 1);
      check('periodNs', guest.periodNs, 1);
      break;
  }
  if (guest.count !== undefined) check('count', guest.count, 1);
}

function check(what: string, value: number, min: number): void {
  if (!Number.isSafeInteger(value) || value < min) {
    throw new RangeError(`${what}: expected a whole number of at least ${min}, got ${value}`);
  }
}
