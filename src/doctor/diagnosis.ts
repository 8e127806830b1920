import type { Finding } from './finding.ts';
import type { Probe } from './probe.ts';
import type { Recommendation } from '../cpus/host-cpus.ts';

export const DIAGNOSIS_FORMAT = 'creditlab-doctor';
export const DIAGNOSIS_VERSION = 1;

/** The file that `creditlab doctor --json` writes. */
export interface Diagnosis {
  readonly format: typeof DIAGNOSIS_FORMAT;
  readonly version: typeof DIAGNOSIS_VERSION;
  readonly generator: { readonly name: 'creditlab'; readonly version: string };
  readonly examinedAt: string;
  /** host CPUs, the first one was probed */
  readonly examinedPcpus: readonly number[];
  /** true: nothing was found that spoils timings */
  readonly fit: boolean;
  readonly findings: readonly Finding[];
  readonly recommended: Recommendation;
  /** null: not measured; the finding `precision` says why */
  readonly probe: Probe | null;
}
