import type { Policy } from '../../src/core/policy.ts';
import { MachineLoop } from '../../src/machine/loop.ts';
import { createPolicy, DEFAULT_POLICY_TYPE } from '../../src/policies.ts';
import type { GuestSpec } from '../../src/sim/guest.ts';
import { SimMachine } from '../../src/sim/sim-machine.ts';

export interface DecisionsFigure {
  readonly pcpus: number;
  readonly vcpus: number;
  readonly virtualSeconds: number;
  /** calls of schedule() */
  readonly decisions: number;
  readonly wallSeconds: number;
  readonly decisionsPerSecond: number;
  readonly nsPerDecision: number;
}

/**
 * How many scheduling decisions per second the simulator takes, without a trace: hogs and sleepers (1 ms of
 * CPU, 7.3 ms of sleep) in turn, one vCPU per VM, with weights from 128 to 1024 and a cap on every fourth VM.
 * Counting takes time. So they are counted in a simulation of its own, which is the same to the nanosecond.
 * @param clockMs a clock of the caller's, ms
 */
export function measureDecisions(
  clockMs: () => number,
  pcpus = 2,
  vmCount = 8,
  virtualSeconds = 600,
): DecisionsFigure {
  const weights = [256, 512, 128, 1024];
  const vms = Array.from({ length: vmCount }, (_, vm) => ({
    parameters: { weight: weights[vm % 4], cap: vm % 4 === 3 ? 40 : 0 },
    vcpus: [null],
  }));
  const guests = vms.map((_, vm): GuestSpec =>
    vm % 2 === 0 ? { kind: 'hog' } : { kind: 'io', runNs: 1_000_000, sleepNs: 7_300_000 },
  );
  const startNs = vms.map(() => 0);
  const loopOf = (policy: Policy) => {
    const machine = new SimMachine({ pcpuCount: pcpus, guests, startNs });
    return new MachineLoop(policy, machine, { startNs, durationNs: virtualSeconds * 1e9 });
  };
  const policyOf = () => createPolicy({ type: DEFAULT_POLICY_TYPE, pcpuCount: pcpus, vms });
  const timed = loopOf(policyOf());
  const startMs = clockMs();
  timed.run();
  const wallSeconds = (clockMs() - startMs) / 1000;
  const counted = policyOf();
  const schedule = counted.schedule.bind(counted);
  let decisions = 0;
  counted.schedule = (pcpu, nowNs, currentCpuNs) => {
    decisions++;
    return schedule(pcpu, nowNs, currentCpuNs);
  };
  loopOf(counted).run();
  return {
    pcpus,
    vcpus: vmCount,
    virtualSeconds,
    decisions,
    wallSeconds,
    decisionsPerSecond: decisions / wallSeconds,
    nsPerDecision: (wallSeconds * 1e9) / decisions,
  };
}
