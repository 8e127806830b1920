import type { Band } from '../../src/analysis/band.ts';
import { certify } from '../../src/result/certificate.ts';
import { withPrediction } from '../../src/predict/predict.ts';
import type { RunResult } from '../../src/result/result.ts';
import type { VcpuResult, VmResult } from '../../src/result/vm-result.ts';
import { allOk } from '../../src/report/lab-row.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { GOALS } from './goals.ts';
import type { RunEnd } from './watched-run.ts';

/** What came of one run of the bench `programs`. */
export interface ProgramRun {
  readonly scenario: string;
  /** time in vCPUs, of all pCPUs; null: it didn't run to its end */
  readonly busyPercent: number | null;
  readonly vms: readonly ProgramVm[];
  /** the certificate's; null: none */
  readonly verdict: string | null;
  /** what is short of its goal; empty: nothing */
  readonly missed: readonly Missed[];
  /** how it ended, if not as it should */
  readonly failure: string | null;
  /** it gave no answer in time, and was ended */
  readonly hasHung: boolean;
}

export type Missed = 'busy' | 'share' | 'checksum' | 'hang' | 'failed';

export interface ProgramVm {
  readonly name: string;
  /** null: the scheduler's VMs have none */
  readonly weight: number | null;
  /** CPU time of a step, mean over the run; null: none ended */
  readonly stepNs: number | null;
  /** of one pCPU */
  readonly sharePercent: number;
  readonly predicted: Band | null;
  /** measured − median of the prediction, points */
  readonly errorPoints: number | null;
  /** how often the kernel took the core away, per dispatch; null: not known */
  readonly involuntaryPerDispatch: number | null;
  /** pauses that had to wait for a safe point */
  readonly deferredPauses: number;
  /** by how much, mean; null: none had to */
  readonly deferredMeanNs: number | null;
  readonly checksumOk: boolean | null;
}

export function programRunOf(scenario: Scenario, end: RunEnd): ProgramRun {
  const { name } = scenario;
  if (end.kind === 'done' && end.result.complete)
    return completeRun(name, withPrediction(scenario, end.result));
  const hasHung = end.kind === 'hung';
  return {
    scenario: name,
    busyPercent: null,
    vms: [],
    verdict: null,
    missed: [hasHung ? 'hang' : 'failed'],
    failure: failureOf(end),
    hasHung,
  };
}

function completeRun(scenario: string, run: RunResult): ProgramRun {
  const busyNs = run.pcpus.reduce((sum, pcpu) => sum + pcpu.busyNs, 0);
  const busyPercent = (100 * busyNs) / (run.windowNs * run.pcpus.length);
  const vms = run.vms.map(vmOf);
  const missed: Missed[] = [];
  if (busyPercent < GOALS.programsBusy.goal.bound) missed.push('busy');
  if (!(largestError(vms) <= GOALS.programsShare.goal.bound)) missed.push('share');
  if (allOk(vms.map(({ checksumOk }) => checksumOk)) !== true) missed.push('checksum');
  const verdict = certify(run)?.verdict ?? null;
  return { scenario, busyPercent, vms, verdict, missed, failure: null, hasHung: false };
}

/** Of the sizes, in points; NaN where a prediction is missing. */
export function largestError(vms: readonly ProgramVm[]): number {
  return Math.max(...vms.map(({ errorPoints }) => Math.abs(errorPoints ?? NaN)));
}

function vmOf({ name, weight, cpuNs, sharePercent, predicted, vcpus }: VmResult): ProgramVm {
  const sum = (of: (vcpu: VcpuResult) => number): number =>
    vcpus.reduce((total, vcpu) => total + of(vcpu), 0);
  const units = sum((vcpu) => vcpu.units);
  const dispatches = sum((vcpu) => vcpu.dispatches);
  const deferredPauses = sum((vcpu) => vcpu.deferredPauses);
  const involuntary = sum((vcpu) => vcpu.involuntarySwitches ?? NaN);
  const band = predicted?.sharePercent ?? null;
  return {
    name,
    weight: weight ?? null,
    stepNs: units === 0 ? null : cpuNs / units,
    sharePercent,
    predicted: band,
    errorPoints: band === null ? null : sharePercent - band.median,
    involuntaryPerDispatch: Number.isNaN(involuntary) || dispatches === 0 ? null : involuntary / dispatches,
    deferredPauses,
    deferredMeanNs: deferredPauses === 0 ? null : sum((vcpu) => vcpu.overrunNs) / deferredPauses,
    checksumOk: allOk(vcpus.map((vcpu) => vcpu.checksumOk)),
  };
}

function failureOf(end: RunEnd): string {
  switch (end.kind) {
    case 'hung':
      return `no answer after ${(end.afterMs / 1000).toFixed(0)} s, ended while ${end.phase}`;
    case 'failed':
      return end.message;
    case 'done':
      return 'the run was not complete';
  }
}
