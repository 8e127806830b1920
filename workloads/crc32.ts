import { cyclic } from './cyclic.ts';
import { Random } from './random.ts';

/** The polynomial of IEEE 802.3, least significant bit first. */
const POLYNOMIAL = 0xedb88320;

/** The remainder of each byte, one table for the whole module. */
const TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++)
    remainder = remainder & 1 ? (remainder >>> 1) ^ POLYNOMIAL : remainder >>> 1;
  return remainder;
});

/** @returns the CRC-32 of the bytes, as an int32 */
export function crc32(bytes: Uint8Array): number {
  let crc = -1;
  for (let i = 0; i < bytes.length; i++) crc = TABLE[(crc ^ bytes[i]) & 0xff] ^ (crc >>> 8);
  return ~crc;
}

export default cyclic({
  name: 'crc32',
  description: 'CRC-32 of size KiB, a table look-up per byte',
  defaultSize: 96,
  sizes: { min: 48, max: 256 },
  prepare: (seed, size) => new Random(seed).bytes(size * 1024),
  unit: crc32,
});
