import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createPolicy, DEFAULT_POLICY_TYPE } from '../../src/policies.ts';
import { MachineLoop } from '../../src/machine/loop.ts';
import type { GuestSpec } from '../../src/sim/guest.ts';
import { SimMachine } from '../../src/sim/sim-machine.ts';

const PCPUS = 2;
/** The engine lets go of code that nobody needs any more only after a few. */
const COLLECTIONS = 10;
const GUESTS: readonly GuestSpec[] = Array.from({ length: 8 }, (_, i) =>
  i % 2 === 0 ? { kind: 'hog' } : { kind: 'io', runNs: 1_000_000, sleepNs: 7_300_000 },
);

/**
 * Memory in use, after a full garbage collection, in the middle of one simulation without a trace.
 * @param instantsS virtual times, ascending
 * @returns bytes of heap and buffers at each of them
 */
export function heapAt(instantsS: readonly number[]): number[] {
  const collect = garbageCollector();
  const readings: number[] = [];
  const startNs = GUESTS.map(() => 0);
  const policy = createPolicy({
    type: DEFAULT_POLICY_TYPE,
    pcpuCount: PCPUS,
    vms: GUESTS.map((_, i) => ({
      parameters: { weight: 256 << (i % 3), cap: i % 4 === 3 ? 40 : 0 },
      vcpus: [null],
    })),
  });
  const machine = new SimMachine({ pcpuCount: PCPUS, guests: GUESTS, startNs });
  const loop = new MachineLoop(policy, machine, {
    startNs,
    durationNs: (instantsS[instantsS.length - 1] + 1) * 1e9,
    // Asked once per pass: from here the simulation can be looked at while it is alive.
    commands: {
      poll: (_, nowNs) => {
        if (readings.length === instantsS.length || nowNs < instantsS[readings.length] * 1e9) return;
        readings.push(usedAfter(collect));
      },
    },
  });
  loop.run();
  return readings;
}

function usedAfter(collect: () => void): number {
  for (let i = 0; i < COLLECTIONS; i++) collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/**
 * Node gives it only to those who ask for it; a new context sees the flag also in a process that was started without.
 */
function garbageCollector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}
