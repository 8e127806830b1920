import { contractError } from './workload-error.ts';
import type { Workload } from '../../workloads/contract.ts';

/**
 * The problem size to run with.
 * @param requested what the scenario says; null: the workload's default, else its smallest size, else 1
 */
export function resolveSize(
  workload: Pick<Workload, 'name' | 'sizes' | 'defaultSize'>,
  requested: number | null,
): number {
  const { name, sizes } = workload;
  const size = requested ?? workload.defaultSize ?? sizes?.min ?? 1;
  const { min, max, powerOfTwo } = sizes ?? { min: 0, max: Number.MAX_SAFE_INTEGER };
  const noun = powerOfTwo === true ? 'power of two' : 'whole number';
  const inRange = Number.isSafeInteger(size) && size >= min && size <= max;
  if (!inRange || (powerOfTwo === true && !Number.isInteger(Math.log2(size)))) {
    throw contractError(`workload ${name}: size ${size} is not allowed`, {
      expected: sizes === undefined ? 'a whole number, 0 or more' : `a ${noun} from ${min} to ${max}`,
      got: String(size),
    });
  }
  return size;
}

const SHORTEST_NS = 20e3;
const LONGEST_NS = 10e6;

/** Their steps are short on purpose: between two of them they decide whether to sleep or to yield. */
const OFTEN_ASIDE: readonly string[] = ['idle', 'interactive', 'sleeper', 'periodic', 'polite'];

/**
 * What to tell the user of a workload whose steps are far from the 0.1 to 1 ms of the contract, or null.
 * @param name as the workload calls itself
 * @param nsPerUnit calibrated CPU time of a step
 */
export function stepSizeWarning(name: string, nsPerUnit: number): string | null {
  if (OFTEN_ASIDE.includes(name)) return null;
  if (nsPerUnit < SHORTEST_NS) {
    return (
      `a step of ${name} takes only ${(nsPerUnit / 1e3).toFixed(1)} µs: the work between steps weighs in; make ` +
      'a step do more, about 0.1 to 1 ms'
    );
  }
  if (nsPerUnit > LONGEST_NS) {
    return (
      `a step of ${name} takes ${(nsPerUnit / 1e6).toFixed(1)} ms: work ends, and a run that is stopped ends, ` +
      'only between steps; cut it into steps of about 0.1 to 1 ms'
    );
  }
  return null;
}
