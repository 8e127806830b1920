import { fileURLToPath } from 'node:url';
import { contractError, workloadError } from './workload-error.ts';
import { resolveWorkload } from './resolve.ts';
import { workloadFrom } from './shape.ts';
import type { Workload } from '../../workloads/contract.ts';

/**
 * Finds, imports and checks a workload.
 * @param spec see {@link resolveWorkload}
 * @param baseDir where relative paths and packages are looked up
 * @throws LabError BAD_WORKLOAD
 */
export function loadWorkload(spec: string, baseDir: string): Promise<Workload> {
  return importWorkload(resolveWorkload(spec, baseDir));
}

/** Imports a workload's module from its file URL, as a vCPU's thread does, and checks its shape. */
export async function importWorkload(url: string): Promise<Workload> {
  const file = fileURLToPath(url);
  let module: object;
  try {
    module = (await import(url)) as object;
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ERR_UNKNOWN_FILE_EXTENSION') {
      throw contractError(`${file} is not JavaScript`, {
        expected: 'a .mjs, .js or .cjs module',
        hint: 'compile it first, and name the compiled file',
        cause,
      });
    }
    const hint = cause instanceof SyntaxError ? `node --check ${file} shows the line` : undefined;
    throw workloadError(`loading the workload ${file} failed`, cause, hint);
  }
  return workloadFrom(module, file);
}
