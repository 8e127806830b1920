import { cyclic } from './cyclic.ts';
import { foldWords } from './digest.ts';
import { Random } from './random.ts';

/** Pairs in a unit, about: a quarter of a millisecond. */
const PAIRS_PER_UNIT = 2 ** 15;
/** The bodies start again from their first positions after so many units. */
const UNITS_PER_RUN = 16;
const TIME_STEP = 1e-3;
/** Squared distance below which gravity is softened: close encounters would need smaller time steps. */
const SOFTENING = 1e-2;
/** x y z, vx vy vz */
const FIELDS = 6;

interface Bodies {
  readonly count: number;
  readonly start: Float64Array;
  /** FIELDS numbers per body */
  readonly now: Float64Array;
  readonly mass: Float64Array;
  readonly bits: Int32Array;
  readonly timeSteps: number;
}

export function prepareBodies(seed: number, count: number): Bodies {
  const random = new Random(seed);
  const start = random.doubles(count * FIELDS, -1, 1);
  const now = start.slice();
  const pairs = (count * (count - 1)) / 2;
  return {
    count,
    start,
    now,
    mass: random.doubles(count, 0.5 / count, 1.5 / count),
    bits: new Int32Array(now.buffer),
    timeSteps: Math.ceil(PAIRS_PER_UNIT / pairs),
  };
}

/** One time step of symplectic Euler: velocities from all pairs, then positions. */
export function advance({ count, now, mass }: Bodies): void {
  for (let i = 0; i < count; i++) {
    const a = i * FIELDS;
    const x = now[a];
    const y = now[a + 1];
    const z = now[a + 2];
    const massA = mass[i];
    let vx = now[a + 3];
    let vy = now[a + 4];
    let vz = now[a + 5];
    for (let j = i + 1; j < count; j++) {
      const b = j * FIELDS;
      const dx = now[b] - x;
      const dy = now[b + 1] - y;
      const dz = now[b + 2] - z;
      const r2 = dx * dx + dy * dy + dz * dz + SOFTENING;
      const pull = TIME_STEP / (r2 * Math.sqrt(r2));
      const onA = pull * mass[j];
      const onB = pull * massA;
      vx += dx * onA;
      vy += dy * onA;
      vz += dz * onA;
      now[b + 3] -= dx * onB;
      now[b + 4] -= dy * onB;
      now[b + 5] -= dz * onB;
    }
    now[a + 3] = vx;
    now[a + 4] = vy;
    now[a + 5] = vz;
  }
  for (let a = 0; a < now.length; a += FIELDS) {
    now[a] += TIME_STEP * now[a + 3];
    now[a + 1] += TIME_STEP * now[a + 4];
    now[a + 2] += TIME_STEP * now[a + 5];
  }
}

export default cyclic({
  name: 'nbody',
  description: 'gravity between size bodies, all pairs',
  defaultSize: 64,
  sizes: { min: 8, max: 256 },
  period: () => UNITS_PER_RUN,
  prepare: prepareBodies,
  unit(bodies, index) {
    const { start, now, bits, timeSteps } = bodies;
    if (index === 0) for (let i = 0; i < now.length; i++) now[i] = start[i];
    for (let i = 0; i < timeSteps; i++) advance(bodies);
    return foldWords(0, bits, 0, bits.length);
  },
});
