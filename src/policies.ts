import type { Counters } from './core/counters.ts';
import { Credit1 } from './core/credit1.ts';
import type { Policy, PolicyVm } from './core/policy.ts';
import type { SchedulerSpec } from './scenario/scenario.ts';

export interface PolicyInput {
  readonly spec: SchedulerSpec;
  readonly pcpuCount: number;
  readonly vms: readonly PolicyVm[];
  readonly counters?: Counters;
}

/** The policy that a scenario asks for. The one place that knows them all. */
export function createPolicy({ spec, pcpuCount, vms, counters }: PolicyInput): Policy {
  switch (spec.type) {
    case 'credit':
      return new Credit1({
        pcpuCount,
        vms,
        tsliceNs: spec.tsliceNs,
        ratelimitNs: spec.ratelimitNs,
        lbRatelimitNs: spec.lbRatelimitNs,
        migrationDelayNs: spec.migrationDelayNs,
        ...(counters !== undefined && { counters }),
      });
  }
}
