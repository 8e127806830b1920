/**
 * The checksum of a run: every unit's 32-bit result folded into one 32-bit word, in order.
 *
 * For a fixed word the fold is a bijection of the digest and the other way round, so a single wrong result always
 * shows; the rotation lets high bits reach low ones, which a product alone never does.
 */

/** 2^32 divided by the golden ratio, odd: multiplying by it spreads low bits over the whole word. */
const SPREAD = 0x9e3779b1;

/** @returns the digest, an int32, with one more 32-bit word in it */
export function fold(digest: number, word: number): number {
  return Math.imul(((digest << 5) | (digest >>> 27)) ^ word, SPREAD);
}

/** The digest before the first unit. Seeds that are equal modulo 2^32 are the same seed. */
export function startDigest(seed: number, size: number): number {
  return fold(fold(0x6c616221, seed | 0), size | 0);
}

/** @returns the digest as it is shown: a non-negative integer */
export function shown(digest: number): number {
  return digest >>> 0;
}

/**
 * All bits of the doubles in `words` (an Int32Array over their buffer): JavaScript's + − × ÷ √ are exact IEEE 754
 * everywhere.
 */
export function foldWords(digest: number, words: Int32Array, from: number, to: number): number {
  let folded = digest;
  for (let i = from; i < to; i++) folded = fold(folded, words[i]);
  return folded;
}

/** The digest after `units` units whose results repeat `results` over and over. */
export function foldCycle(seed: number, size: number, results: Int32Array, units: number): number {
  let digest = startDigest(seed, size);
  for (let done = 0, i = 0; done < units; done++) {
    digest = fold(digest, results[i]);
    if (++i === results.length) i = 0;
  }
  return digest;
}
