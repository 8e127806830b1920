/**
 * What the scheduler does with a scenario in virtual time, again and again with timers that are late by chance: the
 * band in which a run on real cores should lie.
 *
 * A run is judged by its own work. What each vCPU computed is fixed, but how much CPU time that takes drifts with the
 * machine's speed; so the prediction for a run gives each vCPU the CPU time that it really used, and what is left of
 * the difference is the scheduler's behaviour: order and slices, on a machine as late and as disturbed as this one was.
 *
 * The simulations differ in lateness alone. The bands of golden files vary the phase of accounting too, since on a real
 * Xen nobody controls it. In the lab it is no chance: each run makes its policy anew, booted 900 ms before t = 0 like
 * the simulated one, and its VMs start where the scenario says. Another phase at the start would widen the bands by
 * what can't happen; how phases wander from there follows from lateness.
 */
import { LabError } from '../base/errors.ts';
import { bandOf, shareInBand, wallInBand } from '../analysis/band.ts';
import { isShareDecided, isTimeDecided } from '../ideal/contention.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { type LatencyModel, latencyOf, type MeasuredLatencyByEvent } from '../sim/latency-model.ts';
import { type MeasuredPauses, MeasuredPutOffs } from '../sim/put-offs.ts';
import type { SimOptions } from '../sim/simulate.ts';
import { certify } from '../result/certificate.ts';
import { simulateContended, type ContendedSimulation } from './contended-simulation.ts';
import type { CheckKey } from '../result/verdict.ts';
import type { PcpuResult, RunResult } from '../result/result.ts';
import type { VmPrediction } from '../result/vm-result.ts';
import { IDLE_BURST_NS, simOptionsOf, type WorkNs } from './sim-options.ts';

export interface PredictOptions {
  /** CPU time of a unit of work, per VM, for work in units; null: not known. Default: none is. */
  readonly nsPerUnit?: readonly (number | null)[];
  /** CPU time of each vCPU's work, in place of the scenario's; null: as in the scenario. */
  readonly workNs?: WorkNs;
  /** Timers are late by up to that. Default 50 µs. */
  readonly jitterNs?: number;
  /** The loop is late as it was measured, in place of `jitterNs`. */
  readonly latency?: MeasuredLatencyByEvent;
  /** Per vCPU: its pauses are put off as they were measured. Default: none is. */
  readonly pauses?: readonly MeasuredPauses[];
  /** Per pCPU: the part of its time that others take from the vCPU there, 0 ≤ part < 1. Default: none. */
  readonly stolenParts?: readonly number[];
  /** How many simulations. Default 8. */
  readonly seeds?: number;
}

/** The part of the options that describes the machine, and not the scenario's work. */
export type Lateness = Pick<PredictOptions, 'jitterNs' | 'latency' | 'stolenParts'>;

const DEFAULT_JITTER_NS = 50_000;
export const DEFAULT_SEEDS = 8;

/** @returns the simulation that predicts, one for each seed from 1; null: work in units of unknown length */
export function predictingSimulation(
  scenario: Scenario,
  options: PredictOptions,
): ((seed: number) => SimOptions) | null {
  const { jitterNs = DEFAULT_JITTER_NS, latency, pauses, stolenParts = null } = options;
  const stated = scenario.vms.map((vm, index) => {
    if (vm.work === null) return null;
    if (vm.work.kind === 'cpu') return vm.work.ns;
    const each = options.nsPerUnit?.[index] ?? (vm.workload.spec === 'idle' ? IDLE_BURST_NS : NaN);
    return vm.work.units * each;
  });
  const workNs: WorkNs = (vm, vcpu) =>
    stated[vm] === null ? null : (options.workNs?.(vm, vcpu) ?? stated[vm]);
  const isKnown = scenario.vms.every(({ vcpus }, vm) =>
    Array.from({ length: vcpus }, (_, vcpu) => workNs(vm, vcpu)).every((ns) => !Number.isNaN(ns)),
  );
  if (!isKnown) return null;
  const simulation = simOptionsOf(scenario, workNs);
  const model: LatencyModel =
    latency === undefined ? { kind: 'uniform', maxNs: jitterNs } : { kind: 'measured', measured: latency };
  const arePutOff = pauses?.some(({ putOffs }) => putOffs.length > 0) === true;
  return (seed) => ({
    ...simulation,
    latency: latencyOf(model, seed),
    putOffs: arePutOff ? new MeasuredPutOffs(pauses) : null,
    stolenParts,
  });
}

/** @returns per VM in the scenario's order; null: work in units of unknown length */
export function predict(scenario: Scenario, options: PredictOptions = {}): VmPrediction[] | null {
  const { seeds = DEFAULT_SEEDS } = options;
  const simulation = predictingSimulation(scenario, options);
  if (simulation === null) return null;
  const runs = Array.from({ length: seeds }, (_, i) => simulateContended(scenario, () => simulation(i + 1)));
  return predictionOf(scenario, runs);
}

