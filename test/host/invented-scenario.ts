import type { Scenario, VmSpec } from '../../src/scenario/scenario.ts';

export function scenario(change: Partial<Scenario> = {}): Scenario {
  return {
    name: 'invented',
    pcpus: [6, 4],
    durationNs: null,
    seed: 1,
    scheduler: {
      type: 'credit',
      parameters: { tsliceNs: 30e6, ratelimitNs: 1e6, lbRatelimitNs: 0, migrationDelayNs: 0 },
    },
    vms: [vm('A')],
    events: [],
    ...change,
  };
}

/** With one second of work, unless the change says otherwise. */
export function vm(name: string, change: Partial<VmSpec> = {}): VmSpec {
  return {
    name,
    weight: 256,
    cap: 0,
    vcpus: 1,
    startNs: 0,
    pin: null,
    workload: { spec: 'primes', url: 'file:///primes.js', size: null },
    work: { kind: 'cpu', ns: 1e9 },
    ...change,
  };
}
