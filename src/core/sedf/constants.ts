/** Xen's constants of SEDF, and the units that they come in. */
export const US = 1_000;
export const MS = 1_000_000;

/** Extra time is dealt out in pieces of this length. */
export const QUANTUM_NS = 500 * US;

/** The period of whoever has a weight, or no reservation. */
export const WEIGHT_PERIOD_NS = 100 * MS;
/** Of each such period so much stays free on each pCPU when weights are turned into slices. */
export const WEIGHT_SAFETY_NS = 5 * MS;

/** The score of a vCPU whose reservation is a whole pCPU. */
export const FULL_SCORE = 1024;
/** The score of a vCPU without a reservation, times its weight: a weight of 128 counts as a whole pCPU. */
export const WEIGHT_SCORE = 131_072;

/** The weight that has the score of a whole pCPU. */
export const FULL_WEIGHT = WEIGHT_SCORE / FULL_SCORE;

/** An idle pCPU with nobody to wait for looks again after so long. */
export const IDLE_NS = 1_000 * MS;

/**
 * A vCPU that is charged its CPU time, and from which others took some, has a bit of its slice left when the timer
 * comes. What is left may be less than it takes to look again, so one looks after this long.
 */
export const RECHECK_NS = 50 * US;
