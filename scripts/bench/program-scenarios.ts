import { DEFAULT_SCHEDULER, schedulerOf } from '../../src/scenario/resolve-scheduler.ts';
import type { Scenario, SchedulerSpec, VmSpec } from '../../src/scenario/scenario.ts';
import type { Program } from './program-catalogue.ts';

const LIGHT = 256;
const HEAVY = 512;
/** As short as the rate limit allows: each program is paused about a hundred times a second. */
const SHORT_SLICE_NS = 1e6;

/** One program against itself, 256:512 on one pCPU. */
export function aloneScenario(program: Program, pcpus: readonly number[], seconds: number): Scenario {
  return scenarioOf(program.name, pcpus.slice(0, 1), seconds, DEFAULT_SCHEDULER, [
    vmOf('light', LIGHT, program),
    vmOf('heavy', HEAVY, program),
  ]);
}

/** All programs at once, every other one with twice the weight, on all these pCPUs, in short slices. */
export function togetherScenario(
  programs: readonly Program[],
  pcpus: readonly number[],
  seconds: number,
): Scenario {
  const vms = programs.map((program, i) => vmOf(program.name, i % 2 === 0 ? LIGHT : HEAVY, program));
  return scenarioOf('all together', pcpus, seconds, schedulerOf('credit', { tsliceNs: SHORT_SLICE_NS }), vms);
}

function scenarioOf(
  name: string,
  pcpus: readonly number[],
  seconds: number,
  scheduler: SchedulerSpec,
  vms: readonly VmSpec[],
): Scenario {
  return { name, pcpus, durationNs: seconds * 1e9, seed: 1, scheduler, vms, events: [] };
}

function vmOf(name: string, weight: number, { name: spec, url }: Program): VmSpec {
  const workload = { spec, url, size: null };
  return { name, weight, cap: 0, vcpus: 1, startNs: 0, pin: null, workload, work: null };
}
