import { fileURLToPath } from 'node:url';
import { LabError } from '../base/errors.ts';
import { PolicyFault } from '../core/policy-fault.ts';
import { moduleOf } from '../policies.ts';
import { placeIn } from './import-module.ts';

/** What a policy from a file did wrong in a run, for people: whose it is, where, and what to do. Else the same error. */
export function faultError(error: unknown, type: string): unknown {
  if (!(error instanceof PolicyFault)) return error;
  const url = moduleOf(type);
  const where = url === null ? undefined : (placeIn(url, error.cause) ?? fileURLToPath(url));
  return new LabError('RUN_FAILED', `the scheduler ${type} is broken: ${error.message}`, {
    ...(where !== undefined && { where }),
    hint: `'creditlab policy check ${type}' looks for the shortest scenario in which it is`,
    cause: error,
  });
}
