import { fileURLToPath } from 'node:url';
import { dirname } from 'node:path';
import { LabError, type LabErrorDetails } from '../base/errors.ts';

/** Frames of the caller's side are not where the author made the mistake. */
const OWN_FRAMES = dirname(import.meta.url);

/** A workload that broke the contract. */
export function contractError(message: string, details: LabErrorDetails = {}): LabError {
  return new LabError('BAD_WORKLOAD', message, details);
}

/** Code of the workload's author threw: the same error with what was being done, and where in the author's file. */
export function workloadError(doing: string, cause: unknown, hint?: string): LabError {
  const where = sourceOf(cause);
  return contractError(`${doing}: ${textOf(cause)}`, {
    ...(where !== undefined && { where }),
    ...(hint !== undefined && { hint }),
    cause,
  });
}

function textOf(cause: unknown): string {
  if (cause instanceof Error)
    return cause.name === 'Error' ? cause.message : `${cause.name}: ${cause.message}`;
  return String(cause);
}

/** `file:line:col` of the first frame in a file of the author's, or undefined: the stack of a syntax error has none. */
function sourceOf(cause: unknown): string | undefined {
  if (!(cause instanceof Error) || cause.stack === undefined) return undefined;
  for (const line of cause.stack.split('\n')) {
    if (line.includes('node:') || line.includes(OWN_FRAMES)) continue;
    const match = /(file:\/\/[^\s()]+?|\/[^\s():]+):(\d+(?::\d+)?)\)?$/.exec(line);
    if (match === null) continue;
    const [, file, position] = match;
    const path = file.startsWith('file:') ? fileURLToPath(file) : file;
    return `${path}:${position}`;
  }
  return undefined;
}
