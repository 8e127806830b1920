import type { Workload } from '../../workloads/contract.ts';
import { contractError } from './fault.ts';

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
  const inRange = Number.isSafeInteger(size) && size >= min && size <= max;
  if (!inRange || (powerOfTwo === true && !Number.isInteger(Math.log2(size)))) {
    throw contractError(`workload ${name}: size ${size} is not allowed`, {
      expected:
        sizes === undefined
          ? 'a whole number, 0 or more'
          : `a ${powerOfTwo === true ? 'power of two' : 'whole number'} from ${min} to ${max}`,
      got: String(size),
    });
  }
  return size;
}
