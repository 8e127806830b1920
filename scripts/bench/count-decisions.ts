import { Credit1 } from '../../src/core/credit1/credit1.ts';
import { MachineLoop } from '../../src/machine/loop.ts';
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

/** Counts what the loop asks of the policy, without a call in between. */
class CountingCredit1 extends Credit1 {
  decisions = 0;

  override schedule(pcpu: number, nowNs: number, currentCpuNs: number): number {
    this.decisions++;
    return super.schedule(pcpu, nowNs, currentCpuNs);
  }
}

/**
 * How many scheduling decisions per second the simulator takes, without a trace: hogs and sleepers (1 ms of
 * CPU, 7.3 ms of sleep) in turn, one vCPU per VM, with weights from 128 to 1024 and a cap on every fourth VM.
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
    weight: weights[vm % 4],
    cap: vm % 4 === 3 ? 40 : 0,
    vcpus: [null],
  }));
  const guests = vms.map((_, vm): GuestSpec =>
    vm % 2 === 0 ? { kind: 'hog' } : { kind: 'io', runNs: 1_000_000, sleepNs: 7_300_000 },
  );
  const startNs = vms.map(() => 0);
  const policy = new CountingCredit1({ pcpuCount: pcpus, vms });
  const machine = new SimMachine({ pcpuCount: pcpus, guests, startNs });
  const loop = new MachineLoop(policy, machine, { startNs, durationNs: virtualSeconds * 1e9 });
  const startMs = clockMs();
  loop.run();
  const wallSeconds = (clockMs() - startMs) / 1000;
  return {
    pcpus,
    vcpus: vmCount,
    virtualSeconds,
    decisions: policy.decisions,
    wallSeconds,
    decisionsPerSecond: policy.decisions / wallSeconds,
    nsPerDecision: (wallSeconds * 1e9) / policy.decisions,
  };
}
