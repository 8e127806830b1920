import type { ParameterValues, Policy } from '../../src/core/policy.ts';
import { MachineLoop } from '../../src/machine/loop.ts';
import { createPolicy, DEFAULT_POLICY_TYPE, hasVmParameter } from '../../src/policies.ts';
import type { GuestSpec } from '../../src/sim/guest.ts';
import type { Topology } from '../../src/core/topology.ts';
import { SimMachine } from '../../src/sim/sim-machine.ts';

/**
 * What the simulator has to do: hogs and sleepers (1 ms of CPU, 7.3 ms of sleep) in turn, with weights from 128 to 1024
 * and a cap on every fourth VM (40 % per vCPU), under policies that have such parameters.
 */
export interface Load {
  readonly pcpus: number;
  readonly vcpus: number;
  /** default: 1 */
  readonly vcpusPerVm?: number;
  /** default: one socket, no SMT */
  readonly topology?: Topology;
  readonly virtualSeconds: number;
  /** the policy; default: the default one */
  readonly type?: string;
}

export interface DecisionsFigure extends Load {
  /** calls of schedule() */
  readonly decisions: number;
  readonly wallSeconds: number;
  readonly decisionsPerSecond: number;
  readonly nsPerDecision: number;
}

/**
 * How many scheduling decisions per second the simulator takes, without a trace. Counting takes time. So they are
 * counted in a simulation of its own, which is the same to the nanosecond.
 * @param clockMs a clock of the caller's, ms
 */
export function measureDecisions(clockMs: () => number, load: Load): DecisionsFigure {
  const wallSeconds = timeOf(clockMs, load);
  const decisions = countDecisions(load);
  return {
    ...load,
    decisions,
    wallSeconds,
    decisionsPerSecond: decisions / wallSeconds,
    nsPerDecision: (wallSeconds * 1e9) / decisions,
  };
}

/** How long the simulator takes, s. */
export function timeOf(clockMs: () => number, load: Load): number {
  const loop = loopOf(load, policyOf(load));
  const startMs = clockMs();
  loop.run();
  return (clockMs() - startMs) / 1000;
}

export function countDecisions(load: Load): number {
  const policy = policyOf(load);
  const schedule = policy.schedule.bind(policy);
  let decisions = 0;
  policy.schedule = (pcpu, nowNs, currentCpuNs) => {
    decisions++;
    return schedule(pcpu, nowNs, currentCpuNs);
  };
  loopOf(load, policy).run();
  return decisions;
}

const WEIGHTS = [256, 512, 128, 1024];

function policyOf({ type = DEFAULT_POLICY_TYPE, pcpus, vcpus, vcpusPerVm = 1, topology }: Load): Policy {
  const [hasWeight, hasCap] = [hasVmParameter(type, 'weight'), hasVmParameter(type, 'cap')];
  const parametersOf = (vm: number): ParameterValues => ({
    ...(hasWeight && { weight: WEIGHTS[vm % 4] }),
    ...(hasCap && { cap: vm % 4 === 3 ? 40 * vcpusPerVm : 0 }),
  });
  const vms = Array.from({ length: vcpus / vcpusPerVm }, (_, vm) => ({
    parameters: parametersOf(vm),
    vcpus: Array.from({ length: vcpusPerVm }, () => null),
  }));
  return createPolicy({ type, pcpuCount: pcpus, vms, ...(topology && { topology }) });
}

function loopOf({ pcpus, vcpus, vcpusPerVm = 1, virtualSeconds }: Load, policy: Policy): MachineLoop {
  const guests = Array.from({ length: vcpus }, (_, vm): GuestSpec =>
    vm % 2 === 0 ? { kind: 'hog' } : { kind: 'io', runNs: 1_000_000, sleepNs: 7_300_000 },
  );
  const machine = new SimMachine({ pcpuCount: pcpus, guests, startNs: guests.map(() => 0) });
  const startNs = Array.from({ length: vcpus / vcpusPerVm }, () => 0);
  return new MachineLoop(policy, machine, { startNs, durationNs: virtualSeconds * 1e9 });
}
