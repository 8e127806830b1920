import type { Counters } from './core/counters.ts';
import { Credit1 } from './core/credit1/credit1.ts';
import type { Policy, PolicyVm } from './core/policy.ts';
import type { Topology } from './core/topology.ts';
import type { TraceSink } from './core/trace-sink.ts';
import type { SchedulerSpec } from './scenario/scenario.ts';

export interface PolicyInput {
  readonly spec: SchedulerSpec;
  readonly pcpuCount: number;
  readonly vms: readonly PolicyVm[];
  /** default: one socket, no SMT */
  readonly topology?: Topology;
  readonly counters?: Counters;
  /** is told what the policy does, and is given the policy first; default: nobody is */
  readonly recorder?: (TraceSink & { attach(policy: Credit1): void }) | null;
}

/** The policy that a scenario asks for. The one place that knows them all. */
export function createPolicy({
  spec,
  pcpuCount,
  vms,
  topology,
  counters,
  recorder = null,
}: PolicyInput): Policy {
  switch (spec.type) {
    case 'credit': {
      const policy = new Credit1({
        pcpuCount,
        vms,
        tsliceNs: spec.tsliceNs,
        ratelimitNs: spec.ratelimitNs,
        lbRatelimitNs: spec.lbRatelimitNs,
        migrationDelayNs: spec.migrationDelayNs,
        ...(topology !== undefined && { topology }),
        ...(counters !== undefined && { counters }),
        trace: recorder,
      });
      recorder?.attach(policy);
      return policy;
    }
  }
}
