import type { Topology } from '../core/topology.ts';

/**
 * A scenario with every default filled in: what the experiment, the simulator and the result file work from.
 * Times in ns from the start of the run; caps in percent of one pCPU.
 */
export interface Scenario {
  readonly name: string;
  readonly description?: string;
  /** host CPU ids; index in this list = pCPU number */
  readonly pcpus: readonly number[];
  /** where the pCPUs are; absent: one socket, no SMT */
  readonly topology?: Topology;
  /** null: until all finite work is done */
  readonly durationNs: number | null;
  readonly seed: number;
  readonly scheduler: SchedulerSpec;
  readonly vms: readonly VmSpec[];
  readonly events: readonly ScenarioEvent[];
}

export interface SchedulerSpec {
  /** of a policy, as in the registry */
  readonly type: string;
  /** all that scenario files may give, by field */
  readonly parameters: Readonly<Record<string, number>>;
  /** which instant the policy is told: the one at which something was due, or the one at which the loop came to it; absent: due */
  readonly instants?: 'due' | 'late';
}

export interface VmSpec {
  readonly name: string;
  /** relative to the other VMs, per busy vCPU; the same for all under a policy without weights */
  readonly weight: number;
  /** percent of one pCPU for the whole VM; 0 = none, also under a policy without caps */
  readonly cap: number;
  /** what else the policy declares for VMs, by field; absent: nothing */
  readonly parameters?: Readonly<Record<string, number>>;
  readonly vcpus: number;
  readonly startNs: number;
  /** host CPU ids, a subset of the scenario's pcpus; null: all of them */
  readonly pin: readonly number[] | null;
  readonly workload: WorkloadRef;
  /** per vCPU; null: runs to the end */
  readonly work: Work | null;
}

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

/** A change at run time. */
export type ScenarioEvent =
  | {
      readonly atNs: number;
      readonly kind: 'set';
      readonly vm: string;
      readonly weight?: number;
      readonly cap?: number;
      /** what else the policy declares for VMs, by field */
      readonly parameters?: Readonly<Record<string, number>>;
    }
  | { readonly atNs: number; readonly kind: 'pause' | 'unpause'; readonly vm: string }
  | { readonly atNs: number; readonly kind: 'tune'; readonly parameters: Readonly<Record<string, number>> };
