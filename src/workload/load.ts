import type { Workload } from '../../workloads/contract.ts';
import { importWorkload } from './import.ts';
import { resolveWorkload } from './resolve.ts';

/**
 * Finds, imports and checks a workload.
 * @param spec see {@link resolveWorkload}
 * @param baseDir where relative paths and packages are looked up
 * @throws LabError BAD_WORKLOAD
 */
export function loadWorkload(spec: string, baseDir: string): Promise<Workload> {
  return importWorkload(resolveWorkload(spec, baseDir));
}
