/**
 * Numbers spread evenly over [0, 1) from 32 bits of state (mulberry32: an additive step, and a mix that hides it).
 * Fast, the same everywhere for the same seed, and good enough to draw resamples, orders and latencies; not for
 * secrets.
 */
export function mulberry32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * A copy in random order, each order as likely as any other (Fisher and Yates).
 * @param random numbers in [0, 1)
 */
export function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const order = [...items];
  for (let last = order.length - 1; last > 0; last--) {
    const pick = Math.floor(random() * (last + 1));
    [order[last], order[pick]] = [order[pick], order[last]];
  }
  return order;
}
