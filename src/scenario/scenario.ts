import type { Topology } from '../core/topology.ts';
import type { Work, WorkloadRef } from '../workload/work.ts';

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
  readonly type: 'credit';
  readonly tsliceNs: number;
  readonly ratelimitNs: number;
  readonly lbRatelimitNs: number;
  readonly migrationDelayNs: number;
  /** which instant the policy is told: the one at which something was due, or the one at which the loop came to it; absent: due */
  readonly instants?: 'due' | 'late';
}

export interface VmSpec {
  readonly name: string;
  /** 1..65535 */
  readonly weight: number;
  /** percent of one pCPU for the whole VM; 0 = none */
  readonly cap: number;
  readonly vcpus: number;
  readonly startNs: number;
  /** host CPU ids, a subset of the scenario's pcpus; null: all of them */
  readonly pin: readonly number[] | null;
  readonly workload: WorkloadRef;
  /** per vCPU; null: runs to the end */
  readonly work: Work | null;
}

/** A change at run time. */
export type ScenarioEvent =
  | {
      readonly atNs: number;
      readonly kind: 'set';
      readonly vm: string;
      readonly weight?: number;
      readonly cap?: number;
    }
  | { readonly atNs: number; readonly kind: 'pause' | 'unpause'; readonly vm: string }
  | {
      readonly atNs: number;
      readonly kind: 'tune';
      readonly tsliceNs?: number;
      readonly ratelimitNs?: number;
    };
