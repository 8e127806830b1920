/** What each vCPU computes. */
export interface WorkloadRef {
  /** as the user wrote it: a built-in's name, a path, or a package */
  readonly spec: string;
  /** file URL of the module */
  readonly url: string;
  /** null: the workload's default */
  readonly size: number | null;
}

/** Fixed work: seconds of solo CPU (calibrated on this machine before the run) or a number of steps. */
export type Work =
  { readonly kind: 'cpu'; readonly ns: number } | { readonly kind: 'units'; readonly units: number };
