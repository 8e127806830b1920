// A program as most are: its steps allocate, and what they make stays alive for long. Each replaces the 3000 oldest
// objects of a ring.
const OBJECTS_PER_STEP = 3000;

const objectOf = (seed, i) => ({ id: i, name: `object ${Math.imul(seed + i, 0x9e3779b1) >>> 7}` });

export default {
  name: 'allocating',
  description: 'replaces the 3000 oldest of size live objects',
  defaultSize: 600_000,
  sizes: { min: OBJECTS_PER_STEP, max: 5_000_000 },
  prepare: (seed, size) => ({
    seed,
    ring: Array.from({ length: size }, (_, i) => objectOf(seed, i)),
    made: size,
    digest: 0,
  }),
  step(state) {
    for (let i = 0; i < OBJECTS_PER_STEP; i++) {
      const oldest = state.made % state.ring.length;
      state.digest = digestOf(state.digest, state.ring[oldest].name);
      state.ring[oldest] = objectOf(state.seed, state.made++);
    }
  },
  checksum: (state) => state.digest,
  // Objects leave the ring in the order in which they were made.
  expected(seed, _size, units) {
    let digest = 0;
    for (let i = 0; i < units * OBJECTS_PER_STEP; i++) digest = digestOf(digest, objectOf(seed, i).name);
    return digest;
  },
};

function digestOf(digest, text) {
  for (let i = 0; i < text.length; i++) digest = (Math.imul(digest, 31) + text.charCodeAt(i)) | 0;
  return digest;
}
