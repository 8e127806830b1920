/**
 * creditlab as a library: the credit scheduler as pure code, the simulator that drives it in virtual time, the ideal share to compare
 * with, and the hardware lab. What isn't exported here may change at any time.
 *
 * @module
 */
export { IDLE } from './core/policy.ts';
export type { Policy, PolicyTuning, PolicyVm } from './core/policy.ts';
export { Credit1 } from './core/credit1.ts';
export type { Credit1Options } from './core/options.ts';
export { gridTopology } from './core/topology.ts';
export type { Topology, TopologyShape } from './core/topology.ts';
export { createCounters } from './core/counters.ts';
export type { Counters } from './core/counters.ts';
export type { TraceSink } from './core/trace-sink.ts';

export { Exit } from './machine/machine.ts';
export type { Machine } from './machine/machine.ts';
export { MachineLoop } from './machine/loop.ts';
export type { Commands, LoopEnd, LoopOptions } from './machine/loop.ts';
export type { LoopObserver } from './machine/loop-observer.ts';
export type { ScriptedEvent } from './machine/agenda.ts';

export { simulate } from './sim/simulate.ts';
export type { SimOptions, SimResult, SimVcpu, SimVcpuResult, SimVm } from './sim/simulate.ts';
export type { GuestSpec } from './sim/guest.ts';

export { predict } from './experiment/predict.ts';
export type { PredictOptions } from './experiment/predict.ts';
export { simulatedRun } from './experiment/simulated-run.ts';
export type { SimulatedRunOptions } from './experiment/simulated-run.ts';
export type { WorkNs } from './experiment/sim-options.ts';
export { paranoid } from './machine/paranoid.ts';
export {
  ExponentialLatency,
  FixedLatency,
  MeasuredLatencies,
  NormalLatency,
  UniformLatency,
} from './sim/latency.ts';
export type { MeasuredLatency, TimerLatency } from './sim/latency.ts';
export { latencyOf } from './sim/latency-model.ts';
export type { LatencyModel } from './sim/latency-model.ts';
export type { Band } from './analysis/band.ts';

export { conform, conformFile } from './conform/conform.ts';

export { fluid } from './analysis/fluid.ts';
export type { FluidOptions, FluidResult, FluidVm } from './analysis/fluid.ts';

export { LabError } from './errors.ts';
export type { LabErrorCode, LabErrorDetails } from './errors.ts';
export { RunFailed } from './experiment/run-failed.ts';
export type * from './experiment/experiment.ts';
export type * from './experiment/result.ts';
export type * from './scenario/scenario.ts';
export type { Guest, SizeRange, Workload } from '../workloads/contract.ts';
export { loadScenario } from './scenario/load.ts';
export { openLab } from './host/open-lab.ts';
