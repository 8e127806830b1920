/**
 * The kernel's weights for nice values, as published: from −20 to 19, each step about 1.25 times the next, so that one
 * step more costs a tenth of the CPU time where two compete. Nice 0 is 1024.
 */
const NICE_LOADS: readonly number[] = [
  [88761, 71755, 56483, 46273, 36291, 29154, 23254, 18705, 14949, 11916],
  [9548, 7620, 6100, 4904, 3906, 3121, 2501, 1991, 1586, 1277],
  [1024, 820, 655, 526, 423, 335, 272, 215, 172, 137],
  [110, 87, 70, 56, 45, 36, 29, 23, 18, 15],
].flat();

export const LEAST_NICE = -20;
export const MOST_NICE = LEAST_NICE + NICE_LOADS.length - 1;

/** The load of nice 0 with the usual weight. */
export const NICE_0_LOAD = 1024;
export const USUAL_WEIGHT = 256;

/** What a VM counts beside others: the load of its nice value, times its weight. */
export function vmLoad({ nice, weight }: { readonly nice: number; readonly weight: number }): number {
  return (NICE_LOADS[nice - LEAST_NICE] * weight) / USUAL_WEIGHT;
}
