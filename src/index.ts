/**
 * creditlab as a library: the credit scheduler as pure code, the simulator that drives it in virtual time, the ideal
 * share to compare with, and the testbed. What isn't exported here may change at any time.
 *
 * @module
 */
export { IDLE } from './core/policy.ts';
export type { Policy, CpuTimes, ParameterValues, PolicyVm } from './core/policy.ts';
export type * from './core/policy-type.ts';
export { createPolicy, DEFAULT_POLICY_TYPE, POLICY_TYPES, policyTypeOf } from './policies.ts';
export type { PolicyChoice, PolicyInput } from './policies.ts';
export { gridTopology } from './core/topology.ts';
export type { Topology, TopologyShape } from './core/topology.ts';
export { createCounters } from './core/counters.ts';
export type { CounterKind, Counters } from './core/counters.ts';
export type { Entitlement, EntitlementRule } from './core/entitlement.ts';
export type { TraceSink } from './core/trace-sink.ts';

export { Exit } from './machine/machine.ts';
export type { Machine } from './machine/machine.ts';
export { MachineLoop } from './machine/loop.ts';
export type { Commands, Instants, LoopEnd, LoopOptions } from './machine/loop.ts';
export type { LoopObserver } from './machine/machine.ts';
export type { ScriptedEvent } from './machine/agenda.ts';

export { simulate } from './sim/simulate.ts';
export type { SimOptions, SimResult, SimVcpu, SimVcpuResult, SimVm } from './sim/simulate.ts';
export type { GuestSpec } from './sim/guest.ts';

export { predict } from './predict/predict.ts';
export type { PredictOptions } from './predict/predict.ts';
export { simulatedRun } from './predict/simulated-run.ts';
export type { SimulatedRunOptions } from './predict/simulated-run.ts';
export type { WorkNs } from './predict/sim-options.ts';
export { paranoid } from './machine/paranoid.ts';
export {
  ExponentialLatency,
  FixedLatency,
  MeasuredLatencies,
  NormalLatency,
  UniformLatency,
} from './sim/latency.ts';
export type { Latency, LoopLatencies, MeasuredLatency } from './sim/latency.ts';
export { latencyOf } from './sim/latency-model.ts';
export type { LatencyModel, MeasuredLatencyByEvent, TimerModel } from './sim/latency-model.ts';
export { MeasuredPutOffs } from './sim/put-offs.ts';
export type { MeasuredPauses, PutOffs } from './sim/put-offs.ts';
export type { Band } from './analysis/band.ts';
export { certify } from './result/certificate.ts';
export type { Certificate, Check, Verdict } from './result/verdict.ts';

export { readTraces } from './trace/file-reader.ts';
export { TraceFileWriter } from './trace/file-writer.ts';
export { traceHeader } from './trace/trace.ts';
export { TraceRecorder } from './trace/recorder.ts';
export { TraceStore } from './trace/store.ts';
export type { RecordTaker, TraceEnd, TraceTaker } from './trace/store.ts';
export { Column, COLUMNS, Kind, Left, OWN_KINDS, WIDTH } from './trace/record.ts';
export { vocabularyOf } from './trace/vocabulary.ts';
export type { Field, RecordShape, Telling, Vocabulary } from './trace/vocabulary.ts';
export type { RecordSink } from './trace/record.ts';
export { Choice, Reason } from './core/reason.ts';
export type { ChoiceKind, PolicyTerms, Reading, ReasonKind, RecordKind } from './core/policy-terms.ts';
export type { LostRecords, Trace, TraceHeader, TraceVcpu } from './trace/trace.ts';
export { endOf, slicesOf, staysOf } from './trace/timeline.ts';
export type { Slice, Stay } from './trace/timeline.ts';
export { spellsOf } from './trace/spells.ts';
export type { RunState, Spell } from './trace/spells.ts';
export { summarizeTrace } from './trace/summary.ts';
export type { PcpuSummary, ReasonCounts, TraceSummary, VmSummary } from './trace/summary.ts';
export { runStatesOf } from './trace/run-states.ts';
export type { StateTotals, VcpuStates } from './trace/run-states.ts';
export { intentToFact } from './trace/latency.ts';
export type { IntentToFact, LatencyBucket } from './trace/latency.ts';
export { explain } from './trace/words/why.ts';
export type { Explanation } from './trace/words/why.ts';
export type { ExplanationPart } from './trace/words/policy-words.ts';
export type { Window } from './trace/window.ts';
export { perfettoOf } from './trace/export/perfetto/perfetto.ts';
export { chromeOf } from './trace/export/chrome.ts';
export { htmlReport } from './report/html/report.ts';
export type { HtmlInput, HtmlRow } from './report/html/input.ts';

export { conform, conformFile } from './conform/conform.ts';

export { fluid } from './ideal/fluid.ts';
export type { FluidOptions, FluidResult, FluidVm } from './ideal/fluid.ts';

export { LabError } from './base/errors.ts';
export type { LabErrorCode, LabErrorDetails } from './base/errors.ts';
export { RunFailed } from './result/run-failed.ts';
export type * from './testbed/testbed.ts';
export type * from './result/result.ts';
export type * from './result/vm-result.ts';
export type * from './scenario/scenario.ts';
export type * from './workload/work.ts';
export type { HostCpu } from './cpus/host-cpus.ts';
export type { Distribution, Quantiles } from './analysis/histogram.ts';
export type { Guest, SizeRange, Workload } from '../workloads/contract.ts';
export { loadScenario } from './scenario/load.ts';
export { openTestbed } from './host/open-testbed.ts';
