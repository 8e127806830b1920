import type { Trace } from '../../src/trace/trace.ts';
import { vm } from '../host/invented-scenario.ts';
import type { InventedTraceOptions } from './invented-trace.ts';
import { inventedTrace } from './invented-trace.ts';

/**
 * Two pCPUs, host CPUs 6 and 4; a capped VM, one that sleeps, one that finishes, changes at run time: every kind of
 * record.
 */
export function eventfulTrace(options: InventedTraceOptions = {}): Trace {
  return inventedTrace({
    scenario: {
      pcpus: [6, 4],
      durationNs: 1e9,
      vms: [
        vm('A', { vcpus: 2, work: null }),
        vm('B', { weight: 512, cap: 40, work: null }),
        vm('C', { work: null, workload: { spec: 'interactive', url: 'file:///interactive.js', size: null } }),
        vm('D', { startNs: 50e6, work: { kind: 'cpu', ns: 100e6 } }),
      ],
      events: [
        { atNs: 500e6, kind: 'set', vm: 'A', weight: 1024 },
        { atNs: 600e6, kind: 'pause', vm: 'A' },
        { atNs: 700e6, kind: 'unpause', vm: 'A' },
        { atNs: 800e6, kind: 'tune', parameters: { tsliceNs: 10e6 } },
      ],
    },
    ...options,
  });
}
