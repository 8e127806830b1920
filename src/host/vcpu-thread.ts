/**
 * What a thread of the vCPU pool does: one long task at a time, most of it inside a workload's steps.
 * Errors go back as plain data, because a LabError doesn't survive the way between threads.
 *
 * A run may start a hundred of these at once. What only one of them needs (calibration, checks) is imported when it is
 * needed.
 */
import { constants } from 'node:os';
import type { Guest, Workload } from '../../workloads/contract.ts';
import { LabError, type LabErrorCode, type LabErrorDetails } from '../base/errors.ts';
import type { Pace } from '../workload/calibrate.ts';
import { importWorkload } from '../workload/load.ts';
import { expectedChecksum, checksumOf, prepareState, stepOnce, YIELD } from '../workload/run.ts';
import { resolveSize } from '../workload/size.ts';
import { warmUp, type WarmUpBounds } from '../workload/warm-up.ts';
import { checked, loadNative, SchedClass } from '../addon/native.ts';
import { Admission, AdmissionCell } from './orders.ts';
import { noPendingSignals } from './pending-signals.ts';
import { VCPU_SLICE_NS } from './slices.ts';
import { ReplayCell } from './verified-prefix.ts';

export interface Program {
  readonly url: string;
  /** null: the workload's default */
  readonly size: number | null;
  readonly seed: number;
}

export type VcpuTask =
  | {
      readonly kind: 'check';
      readonly program: Program;
      /** CPUs to do it on; null: wherever the kernel likes. So are the same of the next two. */
      readonly prepareOn: readonly number[] | null;
    }
  | {
      readonly kind: 'calibrate';
      readonly program: Program;
      readonly prepareOn: readonly number[];
      /** a rough idea is enough */
      readonly isBrief: boolean;
    }
  | {
      readonly kind: 'run';
      readonly program: Program;
      readonly vcpu: number;
      readonly threadName: string;
      readonly units: number;
      /** CPU time to spend on getting the program compiled, if this thread hasn't done so before */
      readonly warmUp: WarmUpBounds;
      /**
       * after how many steps to take a checksum on the way, 0: never; not where the workload knows its checksums anyway
       */
      readonly prefixUnits: number;
      /**
       * a VM that comes later: its threads say there that they are ready, and wait for what becomes of them (see
       * AdmissionCell)
       */
      readonly admission?: SharedArrayBuffer;
      readonly prepareOn: readonly number[] | null;
    }
  | {
      readonly kind: 'verify';
      readonly program: Program;
      readonly units: number;
      /** of ReplayCell: how far the steps are that are done again */
      readonly progress: SharedArrayBuffer;
    };

export type RunTask = Extract<VcpuTask, { kind: 'run' }>;

export type VcpuReply =
  | {
      readonly kind: 'checked';
      readonly name: string;
      readonly size: number;
      /** CPU time that it took */
      readonly cpuNs: number;
    }
  | { readonly kind: 'calibrated'; readonly calibration: Pace }
  | {
      readonly kind: 'ran';
      readonly units: number;
      readonly checksum: number | string;
      /** the checksum on the way, null: none was wanted, or it didn't come so far */
      readonly prefix: Prefix | null;
      /** false: its steps were still getting faster when the warm-up was given up */
      readonly isWarm: boolean;
      /** what the kernel said to SCHED_BATCH: a negated errno, or 0 */
      readonly batchClass: number;
    }
  /** the VM wasn't admitted */
  | { readonly kind: 'refused' }
  | { readonly kind: 'verified'; readonly checksum: number | string }
  | { readonly kind: 'failed'; readonly error: PlainError };

export interface Prefix {
  readonly units: number;
  readonly checksum: number | string;
}

export interface PlainError {
  readonly code: LabErrorCode;
  readonly message: string;
  readonly details: LabErrorDetails;
}

const native = loadNative();
const ownCpuNs = (): number => native.ownCpuNs();
const guest: Guest = { cpuNs: ownCpuNs, nowNs: () => native.nowNs() };
/** What this thread has warmed up already: a lab runs the same program row after row. */
const warm = new Set<string>();

export default async function vcpuThread(task: VcpuTask): Promise<VcpuReply> {
  try {
    switch (task.kind) {
      case 'check':
        return await onCpus(task.prepareOn, () => check(task.program));
      case 'calibrate':
        return await onCpus(task.prepareOn, () => measure(task));
      case 'run':
        return run(task, await onCpus(task.prepareOn, () => prepared(task)));
      case 'verify':
        return { kind: 'verified', checksum: await expected(task) };
    }
  } catch (error) {
    return { kind: 'failed', error: plain(error) };
  }
}

interface Loaded {
  readonly workload: Workload;
  readonly size: number;
}

/** To load a module is the first of what its program costs: it is compiled. */
async function load(program: Program): Promise<Loaded> {
  const workload = await importWorkload(program.url);
  return { workload, size: resolveSize(workload, program.size) };
}

async function check(program: Program): Promise<VcpuReply> {
  const sinceNs = ownCpuNs();
  const { workload, size } = await load(program);
  (await import('../workload/contract-check.ts')).checkContract(workload, program.seed, size);
  return { kind: 'checked', name: workload.name, size, cpuNs: ownCpuNs() - sinceNs };
}

