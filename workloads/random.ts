/**
 * Inputs from a seed: Marsaglia's 32-bit xorshift, the same numbers on every machine. For `prepare`, not for steps or
 * statistics.
 */
export class Random {
  #state: number;

  constructor(seed: number) {
    // The multiplication keeps neighbouring seeds apart; zero is the one state that xorshift never leaves.
    this.#state = Math.imul(seed ^ 0x5bd1e995, 0x9e3779b1) || 1;
    for (let i = 0; i < 8; i++) this.int();
  }

  /** @returns an int32 other than 0 */
  int(): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x;
    return x;
  }

  /** @returns a number in [0, 1) */
  fraction(): number {
    return (this.int() >>> 0) / 2 ** 32;
  }

  /** @returns a whole number in [0, limit) */
  below(limit: number): number {
    return Math.floor(this.fraction() * limit);
  }

  /** @returns numbers in [low, high) */
  doubles(count: number, low: number, high: number): Float64Array {
    const numbers = new Float64Array(count);
    for (let i = 0; i < count; i++) numbers[i] = low + this.fraction() * (high - low);
    return numbers;
  }

  bytes(count: number): Uint8Array {
    const bytes = new Uint8Array(count);
    for (let i = 0; i < count; i++) bytes[i] = this.int();
    return bytes;
  }
}
