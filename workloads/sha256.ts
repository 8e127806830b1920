import { cyclic } from './cyclic.ts';
import { foldWords } from './digest.ts';
import { Random } from './random.ts';

/** FIPS 180-4: the first 32 bits of the fractional parts of the cube roots of the first 64 primes. */
const ROUND_CONSTANTS = Int32Array.from(firstPrimes(64), (prime) => fraction32(Math.cbrt(prime)));
/** The same of the square roots of the first 8 primes. */
const INITIAL_HASH = Int32Array.from(firstPrimes(8), (prime) => fraction32(Math.sqrt(prime)));

interface Hash {
  /** the padded message as big-endian words, a multiple of 16 */
  readonly words: Int32Array;
  readonly schedule: Int32Array;
  readonly hash: Int32Array;
}

export function prepareHash(message: Uint8Array): Hash {
  const blocks = Math.ceil((message.length + 9) / 64);
  const bytes = new Uint8Array(blocks * 64);
  bytes.set(message);
  bytes[message.length] = 0x80;
  const view = new DataView(bytes.buffer);
  view.setUint32(bytes.length - 8, Math.floor(message.length / 2 ** 29));
  view.setUint32(bytes.length - 4, message.length << 3);
  const words = Int32Array.from({ length: blocks * 16 }, (_, i) => view.getInt32(4 * i));
  return { words, schedule: new Int32Array(64), hash: new Int32Array(8) };
}

/** Leaves the SHA-256 of the message in `hash`, as eight big-endian words. */
export function sha256({ words, schedule, hash }: Hash): void {
  for (let i = 0; i < 8; i++) hash[i] = INITIAL_HASH[i];
  for (let block = 0; block < words.length; block += 16) {
    expand(words, block, schedule);
    compress(schedule, hash);
  }
}

function expand(words: Int32Array, block: number, w: Int32Array): void {
  for (let i = 0; i < 16; i++) w[i] = words[block + i];
  for (let i = 16; i < 64; i++) {
    const x = w[i - 15];
    const y = w[i - 2];
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    w[i] = (w[i - 16] + s0 + w[i - 7] + s1) | 0;
  }
}

function compress(w: Int32Array, hash: Int32Array): void {
  let a = hash[0];
  let b = hash[1];
  let c = hash[2];
  let d = hash[3];
  let e = hash[4];
  let f = hash[5];
  let g = hash[6];
  let h = hash[7];
  for (let i = 0; i < 64; i++) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const choice = (e & f) ^ (~e & g);
    const t1 = (h + s1 + choice + ROUND_CONSTANTS[i] + w[i]) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const majority = (a & b) ^ (a & c) ^ (b & c);
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + s0 + majority) | 0;
  }
  hash[0] += a;
  hash[1] += b;
  hash[2] += c;
  hash[3] += d;
  hash[4] += e;
  hash[5] += f;
  hash[6] += g;
  hash[7] += h;
}

function firstPrimes(count: number): number[] {
  const primes: number[] = [];
  for (let n = 2; primes.length < count; n++) if (primes.every((p) => n % p !== 0)) primes.push(n);
  return primes;
}

function fraction32(x: number): number {
  return Math.floor((x % 1) * 2 ** 32) | 0;
}

export default cyclic({
  name: 'sha256',
  description: 'SHA-256 of a message of size KiB',
  defaultSize: 64,
  sizes: { min: 16, max: 128 },
  prepare: (seed, size) => prepareHash(new Random(seed).bytes(size * 1024)),
  unit(work) {
    sha256(work);
    return foldWords(0, work.hash, 0, 8);
  },
});
