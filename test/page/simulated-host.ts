/** A real host, with the real scheduler, whose cores are invented: virtual time goes with the wall clock. */
import { LiveHost } from '../../src/control/live-host.ts';
import { LiveSimulation } from '../../src/control/live-simulation.ts';
import type { Growth } from '../../src/trace/trace.ts';
import { fromYaml } from '../scenario/attempt.ts';

export interface RunningHost {
  readonly host: LiveHost;
  /** Ends the run, and waits until it has ended. */
  readonly end: () => Promise<void>;
}

export function simulatedHost(yaml: string): RunningHost {
  const scenario = fromYaml(yaml);
  const hosts: LiveHost[] = [];
  const live = new LiveSimulation(scenario, {
    trace: {
      put: (row: Float64Array) => hosts.forEach((host) => host.put(row)),
      append: (rows: Float64Array, count: number) => hosts.forEach((host) => host.append(rows, count)),
      grow: (growth: Growth) => hosts.forEach((host) => host.grow(growth)),
      end: () =>
        hosts.forEach((host) =>
          host.end({ endNs: live.nowNs(), complete: true, lostIntents: 0, lostFacts: 0 }),
        ),
    },
  });
  const host = new LiveHost({ name: 'simulated', machine: 'simulated', run: live, scenario });
  hosts.push(host);
  const stop = new AbortController();
  const ended = live.run(stop.signal);
  return {
    host,
    end: async () => {
      stop.abort();
      await ended;
    },
  };
}
