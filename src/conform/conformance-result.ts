import type { Conformance } from './conform.ts';

export const CONFORMANCE_FORMAT = 'creditlab-conformance';
export const CONFORMANCE_VERSION = 1;

/** The file that `creditlab conform --json` writes. */
export interface ConformanceResult {
  readonly format: typeof CONFORMANCE_FORMAT;
  readonly version: typeof CONFORMANCE_VERSION;
  /** how many golden files were named; without `--keep-going` those behind the first difference are not compared */
  readonly fileCount: number;
  readonly files: readonly (Conformance & { readonly file: string })[];
}
