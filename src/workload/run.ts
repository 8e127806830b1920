import { performance } from 'node:perf_hooks';
import type { LabError } from '../base/errors.ts';
import { contractError, workloadError } from './workload-error.ts';
import type { Guest, Workload } from '../../workloads/contract.ts';

const EXPECTED_END = "nothing, ns to sleep (0 or more), or 'yield'";

/** `prepare`, with errors that say whose they are. */
export function prepareState(workload: Workload, seed: number, size: number): unknown {
  try {
    return workload.prepare(seed, size);
  } catch (cause) {
    throw workloadError(`workload ${workload.name}: prepare(${seed}, ${size}) threw`, cause);
  }
}

/** What stepOnce() answers where the vCPU isn't to sleep. */
export const GO_ON = -1;
export const YIELD = -2;

/** One step, its return value checked. @returns ns to sleep, GO_ON or YIELD */
export function stepOnce(workload: Workload, state: unknown, guest: Guest): number {
  let answer: unknown;
  try {
    answer = workload.step(state, guest);
  } catch (cause) {
    throw workloadError(`workload ${workload.name}: step threw`, cause);
  }
  if (answer === undefined) return GO_ON;
  if (typeof answer === 'number' && answer >= 0) return answer;
  if (answer === 'yield') return YIELD;
  throw wrongEnd(workload.name, answer);
}

function wrongEnd(name: string, answer: unknown): LabError {
  if (isThenable(answer)) {
    // Its failure must not end the process a moment later as an unhandled rejection.
    answer.then(undefined, () => undefined);
    return contractError(`workload ${name}: step returned a promise`, {
      expected: EXPECTED_END,
      hint: 'steps are synchronous: do the work before returning, and sleep by returning a number of ns',
    });
  }
  return contractError(`workload ${name}: step returned something that is not a time`, {
    expected: EXPECTED_END,
    got: describe(answer),
  });
}

/** `checksum`, its type checked. */
export function checksumOf(workload: Workload, state: unknown): number | string {
  let checksum: unknown;
  try {
    checksum = workload.checksum(state);
  } catch (cause) {
    throw workloadError(`workload ${workload.name}: checksum threw`, cause);
  }
  return requireChecksum(workload.name, 'checksum', checksum);
}

/** The workload's own forecast of the checksum after `units` steps; undefined when it has none. */
export function forecastOf(
  workload: Workload,
  seed: number,
  size: number,
  units: number,
): number | string | undefined {
  if (workload.expected === undefined) return undefined;
  let expected: unknown;
  try {
    expected = workload.expected(seed, size, units);
  } catch (cause) {
    throw workloadError(`workload ${workload.name}: expected(${seed}, ${size}, ${units}) threw`, cause);
  }
  return requireChecksum(workload.name, 'expected', expected);
}

function requireChecksum(name: string, method: string, value: unknown): number | string {
  if (typeof value === 'string' || (typeof value === 'number' && !Number.isNaN(value))) return value;
  throw contractError(`workload ${name}: ${method} must return a number or a string`, {
    expected: 'a number or a string',
    got: describe(value),
  });
}

/** A value as an error message shows it: short, and never throwing. */
export function describe(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
    case 'number':
    case 'boolean':
    case 'undefined':
      return String(value);
    case 'bigint':
      return `${value}n (a BigInt)`;
    case 'symbol':
    case 'function':
      return `a ${typeof value}`;
    case 'object':
      if (value === null) return 'null';
      if (Array.isArray(value)) return 'an array';
      return isThenable(value) ? 'a promise' : 'an object';
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

/**
 * The checksum that a vCPU must have after `units` steps: by the workload's own forecast, or, where it has none, by
 * doing all the steps again (without the sleeps), which takes as long as the vCPU's CPU time.
 *
 * @param onStep told after each step that was done again, with the number of all
 */
export function expectedChecksum(
  workload: Workload,
  seed: number,
  size: number,
  units: number,
  onStep: (done: number, units: number) => void = () => undefined,
): number | string {
  const forecast = forecastOf(workload, seed, size, units);
  if (forecast !== undefined) return forecast;
  const clock = (): number => performance.now() * 1e6;
  const guest: Guest = { cpuNs: clock, nowNs: clock };
  const state = prepareState(workload, seed, size);
  for (let done = 0; done < units;) {
    stepOnce(workload, state, guest);
    onStep(++done, units);
  }
  return checksumOf(workload, state);
}
