import { Kind, Left, rowOf } from '../../src/trace/record.ts';
import { TraceStore } from '../../src/trace/store.ts';
import { slicesOf } from '../../src/trace/timeline.ts';
import type { Trace } from '../../src/trace/trace.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { scenario, vm } from '../host/invented-scenario.ts';
import { inventedTrace } from '../trace/invented-trace.ts';

/** Eight VMs on four pCPUs with slices of 1 ms for 32 s: more than 100 000 slices, and as many stays. */
export const largeScenario: Scenario = scenario({
  name: 'many slices',
  pcpus: [0, 1, 2, 3],
  durationNs: 32e9,
  scheduler: {
    type: 'credit',
    parameters: { tsliceNs: 1e6, ratelimitNs: 1e6, lbRatelimitNs: 0, migrationDelayNs: 0 },
  },
  vms: Array.from({ length: 8 }, (_, i) => vm(`VM${String(i)}`, { weight: 256 + 64 * i, work: null })),
});

export function largeTrace(): Trace {
  const intent = inventedTrace({ scenario: largeScenario, capacity: 1 << 22 });
  const store = new TraceStore(1 << 22);
  store.begin({ ...intent.header, machine: 'hardware' });
  store.append(intent.rows, intent.count);
  for (const slices of slicesOf(intent)) {
    for (const { pcpu, vcpu, fromNs, toNs } of slices) {
      store.put(rowOf(Kind.enter, fromNs + 20_000, pcpu, vcpu, 0));
      const cpuNs = toNs - fromNs - 12_000;
      store.put(rowOf(Kind.leave, toNs + 10_000, pcpu, vcpu, cpuNs, Left.paused, -1, 0));
    }
  }
  store.end({ endNs: intent.endNs, complete: true, lostIntents: 0, lostFacts: 0 });
  const trace = store.trace();
  if (trace === null) throw new Error('nothing was recorded');
  return trace;
}
