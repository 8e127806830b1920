/**
 * For those who try a policy: what policies are made of, the one loop and its machines, the simulator below the
 * scenarios, predictions, the ideal to compare with, and the golden files.
 *
 * @module creditlab/policy
 */
export { definePolicy, policyTypeFrom } from '../core/define-policy.ts';
export type { ParameterDefinition, PolicyDefinition, ReadingDefinition } from '../core/define-policy.ts';
export { PolicyBase } from '../core/policy-base.ts';
export { LinkedLists, NONE } from '../core/linked-lists.ts';
export { Affinity, CpuSet } from '../core/cpu-set.ts';
export { TimerHeap } from '../core/timer-heap.ts';
export { Choice, CHOICES, CHOICES_OF_ONE_QUEUE, NOBODY, Reason, REASONS } from '../core/reason.ts';
export type * from '../core/policy-terms.ts';
export { FAULTS, PolicyFault } from '../core/policy-fault.ts';
export type { FaultKind } from '../core/policy-fault.ts';
export { loadPolicyType } from '../policy-file/load.ts';

export { IDLE } from '../core/policy.ts';
export type { CpuTimes, ParameterValues, Policy, PolicyVm } from '../core/policy.ts';
export type * from '../core/policy-type.ts';
export { createPolicy, DEFAULT_POLICY_TYPE, POLICY_TYPES, policyTypeOf } from '../policies.ts';
export type { PolicyChoice, PolicyInput } from '../policies.ts';
export { gridTopology } from '../core/topology.ts';
export type { Topology, TopologyShape } from '../core/topology.ts';
export { createCounters } from '../core/counters.ts';
export type { CounterKind, Counters } from '../core/counters.ts';
export type { Entitlement, EntitlementRule } from '../core/entitlement.ts';
export type { Share, ShareRule } from '../core/share.ts';
export type { TraceSink } from '../core/trace-sink.ts';

export { Exit } from '../machine/machine.ts';
export type { LoopObserver, Machine } from '../machine/machine.ts';
export { MachineLoop } from '../machine/loop.ts';
export type { Commands, Instants, LoopEnd, LoopOptions } from '../machine/loop.ts';
export type { ScriptedEvent } from '../machine/agenda.ts';
export { paranoid } from '../machine/paranoid.ts';

export { simulate } from '../sim/simulate.ts';
export type { SimOptions, SimResult, SimVcpu, SimVcpuResult, SimVm } from '../sim/simulate.ts';
export type { GuestSpec } from '../sim/guest.ts';
export {
  ExponentialLatency,
  FixedLatency,
  MeasuredLatencies,
  NormalLatency,
  UniformLatency,
} from '../sim/latency.ts';
export type { Latency, LoopLatencies, MeasuredLatency } from '../sim/latency.ts';
export { latencyOf } from '../sim/latency-model.ts';
export type { LatencyModel, MeasuredLatencyByEvent, TimerModel } from '../sim/latency-model.ts';
export { MeasuredPutOffs } from '../sim/put-offs.ts';
export type { MeasuredPauses, PutOffs } from '../sim/put-offs.ts';

export { predict } from '../predict/predict.ts';
export type { PredictOptions } from '../predict/predict.ts';
export { simulatedRun } from '../predict/simulated-run.ts';
export type { SimulatedRunOptions } from '../predict/simulated-run.ts';
export type { WorkNs } from '../predict/sim-options.ts';
export type { VmPrediction } from '../result/vm-result.ts';
export type { Band } from '../analysis/band.ts';

export { fluid } from '../ideal/fluid.ts';
export type { FluidOptions, FluidResult, FluidVm } from '../ideal/fluid.ts';
export { conform, conformFile } from '../conform/conform.ts';
