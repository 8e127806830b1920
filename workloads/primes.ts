import { cyclic } from './cyclic.ts';

/**
 * How many primes there are below a limit, by the sieve of Eratosthenes over odd numbers.
 *
 * Each loop is a function of its own that ends with it. In a longer function V8 replaces the code while a loop is
 * running, by code that doesn't know yet what comes behind the loop; that code would be thrown away and entered anew at
 * every call.
 * @param composite scratch, at least limit / 2 bytes; entry i stands for 2i + 1
 */
export function countPrimes(composite: Uint8Array, limit: number): number {
  const odds = limit >> 1;
  clear(composite, odds);
  // Up to the root: a larger prime's multiples have a smaller factor too, and are crossed out already.
  for (let i = 1; (2 * i + 1) * (2 * i + 1) < limit; i++) {
    if (composite[i] === 0) crossOut(composite, odds, 2 * i + 1);
  }
  return (limit > 2 ? 1 : 0) + countZeros(composite, odds);
}

function clear(composite: Uint8Array, odds: number): void {
  for (let i = 0; i < odds; i++) composite[i] = 0;
}

/** The odd multiples of a prime, from its square. */
function crossOut(composite: Uint8Array, odds: number, prime: number): void {
  for (let j = (prime * prime) >> 1; j < odds; j += prime) composite[j] = 1;
}

/** From entry 1 on: 1 is no prime. */
function countZeros(composite: Uint8Array, odds: number): number {
  let count = 0;
  for (let i = 1; i < odds; i++) count += 1 - composite[i];
  return count;
}

export default cyclic({
  name: 'primes',
  description: 'sieve of Eratosthenes: all primes below size',
  defaultSize: 200_000,
  sizes: { min: 100_000, max: 500_000 },
  prepare: (_seed, size) => ({ limit: size, composite: new Uint8Array(size >> 1) }),
  unit: ({ composite, limit }) => countPrimes(composite, limit),
});
