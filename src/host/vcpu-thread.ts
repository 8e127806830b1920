/**
 * What a thread of the vCPU pool does: one long task at a time, most of it inside a workload's steps.
 * Errors go back as plain data, because a LabError doesn't survive the way between threads.
 */
import type { Guest, Workload } from '../../workloads/contract.ts';
import { LabError, type LabErrorCode, type LabErrorDetails } from '../errors.ts';
import { type Calibration, calibrate } from '../workload/calibrate.ts';
import { checkContract } from '../workload/contract-check.ts';
import { importWorkload } from '../workload/load.ts';
import { checksumOf, prepareState, stepOnce } from '../workload/run.ts';
import { resolveSize } from '../workload/size.ts';
import { expectedChecksum } from '../workload/verify.ts';
import { checked, loadNative, SchedClass } from './native.ts';

export interface Program {
  readonly url: string;
  /** null: the workload's default */
  readonly size: number | null;
  readonly seed: number;
}

export type VcpuTask =
  | { readonly kind: 'check'; readonly program: Program }
  | { readonly kind: 'calibrate'; readonly program: Program; readonly cpu: number }
  | {
      readonly kind: 'run';
      readonly program: Program;
      readonly vcpu: number;
      readonly threadName: string;
      readonly units: number;
    }
  | { readonly kind: 'verify'; readonly program: Program; readonly units: number };

export type VcpuReply =
  | { readonly kind: 'checked'; readonly name: string; readonly size: number }
  | { readonly kind: 'calibrated'; readonly calibration: Calibration }
  | { readonly kind: 'ran'; readonly units: number; readonly checksum: number | string }
  | { readonly kind: 'verified'; readonly checksum: number | string }
  | { readonly kind: 'failed'; readonly error: PlainError };

export interface PlainError {
  readonly code: LabErrorCode;
  readonly message: string;
  readonly details: LabErrorDetails;
}

/** Code that has run this long is compiled; what follows is worth measuring. */
const WARM_UP_NS = 60e6;
const WARM_UP_MIN_STEPS = 50;
/** Enough for the compiler even of steps that take long. */
const WARM_UP_MAX_NS = 500e6;

/** A long slice: whoever wakes with a shorter one (the hypervisor, the user's other programs) preempts the vCPU at once. */
const SLICE_NS = 100e6;

const native = loadNative();
const guest: Guest = { cpuNs: () => native.ownCpuNs() };
/** What this thread has warmed up already: a lab runs the same program row after row. */
const warm = new Set<string>();

export default async function vcpuThread(task: VcpuTask): Promise<VcpuReply> {
  try {
    const workload = await importWorkload(task.program.url);
    const size = resolveSize(workload, task.program.size);
    const { seed } = task.program;
    switch (task.kind) {
      case 'check':
        checkContract(workload, seed, size);
        return { kind: 'checked', name: workload.name, size };
      case 'calibrate':
        return { kind: 'calibrated', calibration: calibrateOn(task.cpu, workload, seed, size) };
      case 'run':
        return run(task.vcpu, task.threadName, workload, seed, size, task.units);
      case 'verify':
        return { kind: 'verified', checksum: expectedChecksum(workload, seed, size, task.units) };
    }
  } catch (error) {
    return { kind: 'failed', error: plain(error) };
  }
}

function calibrateOn(cpu: number, workload: Workload, seed: number, size: number): Calibration {
  const before = native.getAffinity(0);
  checked('sched_setaffinity', native.setAffinity(0, Int32Array.of(cpu)));
  try {
    return calibrate(workload, seed, size, guest.cpuNs);
  } finally {
    if (typeof before !== 'number') native.setAffinity(0, Int32Array.from(before));
  }
}

function run(
  vcpu: number,
  threadName: string,
  workload: Workload,
  seed: number,
  size: number,
  units: number,
): VcpuReply {
  warmUp(workload, seed, size);
  const state = prepareState(workload, seed, size);
  checked('attach to the gate', native.attach(vcpu, threadName));
  // Only a kernel that knows slices (Linux 6.12) takes the wish; elsewhere its default serves.
  native.setSchedClass(SchedClass.other, 0, SLICE_NS);
  let done = 0;
  try {
    if (native.enter()) done = work(workload, state, units);
    native.finish(done);
    return { kind: 'ran', units: done, checksum: checksumOf(workload, state) };
  } finally {
    native.leave();
    native.setSchedClass(SchedClass.other, 0, 0);
  }
}

/** The loop in which the thread can be paused. @returns how many steps were done */
function work(workload: Workload, state: unknown, units: number): number {
  let done = 0;
  while (done < units) {
    const sleepNs = stepOnce(workload, state, guest);
    done++;
    if (!native.checkpoint(done)) break;
    if (sleepNs > 0 && done < units && !native.sleep(sleepNs)) break;
  }
  return done;
}

function warmUp(workload: Workload, seed: number, size: number): void {
  const key = `${workload.name} ${size}`;
  if (warm.has(key)) return;
  const state = prepareState(workload, seed, size);
  const startNs = guest.cpuNs();
  for (let steps = 0; ; steps++) {
    const spentNs = guest.cpuNs() - startNs;
    if (spentNs >= WARM_UP_MAX_NS || (spentNs >= WARM_UP_NS && steps >= WARM_UP_MIN_STEPS)) break;
    // An idle guest never computes.
    if (stepOnce(workload, state, guest) > 0 && spentNs < WARM_UP_NS && steps >= WARM_UP_MIN_STEPS) break;
  }
  warm.add(key);
}

function plain(error: unknown): PlainError {
  if (error instanceof LabError) {
    const { cause: _, ...details } = error.details;
    return { code: error.code, message: error.message, details };
  }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { code: 'RUN_FAILED', message, details: {} };
}
