import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { LabError } from '../base/errors.ts';
import { parseJson } from '../base/parse-json.ts';
import { goldenFault, type GoldenParam } from './golden-schema.ts';

/** A golden file: a scenario, and what the genuine scheduler did with it in virtual time. */
export interface GoldenFile {
  readonly scenario: GoldenScenario;
  /** all records from t = 0 up to and including `trace_until_ns` */
  readonly trace: readonly GoldenRecord[];
  readonly trace_until_ns: number;
  readonly result: GoldenResult;
  /** per VM and quantity: least and greatest over several phases and jitters */
  readonly band: Readonly<Record<string, Readonly<Record<string, readonly [number, number]>>>>;
}

/** Kind, time in ns, and what the kind needs. */
export type GoldenRecord = readonly [string, number, ...GoldenField[]];
export type GoldenField = string | number | readonly GoldenAcctEntry[];
/** Name, credit, priority, active, parked, last share. */
export type GoldenAcctEntry = readonly [string, number, number, number, number, number];

export interface GoldenScenario {
  readonly name: string;
  readonly pcpus: number;
  readonly duration_ms: number;
  readonly vms: readonly GoldenVm[];
  readonly events: readonly GoldenEvent[];
  readonly params: Readonly<Partial<Record<GoldenParam, number>>>;
}

export interface GoldenVm {
  readonly name: string;
  readonly weight: number;
  readonly cap: number;
  readonly start_ms?: number;
  readonly vcpus: readonly GoldenVcpu[];
}

export interface GoldenVcpu {
  readonly type: 'hog' | 'finite' | 'io' | 'periodic' | 'yield';
  readonly work_ms?: number;
  readonly run_ms?: number;
  readonly sleep_ms?: number;
  readonly period_ms?: number;
  readonly count?: number;
  readonly pin?: readonly number[];
}

export interface GoldenEvent {
  readonly at_ms: number;
  readonly vm?: string;
  readonly weight?: number;
  readonly cap?: number;
  readonly action?: 'pause' | 'unpause';
  readonly global?: {
    readonly tslice_ms?: number;
    readonly ratelimit_us?: number;
    readonly migr_delay_us?: number;
  };
}

export interface GoldenResult {
  readonly end_ns: number;
  readonly vcpus: readonly GoldenVcpuResult[];
  readonly vms: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly samples_cum_cpu_ns: readonly (readonly number[])[];
}

export interface GoldenVcpuResult {
  readonly name: string;
  readonly cpu_ns: number;
  readonly done_ns: number;
  readonly dispatches: number;
  readonly boosts: number;
  readonly wakes: number;
}

/** Read a golden file, packed (.gz) or plain. @throws LabError BAD_FILE */
export function readGoldenFile(path: string): GoldenFile {
  const value = parseJson(readText(path), path);
  const fault = goldenFault(value);
  if (fault === null) return value as GoldenFile;
  throw new LabError('BAD_FILE', `this is no golden file: ${fault.what}`, {
    where: path,
    ...(fault.expected === undefined ? {} : { expected: fault.expected }),
  });
}

function readText(path: string): string {
  try {
    const bytes = readFileSync(path);
    return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  } catch (cause) {
    throw new LabError('BAD_FILE', `can't read this golden file: ${(cause as Error).message}`, {
      where: path,
      cause,
    });
  }
}

/** The golden files that folders and files name, in order; those of a folder by name. @throws LabError BAD_FILE */
export function goldenPaths(args: readonly string[]): string[] {
  return args.flatMap((arg) => {
    const stat = statSync(arg, { throwIfNoEntry: false });
    if (stat === undefined) throw new LabError('BAD_FILE', 'there is no such file or folder', { where: arg });
    if (!stat.isDirectory()) return [arg];
    const files = readdirSync(arg).filter((file) => /\.json(\.gz)?$/.test(file));
    if (files.length > 0) return files.sort().map((file) => join(arg, file));
    throw new LabError('BAD_FILE', 'there is no golden file in this folder', {
      where: arg,
      expected: 'files named *.json or *.json.gz',
    });
  });
}
