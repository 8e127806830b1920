import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { crc32 } from '../../workloads/crc32.ts';
import { placements } from '../../workloads/nqueens.ts';
import { prepareRing } from '../../workloads/pointer-chase.ts';
import { countPrimes } from '../../workloads/primes.ts';
import { Random } from '../../workloads/random.ts';
import { prepareHash, sha256 } from '../../workloads/sha256.ts';
import { mergeSort } from '../../workloads/sort.ts';

describe('primes', () => {
  const known: [number, number][] = [
    [2, 0],
    [3, 1],
    [10, 4],
    [25, 9],
    [26, 9],
    [100_000, 9592],
    [500_000, 41_538],
  ];
  for (const [limit, count] of known) {
    it(`counts ${count} primes below ${limit}`, () => {
      assert.equal(countPrimes(new Uint8Array(limit), limit), count);
    });
  }

  it('starts afresh on scratch memory that was used before', () => {
    const scratch = new Uint8Array(50_000).fill(1);
    assert.equal(countPrimes(scratch, 100_000), 9592);
  });
});

describe('sha256', () => {
  // 55, 56 and 64 bytes: the last one that fits a block with its length, the first one that does not, a whole block.
  for (const length of [0, 3, 55, 56, 63, 64, 65, 1000, 65_536]) {
    it(`agrees with OpenSSL on ${length} bytes, and again on a second run`, () => {
      const message = new Random(length).bytes(length);
      const hash = prepareHash(message);
      const hex = createHash('sha256').update(message).digest('hex');
      for (let run = 0; run < 2; run++) {
        sha256(hash);
        assert.equal(Array.from(hash.hash, (w) => (w >>> 0).toString(16).padStart(8, '0')).join(''), hex);
      }
    });
  }
});

describe('crc32', () => {
  const known: [string, number][] = [
    ['', 0],
    ['123456789', 0xcbf43926],
    ['The quick brown fox jumps over the lazy dog', 0x414fa339],
  ];
  for (const [text, crc] of known) {
    it(`gives ${crc.toString(16)} for "${text}"`, () => {
      assert.equal(crc32(Buffer.from(text)) >>> 0, crc);
    });
  }
});

describe('nqueens', () => {
  const solutions = [1, 0, 0, 2, 10, 4, 40, 92, 352, 724];
  solutions.forEach((count, i) => {
    it(`finds ${count} placements on a board of side ${i + 1}`, () => {
      assert.equal(placements((1 << (i + 1)) - 1, 0, 0, 0), count);
    });
  });
});

describe('sort', () => {
  for (const length of [0, 1, 2, 3, 100, 4096, 5000]) {
    it(`sorts ${length} integers, negative ones and duplicates too`, () => {
      const random = new Random(9);
      const numbers = Int32Array.from({ length }, (_, i) => (i % 3 === 0 ? random.below(10) : random.int()));
      const reference = numbers.slice().sort();
      mergeSort(numbers, new Int32Array(length));
      assert.deepEqual(numbers, reference);
    });
  }
});

describe('pointer-chase', () => {
  for (const sizeKib of [4, 7, 300]) {
    it(`visits every cache line of ${sizeKib} KiB once before it comes back`, () => {
      const { next } = prepareRing(3, sizeKib);
      const lines = sizeKib * 16;
      const seen = new Set<number>();
      for (let at = 0; !seen.has(at); at = next[at]) seen.add(at);
      assert.equal(seen.size, lines);
      assert.ok([...seen].every((at) => at % 16 === 0));
    });
  }
});
