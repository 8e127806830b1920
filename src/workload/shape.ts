import type { SizeRange, Workload } from '../../workloads/contract.ts';
import { contractError } from './workload-error.ts';
import { describe } from './run.ts';

const REQUIRED = ['prepare', 'step', 'checksum'] as const;
const EXAMPLE =
  'export default { name, prepare(seed, size), step(state), checksum(state) }; see docs/workloads.md';

/**
 * The workload that a module exports, its shape checked.
 * @param module what `import()` gave
 * @param file how messages name the module
 */
export function workloadFrom(module: object, file: string): Workload {
  const exported: unknown = 'default' in module ? module.default : undefined;
  if (exported === undefined) {
    const names = Object.keys(module);
    throw contractError('the workload module has no default export', {
      where: file,
      expected: 'a default export',
      got: names.length === 0 ? 'no exports at all' : `only ${names.join(', ')}`,
      hint: EXAMPLE,
    });
  }
  if (typeof exported !== 'object' || exported === null) {
    throw contractError('the default export is not a workload', {
      where: file,
      expected: 'an object',
      got: describe(exported),
      hint: EXAMPLE,
    });
  }
  checkMembers(exported as Record<string, unknown>, file);
  return exported as Workload;
}

function checkMembers(candidate: Record<string, unknown>, file: string): void {
  requireMember(file, candidate, 'name', 'a non-empty string', (v) => typeof v === 'string' && v !== '');
  for (const method of REQUIRED) requireMember(file, candidate, method, 'a function', isFunction);
  optionalMember(file, candidate, 'expected', 'a function', isFunction);
  optionalMember(file, candidate, 'description', 'a string', (v) => typeof v === 'string');
  optionalMember(file, candidate, 'sizes', 'whole numbers { min, max } with 0 ≤ min ≤ max', isSizeRange);
  optionalMember(file, candidate, 'defaultSize', 'a whole number, 0 or more', isSize);
}

function requireMember(
  file: string,
  candidate: Record<string, unknown>,
  member: string,
  expected: string,
  accepts: (value: unknown) => boolean,
): void {
  const value = candidate[member];
  if (accepts(value)) return;
  const missing = value === undefined;
  throw contractError(missing ? `the workload has no ${member}` : `the workload's ${member} is wrong`, {
    where: file,
    expected: `${member}: ${expected}`,
    got: missing ? 'nothing' : describe(value),
    hint: EXAMPLE,
  });
}

function optionalMember(...args: Parameters<typeof requireMember>): void {
  const [, candidate, member] = args;
  if (candidate[member] !== undefined) requireMember(...args);
}

function isFunction(value: unknown): boolean {
  return typeof value === 'function';
}

function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isSizeRange(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { min, max } = value as Partial<SizeRange>;
  return isSize(min) && isSize(max) && min <= max;
}
