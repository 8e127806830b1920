/** What golden files of all policies have in common. Each policy's dialect makes its own schema of it. */
import { z } from 'zod';
import type { Inferred } from '../base/schema.ts';
import type { GoldenRecord } from './golden-records.ts';

export const ms = z.number().min(0);
const count = z.int().min(0);

const vcpuSchema = z.strictObject({
  type: z.enum(['hog', 'finite', 'io', 'periodic', 'yield']),
  work_ms: ms.exactOptional(),
  run_ms: ms.exactOptional(),
  sleep_ms: ms.exactOptional(),
  period_ms: ms.exactOptional(),
  count: count.exactOptional(),
  pin: z.array(count).exactOptional(),
});

/** Of the scenario, beside `vms`, `events` and `params`. */
export const scenarioFields = { name: z.string(), pcpus: z.int().min(1), duration_ms: ms };

/** Of each VM, beside what the policy gives it. */
export const vmFields = { name: z.string(), start_ms: ms.exactOptional(), vcpus: z.array(vcpuSchema) };

/** Of each event, beside what the policy can change. */
export const eventFields = {
  at_ms: ms,
  vm: z.string().exactOptional(),
  action: z.enum(['pause', 'unpause']).exactOptional(),
};

/** Of `params`, beside the scheduler's own. */
export const paramFields = {
  stop_when_done: z
    .union([z.number(), z.boolean()])
    .exactOptional()
    .describe('true, or not 0: the run ends when all finite work is done'),
  start_ms: ms.exactOptional().describe('the machine boots that long before t = 0; absent: 900'),
  sample_ms: ms.exactOptional().describe('time between two samples; absent: 1000'),
  trace_ms: ms.exactOptional().describe('how much was to be traced; trace_until_ns says how much was'),
};

const percent = z.number().min(0);

/** Of each vCPU in `result`, beside what only this policy counts. */
export const vcpuFigures = {
  name: z.string(),
  cpu_ns: z.number(),
  done_ns: z.number().describe('-1: it never was'),
  dispatches: z.number(),
  wakes: z.number().describe('how often its own timer woke it'),
};

/** Of each VM in `result`. A quantity that has no meaning for the run is absent. */
export const vmFigures = {
  cpu_ns: z.number().min(0).exactOptional(),
  pct_of_one_pcpu: percent.exactOptional().describe('of the whole run'),
  pct_of_used: percent.exactOptional().describe('of the CPU time of all VMs'),
  steady_pct_of_one_pcpu: percent.exactOptional().describe('from 3 s to the last sample'),
};

/** Of `result`, beside `vcpus` and `vms`. */
export const resultFields = {
  end_ns: z.number(),
  samples_cum_cpu_ns: z.array(z.array(z.number())).describe('the instant, then the CPU time of each vCPU'),
};

export const band = z.tuple([z.number(), z.number()]).describe('least and greatest');

/** `result` and `band` of files whose bands are over later starts of the VMs. */
export const lateStartResult = z.object({
  ...resultFields,
  vcpus: z.array(z.object(vcpuFigures)),
  vms: z
    .record(z.string(), z.object({ ...vmFigures, last_done_ms: ms.exactOptional() }))
    .describe('by name of VM'),
});

export const lateStartBand = z
  .record(
    z.string(),
    z.object({
      pct_of_one_pcpu: band.exactOptional(),
      steady_pct_of_one_pcpu: band.exactOptional(),
      last_done_ms: band.exactOptional(),
    }),
  )
  .exactOptional()
  .describe('by name of VM: where variants of the run lay, in which VMs start up to 10 ms later');

/** Of the file, beside `policy`, `scenario`, `result` and `band`. */
export const fileFields = {
  // Record by record, since traces are long.
  trace: z.custom<readonly GoldenRecord[]>((value) => Array.isArray(value), 'Invalid input: expected array'),
  trace_until_ns: z.number().describe('the trace has all records up to and including that instant'),
};

export type GoldenVcpu = Inferred<typeof vcpuSchema>;

export interface GoldenVm {
  readonly name: string;
  readonly start_ms?: number;
  readonly vcpus: readonly GoldenVcpu[];
}

export interface GoldenEvent {
  readonly at_ms: number;
  readonly vm?: string;
  readonly action?: 'pause' | 'unpause';
}

export interface GoldenScenario {
  readonly name: string;
  readonly pcpus: number;
  readonly duration_ms: number;
  readonly vms: readonly GoldenVm[];
  readonly events: readonly GoldenEvent[];
  readonly params: {
    readonly stop_when_done?: number | boolean;
    readonly start_ms?: number;
    readonly sample_ms?: number;
  };
}

/** Of a vCPU, a VM or a pCPU, by key. vCPUs have a `name`, pCPUs their number as `pcpu`. */
export type Figures = Readonly<Partial<Record<string, string | number>>>;

export interface GoldenResult {
  readonly end_ns: number;
  readonly vcpus: readonly Figures[];
  readonly vms: Readonly<Record<string, Figures>>;
  readonly pcpus?: readonly Figures[];
  readonly samples_cum_cpu_ns: readonly (readonly number[])[];
}

/** By name of VM and quantity: the least and the greatest. */
export type GoldenBands = Readonly<
  Record<string, Readonly<Partial<Record<string, readonly [number, number]>>>>
>;

/** A golden file: a scenario, and what the genuine scheduler did with it in virtual time. */
export interface GoldenFile {
  /** absent: credit */
  readonly policy?: string;
  readonly scenario: GoldenScenario;
  readonly trace: readonly GoldenRecord[];
  readonly trace_until_ns: number;
  readonly result: GoldenResult;
  readonly band?: GoldenBands;
}
