/** A simulation that also tells the CPU time of each vCPU while all VMs competed. */
import { contendedSpan, lastStartNs } from '../ideal/contention.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { simulate, type SimOptions, type SimResult } from '../sim/simulate.ts';

export interface ContendedSimulation {
  readonly result: SimResult;
  /** null: they never did, all at once */
  readonly contended: Contended | null;
}

export interface Contended {
  readonly ns: number;
  /** index vCPU */
  readonly cpuNs: readonly number[];
}

/**
 * Only after a simulation it is known when the first vCPU finished. So a run in which one does is simulated a second
 * time up to that instant. Up to there both simulations are the same to the nanosecond.
 * @param optionsOf the same simulation each time, with lateness that begins anew
 */
export function simulateContended(scenario: Scenario, optionsOf: () => SimOptions): ContendedSimulation {
  const result = simulate(sampled(scenario, optionsOf()));
  return { result, contended: contendedIn(scenario, result, optionsOf) };
}

/** The options of a simulation in which contendedIn() finds what it needs. */
export function sampled(scenario: Scenario, options: SimOptions): SimOptions {
  const fromNs = lastStartNs(scenario);
  return fromNs > 0 ? { ...options, sampleNs: fromNs, mostSamples: 2 } : options;
}

/** @param result of a simulation with the options of sampled() */
export function contendedIn(
  scenario: Scenario,
  result: SimResult,
  optionsOf: () => SimOptions,
): Contended | null {
  const fromNs = lastStartNs(scenario);
  const doneNs = result.vcpus.map(({ doneNs }) => (doneNs < 0 ? null : doneNs));
  const span = contendedSpan(scenario, doneNs, result.endNs);
  if (span === null) return null;
  const { toNs } = span;
  const before = fromNs > 0 ? result.samples[1].slice(1) : doneNs.map(() => 0);
  const after = toNs === result.endNs ? result.vcpus.map(({ cpuNs }) => cpuNs) : cpuNsAt(toNs, optionsOf());
  return { ns: toNs - fromNs, cpuNs: after.map((cpuNs, vcpu) => cpuNs - before[vcpu]) };
}

function cpuNsAt(ns: number, options: SimOptions): readonly number[] {
  const { samples } = simulate({ ...options, sampleNs: ns, mostSamples: 2, durationNs: ns + 1 });
  return samples[1].slice(1);
}
