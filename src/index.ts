/**
 * creditlab as a library: scenarios, runs on real cores that can be changed while they are under way, and simulations.
 * Traces and pictures are in `creditlab/trace`; policies, and what simulates them, in `creditlab/policy`. What isn't
 * exported by one of the three may change at any time.
 *
 * @module creditlab
 */
export { openLab } from './library/lab.ts';
export type { CalibrateOptions, Lab, LabOptions, StartOptions } from './library/lab.ts';
export type { LabRun, LabRunEvents, LabRunResult, Shares, VmChange } from './library/lab-run.ts';
export type { Decision, Fact } from './library/record-news.ts';
export { loadScenario, scenario } from './library/describe.ts';
export type { ScenarioDescription, VmDescription } from './library/describe.ts';
export { simulate } from './library/simulate.ts';
export type { SimulateOptions } from './library/simulate.ts';
export { LabError } from './base/errors.ts';
export { RunFailed } from './result/run-failed.ts';
export type { Change, HostState } from './control/state.ts';
export type { Scenario } from './scenario/scenario.ts';
export type { HostDescription, RunResult } from './result/result.ts';
export type { VmResult } from './result/vm-result.ts';
export type { Certificate } from './result/verdict.ts';
export type { Calibration } from './testbed/testbed.ts';
export type { Workload } from '../workloads/contract.ts';
