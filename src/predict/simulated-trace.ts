/** Simulations with all that is recorded of them. */
import type { Scenario } from '../scenario/scenario.ts';
import { simulate, type SimOptions } from '../sim/simulate.ts';
import { endOf } from '../trace/timeline.ts';
import { traceHeader, type Trace, type TraceHeader } from '../trace/trace.ts';
import { TraceRecorder } from '../trace/recorder.ts';
import { TraceStore } from '../trace/store.ts';
import { usedSpansOf } from '../trace/used-spans.ts';
import { predictingSimulation } from './predict.ts';
import { tellChanges } from './simulated-run.ts';

/** Work of a vCPU that had not come to its end: more than it can do. */
const NEVER_DONE_NS = 2 ** 52;

/** @param options the scenario's, as the simulator takes it */
export function tracedSimulation(
  scenario: Scenario,
  options: SimOptions,
  { label, run }: Pick<TraceHeader, 'label' | 'run'>,
): Trace | null {
  const store = new TraceStore();
  store.begin(traceHeader(scenario, { label, run, machine: 'simulated' }));
  const result = simulate({ ...options, recorder: new TraceRecorder(store) });
  const { endNs } = result;
  tellChanges(store, scenario, result);
  store.end({ endNs, complete: true, lostIntents: 0, lostFacts: 0 });
  return store.trace();
}

/**
 * A run as it was played, once more in virtual time: the same VMs and the same events at the same instants, for as
 * long, with timers that are never late. A vCPU that had done its work gets as much CPU time as it used.
 * @returns null for finite work in a run whose oldest records are gone: what it used isn't known
 */
export function playedAgain(trace: Trace): Trace | null {
  const { header, lost } = trace;
  const endNs = endOf(trace);
  const scenario = { ...header.scenario, durationNs: endNs };
  const isFinite = scenario.vms.some(({ work }) => work !== null);
  if (endNs <= 0 || (isFinite && lost.forgotten > 0)) return null;
  const doneNs = usedSpansOf(trace).workDoneNs(header.vcpus.length);
  const firstOf = scenario.vms.map((_, vm) => header.vcpus.findIndex((vcpu) => vcpu.vm === vm));
  const simulation = predictingSimulation(scenario, {
    jitterNs: 0,
    workNs: (vm, vcpu) => doneNs[firstOf[vm] + vcpu] ?? NEVER_DONE_NS,
  });
  return simulation === null ? null : tracedSimulation(scenario, simulation(1), header);
}
