import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LabError } from '../base/errors.ts';
import { isPolicyFault, type PolicyFault } from '../core/policy-fault.ts';
import { moduleOf } from '../policies.ts';
import { placeIn } from './import-module.ts';

/** What a policy from a file did wrong in a run, for people: whose it is, where, and what to do; or the same error. */
export function faultError(error: PolicyFault, type: string): LabError;
export function faultError(error: unknown, type: string): unknown;
export function faultError(error: unknown, type: string): unknown {
  if (!isPolicyFault(error)) return error;
  const url = moduleOf(type);
  const file = url === null ? null : fileURLToPath(url);
  const where = url === null ? null : (placeIn(url, error.cause) ?? file);
  return new LabError('RUN_FAILED', `the scheduler ${type} is broken: ${error.message}`, {
    ...(where !== null && { where }),
    ...(file !== null && {
      hint: `'creditlab policy check ${shortest(file)}' looks for the shortest such scenario`,
    }),
    cause: error,
  });
}

/** A path as somebody would type it here. */
function shortest(file: string): string {
  const path = relative(process.cwd(), file);
  return path.length < file.length ? path : file;
}
