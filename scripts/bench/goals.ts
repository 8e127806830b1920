/**
 * What the lab promises, in one place: each bench holds its figures against these, and the table in docs/benchmarks.md
 * tells them beside what was measured (test/bench/goals.test.ts compares).
 */
import { atLeast, atMost, atMostTimes, type Goal } from './figure.ts';

/** A goal, and how a table names it. */
interface Promised {
  readonly figure: string;
  readonly goal: Goal;
  /** the figure's unit; of a ratio, what it is a multiple of */
  readonly unit: string;
}

export const GOALS = {
  switchGapP50: { figure: 'switch gap, p50', goal: atMostTimes(1.15), unit: 'a signal and a futex in C' },
  switchGapP99: { figure: 'switch gap, p99', goal: atMostTimes(1.5), unit: 'a signal and a futex in C' },
  handOver: { figure: 'hand-over alone, p50', goal: atMostTimes(1.3), unit: 'the futex switch' },
  latenessP50: { figure: 'tick lateness, p50', goal: atMostTimes(1.2), unit: "a C thread's" },
  latenessP99: { figure: 'tick lateness, p99', goal: atMostTimes(1.5), unit: "a C thread's" },
  busyApart: { figure: 'time in vCPUs, loop on a CPU of its own', goal: atLeast(99.8), unit: '% of a pCPU' },
  busyTogether: { figure: 'time in vCPUs, loop on the same CPUs', goal: atLeast(99.2), unit: '% of a pCPU' },
  loopCost: { figure: "the loop's own cost", goal: atMost(0.4), unit: '% of one core' },
  decisionFew: { figure: 'decision with 8 vCPUs, p99', goal: atMost(20), unit: 'µs' },
  decisionMany: { figure: 'decision with 512 vCPUs, p99', goal: atMost(60), unit: 'µs' },
  recordingCost: { figure: 'cost of recording', goal: atMost(0.2), unit: '% of one core' },
  shareError: { figure: 'share error', goal: atMost(0.3, 0.1), unit: 'points' },
  capError: { figure: 'cap error', goal: atMost(0.1), unit: 'points' },
  besideKernel: {
    figure: "share and cap error beside the kernel's",
    goal: atMostTimes(1),
    unit: "the kernel's",
  },
  predictedTime: { figure: 'error of the predicted execution time, median', goal: atMost(1), unit: '%' },
  predictedShare: { figure: 'error of the predicted share, median', goal: atMost(0.2), unit: 'points' },
  programsBusy: { figure: 'time in vCPUs, ordinary programs', goal: atLeast(98), unit: '% of a pCPU' },
  programsShare: {
    figure: 'share beside its prediction, ordinary programs',
    goal: atMost(1),
    unit: 'points',
  },
  programsBad: { figure: 'ordinary programs that hang, fail or are wrong', goal: atMost(0), unit: 'runs' },
  start: { figure: 'start of 128 vCPUs', goal: atMostTimes(2), unit: 'empty workers' },
  memory: { figure: 'memory per vCPU', goal: atMostTimes(1.3), unit: 'an empty worker' },
  shareErrorMany: { figure: 'share error, 128 vCPUs', goal: atMost(1), unit: 'points' },
  simulator: { figure: 'simulator, 8 vCPUs on 2 pCPUs', goal: atLeast(1.5), unit: 'million decisions/s' },
  policySpeed: { figure: 'simulator, a decision of each policy', goal: atMostTimes(2), unit: "credit's" },
  /** one number kept per decision would be almost eight thousand bytes */
  heapGrowth: { figure: 'growth of the heap, no trace', goal: atMost(64), unit: 'bytes per virtual s' },
} satisfies Readonly<Record<string, Promised>>;