/** What several simulations say of each VM. */
export function predictionOf(scenario: Scenario, runs: readonly ContendedSimulation[]): VmPrediction[] {
  let first = 0;
  return scenario.vms.map(({ vcpus, work, startNs }) => {
    const from = first;
    first += vcpus;
    const walls = runs.flatMap(({ result }) => {
      const ends = result.vcpus.slice(from, from + vcpus).map(({ doneNs }) => doneNs);
      return work === null || ends.some((ns) => ns < 0) ? [] : Math.max(...ends) - startNs;
    });
    const shares = runs.flatMap(({ contended }) =>
      contended === null ? [] : (100 * sum(contended.cpuNs.slice(from, from + vcpus))) / contended.ns,
    );
    return {
      wallNs: walls.length < runs.length ? null : bandOf(walls),
      sharePercent: shares.length < runs.length ? null : bandOf(shares),
    };
  });
}

/**
 * A run with the prediction for it, as far as it can be judged by one: no figure has one that follows from the work
 * whatever the scheduler does. A run that is incomplete or itself simulated has none at all.
 */
export function withPrediction(scenario: Scenario, run: RunResult): RunResult {
  if (!run.complete || run.machine === 'simulated') return run;
  const { predicted, remarks } = predictionFor(scenario, run);
  const doneNs = run.vms.map(({ vcpus }) => vcpus.map(({ endNs }) => endNs));
  return {
    ...run,
    bandsAreWide: isBeyondGood(run),
    ...(remarks.length > 0 && { warnings: [...run.warnings, ...remarks] }),
    vms: run.vms.map((vm, index) => {
      if (predicted === null) return { ...vm, predicted: null };
      const wallNs = isTimeDecided(scenario, doneNs, index) ? predicted[index].wallNs : null;
      const sharePercent = isShareDecided(scenario, run.contendedNs ?? 0, index)
        ? predicted[index].sharePercent
        : null;
      const inBand = {
        wallNs: wallInBand(vm.wallNs, wallNs),
        sharePercent: shareInBand(vm.contendedSharePercent ?? null, sharePercent),
      };
      return { ...vm, predicted: { wallNs, sharePercent, inBand } };
    }),
  };
}

/** The run has been, whatever a policy of one's own does in virtual time. */
function predictionFor(
  scenario: Scenario,
  run: RunResult,
): { readonly predicted: readonly VmPrediction[] | null; readonly remarks: readonly string[] } {
  try {
    return { predicted: predict(scenario, judgedBy(run)), remarks: [] };
  } catch (error) {
    if (!(error instanceof LabError) || error.code !== 'RUN_FAILED') throw error;
    return { predicted: null, remarks: [`there is no prediction: ${error.message}`] };
  }
}

/** What went wrong in a run and goes into its bands, too. */
const CHECKS_OF_BANDS: readonly string[] = ['lateness', 'stolen', 'own-threads'] satisfies CheckKey[];

/** Whether its own lateness, or what was stolen from it, by which its bands are made, is beyond what a good run has. */
function isBeyondGood(run: RunResult): boolean {
  const { checks = [] } = run.certificate ?? certify(run) ?? {};
  return checks.some(({ key, verdict }) => CHECKS_OF_BANDS.includes(key) && verdict !== 'good');
}

/**
 * What a run is judged by: the CPU time that its work took, how late its loop was, what others took of its pCPUs, and
 * how its guests' pauses were put off. A pause is put off by the guest's program, not by the scheduler: whether the
 * scheduler did what it does to a vCPU that can't be stopped at once is what is asked.
 */
export function judgedBy(run: RunResult): PredictOptions {
  return {
    nsPerUnit: run.vms.map(({ cpuNs, vcpus }) => {
      const units = vcpus.reduce((sum, vcpu) => sum + vcpu.units, 0);
      return units === 0 ? null : cpuNs / units;
    }),
    workNs: (vm, index) => {
      const vcpu = run.vms[vm].vcpus[index];
      return vcpu.endNs === null ? null : vcpu.cpuNs;
    },
    ...latenessOf(run),
    pauses: run.vms.flatMap(({ vcpus }) =>
      vcpus.map(({ pauses = 0, putOffs = [] }) => ({ pauses, putOffs })),
    ),
  };
}

/**
 * How late the loop was in a run, and what others took of its pCPUs: what a simulation takes over from it beside the
 * work.
 */
export function latenessOf({ loop: { latencyNs }, pcpus }: RunResult): Lateness {
  const isMeasured = latencyNs !== undefined && latencyNs.timer.count > 0;
  return { ...(isMeasured && { latency: latencyNs }), stolenParts: pcpus.map(stolenPart) };
}

/** Where others took all of the time: of nothing, a simulated vCPU could never come to its end. */
const MOST_STOLEN = 0.9999;

function stolenPart({ busyNs, stolenNs = 0 }: PcpuResult): number {
  return stolenNs > 0 ? Math.min(MOST_STOLEN, stolenNs / (busyNs + stolenNs)) : 0;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