async function expected({
  units,
  progress,
  program,
}: Extract<VcpuTask, { kind: 'verify' }>): Promise<number | string> {
  const { workload, size } = await load(program);
  const { seed } = program;
  const cells = new Float64Array(progress);
  return expectedChecksum(workload, seed, size, units, (done, all) => {
    cells[ReplayCell.done] = done;
    cells[ReplayCell.units] = all;
  });
}

async function measure({ isBrief, program }: Extract<VcpuTask, { kind: 'calibrate' }>): Promise<VcpuReply> {
  const { workload, size } = await load(program);
  const { calibrate, BRIEFLY } = await import('../workload/calibrate.ts');
  const calibration = calibrate(workload, program.seed, size, ownCpuNs, isBrief ? BRIEFLY : {});
  return { kind: 'calibrated', calibration };
}

interface Ready {
  readonly workload: Workload;
  readonly state: unknown;
  readonly isWarm: boolean;
}

async function prepared({ program, warmUp }: RunTask): Promise<Ready> {
  const { workload, size } = await load(program);
  const { seed } = program;
  const isWarm = ensureWarm(workload, seed, size, warmUp);
  return { workload, isWarm, state: prepareState(workload, seed, size) };
}

function run(task: RunTask, { workload, state, isWarm }: Ready): VcpuReply {
  if (task.admission !== undefined && !isAdmitted(task.admission)) return { kind: 'refused' };
  const end = () => ({ checksum: checksumOf(workload, state), isWarm });
  if (!attach(task.vcpu, task.threadName)) return { kind: 'ran', ...NOTHING, ...end(), batchClass: 0 };
  // A thread in SCHED_BATCH that is woken doesn't preempt the one that wakes it: the outgoing vCPU gets to its sleep.
  const batchClass = native.setSchedClass(SchedClass.batch, 0, VCPU_SLICE_NS);
  let did = NOTHING;
  try {
    if (native.enter()) did = work(workload, state, task);
    native.finish(did.units);
    return { kind: 'ran', ...did, ...end(), batchClass };
  } finally {
    native.leave();
    native.setSchedClass(SchedClass.other, 0, 0);
  }
}

/** @param cpus null: where the thread may be anyway */
async function onCpus<T>(cpus: readonly number[] | null, prepare: () => Promise<T>): Promise<T> {
  if (cpus === null) return prepare();
  const before = native.getAffinity(0);
  checked('sched_setaffinity', native.setAffinity(0, Int32Array.from(cpus)));
  try {
    return await prepare();
  } finally {
    if (typeof before !== 'number')
      checked('sched_setaffinity', native.setAffinity(0, Int32Array.from(before)));
  }
}

/** Say that this thread is ready, and wait for what becomes of its VM. */
function isAdmitted(admission: SharedArrayBuffer): boolean {
  const cells = new Int32Array(admission);
  Atomics.add(cells, AdmissionCell.ready, 1);
  Atomics.wait(cells, AdmissionCell.state, Admission.waiting);
  return Atomics.load(cells, AdmissionCell.state) === Admission.admitted;
}

/** @returns false: everybody has been released already, the run has ended @throws LabError */
function attach(vcpu: number, threadName: string): boolean {
  const result = native.attach(vcpu, threadName);
  if (result === -constants.errno.ECANCELED) return false;
  // Only for the timer that looks again at a pause that was put off: it is a signal that may become pending.
  if (result === -constants.errno.EAGAIN) throw noPendingSignals(`no timer can be made for ${threadName}`);
  checked('attach to the gate', result);
  return true;
}

interface Work {
  /** how many steps were done */
  readonly units: number;
  readonly prefix: Prefix | null;
}

const NOTHING: Work = { units: 0, prefix: null };

/** The loop in which the thread can be paused. */
function work(workload: Workload, state: unknown, { units, prefixUnits }: RunTask): Work {
  const askAfter = workload.expected === undefined ? prefixUnits : 0;
  let prefix: Prefix | null = null;
  let done = 0;
  while (done < units) {
    const end = stepOnce(workload, state, guest);
    done++;
    // Once in a run, on the vCPU's own account: a step like others, and small beside the half second before it.
    if (done === askAfter) prefix = { units: done, checksum: checksumOf(workload, state) };
    // After the last step nothing is left to pause for, to sleep for or to yield for.
    if (done === units || !native.checkpoint(done)) break;
    if (end > 0 && !native.sleep(end)) break;
    if (end === YIELD && !native.yieldCpu()) break;
  }
  return { units: done, prefix };
}

/** @returns whether the program is compiled */
function ensureWarm(workload: Workload, seed: number, size: number, bounds: WarmUpBounds): boolean {
  const key = `${workload.name} ${size}`;
  if (!warm.has(key) && warmUp(workload, prepareState(workload, seed, size), ownCpuNs, bounds)) warm.add(key);
  return warm.has(key);
}

function plain(error: unknown): PlainError {
  if (error instanceof LabError) {
    // A cause may hold anything, also what can't be copied between threads.
    return { code: error.code, message: error.message, details: { ...error.details, cause: undefined } };
  }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { code: 'RUN_FAILED', message, details: {} };
}
