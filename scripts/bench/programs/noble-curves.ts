import { secp256k1 } from '@noble/curves/secp256k1.js';
import { fold } from '../../../workloads/digest.ts';
import { cyclic } from '../../../workloads/cyclic.ts';
import { Random } from '../../../workloads/random.ts';
import { wordOfBytes } from '../result-word.ts';

const MESSAGES = 8;

/**
 * Elliptic curves in JavaScript, on BigInt. A step signs a message with ECDSA on secp256k1, as it is always signed the
 * same, and verifies the signature.
 */
export default cyclic({
  name: 'noble-curves',
  description: 'ECDSA on secp256k1 by @noble/curves: sign and verify a message of size bytes',
  defaultSize: 256,
  sizes: { min: 1, max: 65_536 },
  period: () => MESSAGES,
  prepare(seed, size) {
    const random = new Random(seed);
    const keys = secp256k1.keygen(random.bytes(secp256k1.lengths.seed ?? 48));
    return { ...keys, messages: Array.from({ length: MESSAGES }, () => random.bytes(size)) };
  },
  unit({ secretKey, publicKey, messages }, index) {
    const signature = secp256k1.sign(messages[index], secretKey);
    const isGood = secp256k1.verify(signature, messages[index], publicKey);
    return fold(wordOfBytes(signature), Number(isGood));
  },
});
