/**
 * The border to C++: every function of the addon, typed. Numbers in, numbers out; a negative number is a negated errno.
 * Times are ns since arm(), CPU times ns since the vCPU came to the gate. native/*.h say what each call does and
 * promises.
 */
import { createRequire } from 'node:module';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { getSystemErrorName } from 'node:util';
import { LabError } from '../base/errors.ts';
import { packageRoot } from '../base/package-root.ts';

export interface Native {
  // the run
  setup(cpus: Int32Array): number;
  arm(): void;
  releaseAll(): void;
  releasedWhy(): number;
  attached(): number;
  violations(): number;
  pinFailures(): number;
  /** Fills the fields of RefusalField. */
  refusals(out: Float64Array): void;
  pauseSignal(): number;
  usualPauseSignal(): number;
  ownsPauseSignal(): boolean;
  /** Fills in errno and CPU; returns the step that failed, or 0. */
  selfTest(cpus: Int32Array, out: Int32Array): number;
  kick(): void;
  setNaivePausing(on: boolean): void;

  // the loop
  nowNs(): number;
  waitUntil(deadlineNs: number): boolean;
  dispatch(pcpu: number, vcpu: number): void;
  unblock(vcpu: number): void;
  /** A vCPU is gone for good: it is never granted a pCPU again, and its thread leaves at its next check. */
  retire(vcpu: number): void;
  nextExit(): number;
  exitNs(vcpu: number): number;
  wakeAtNs(vcpu: number): number;
  cpuNs(vcpu: number): number;
  holder(pcpu: number): number;

  // a vCPU's own thread
  attach(vcpu: number, threadName: string): number;
  enter(): boolean;
  checkpoint(units: number): boolean;
  sleep(sleepNs: number): boolean;
  yieldCpu(): boolean;
  finish(units: number): void;
  leave(): void;
  ownCpuNs(): number;

  // what happened
  drainFacts(pcpu: number, out: Float64Array): number;
  factsDropped(pcpu: number): number;
  readVcpu(vcpu: number, out: Float64Array): void;

  // threads; tid 0 is the calling one
  getAffinity(tid: number): number[] | number;
  setAffinity(tid: number, cpus: Int32Array): number;
  setThreadName(name: string): number;
  threadStats(tid: number, out: Float64Array): number;
  setSchedClass(schedClass: SchedClass, fifoPriority: number, sliceNs: number): number;
  setIdleClass(tid: number): number;
  sharpenTimers(): number;

  // the process
  execAgain(file: string, argv: readonly string[], keepFds: Int32Array): number;
}

export const SchedClass = { other: 0, batch: 1, idle: 2, fifo: 3 } as const;
export type SchedClass = (typeof SchedClass)[keyof typeof SchedClass];

/** Of the scheduler's thread, where SCHED_FIFO is permitted. */
export const FIFO_PRIORITY = 50;

/** What releasedWhy() says. */
export const Released = { no: 0, ended: 1, orphaned: 2 } as const;

/** What drainFacts() writes, a record after the other. */
export const FactField = { timeNs: 0, cpuNs: 1, vcpu: 2, kind: 3, lateNs: 4, next: 5, size: 6 } as const;
export const FactKind = { resume: 1, pause: 2, block: 3, done: 4, kept: 5 } as const;

/**
 * What readVcpu() writes; an instant that never came is −1. A vCPU has finished (`endNs`) or was retired (`retiredNs`),
 * never both. `cpuNs` stands still from then on, `threadCpuNs` goes on for as long as its thread is at the gate.
 */
export const VcpuField = {
  state: 0,
  tid: 1,
  cpuNs: 2,
  units: 3,
  startNs: 4,
  endNs: 5,
  deferredPauses: 6,
  overrunNs: 7,
  retiredNs: 8,
  threadCpuNs: 9,
  size: 10,
} as const;

/** What refusals() writes: what the kernel refused since setup(), how often, and the errno of the last time. */
export const RefusalField = { signals: 0, signalError: 1, timers: 2, timerError: 3, size: 4 } as const;

/** What threadStats() writes. */
export const StatField = { cpuNs: 0, runqWaitNs: 1, voluntary: 2, involuntary: 3, size: 4 } as const;

/** The thread's statistics now, by StatField, or null where the kernel keeps none. */
export function readStats(native: Native, tid: number): Float64Array | null {
  const stats = new Float64Array(StatField.size);
  return native.threadStats(tid, stats) === 0 ? stats : null;
}

/** @throws LabError NATIVE if the call failed */
export function checked(call: string, result: number): number {
  if (result >= 0) return result;
  throw new LabError('NATIVE', `${call}: ${getSystemErrorName(result)}`, { errno: -result, call });
}

/** The handler reads the program counter out of the signal's context, which each architecture keeps elsewhere. */
const ARCHITECTURES = ['x64', 'arm64'];

/** What scripts/toolchain.cjs knows: plain JavaScript, because it also runs before anything is compiled. */
interface Toolchain {
  readonly missingTools: () => string[];
  readonly installCommand: () => string;
  readonly buildCommand: (root: string) => string;
}

/** How node-gyp-build looks for an addon: what was compiled here comes before what came with the package. */
interface AddonFinder {
  resolve(root: string): string;
}

const require = createRequire(import.meta.url);
let loaded: Native | undefined;

/**
 * @throws LabError NOT_SUPPORTED where pausing by signal can't work, NO_ADDON when there is none or it can't be loaded
 */
export function loadNative(): Native {
  loaded ??= load();
  return loaded;
}

function load(): Native {
  if (process.platform !== 'linux' || !ARCHITECTURES.includes(process.arch)) {
    throw new LabError('NOT_SUPPORTED', 'the hardware lab needs Linux', {
      expected: 'linux on x64 or arm64',
      got: `${process.platform} on ${process.arch}`,
      hint: 'a Linux virtual machine with two cores will do',
    });
  }
  const file = findAddon();
  try {
    return require(file) as Native;
  } catch (cause) {
    throw new LabError('NO_ADDON', `the native addon can't be loaded: ${(cause as Error).message}`, {
      where: file,
      hint: remedy('build it anew for this machine'),
      cause,
    });
  }
}

/** CREDITLAB_ADDON names a file and excludes all others. */
function findAddon(): string {
  const root = packageRoot();
  const named = process.env.CREDITLAB_ADDON;
  if (named !== undefined) {
    if (existsSync(named)) return named;
    throw missingAddon(`${named}, which CREDITLAB_ADDON names`);
  }
  const compiled = join(root, 'build', 'Release', 'creditlab.node');
  const prebuilt = join(root, 'prebuilds', `linux-${process.arch}`, 'creditlab.glibc.node');
  try {
    return (require('node-gyp-build') as AddonFinder).resolve(root);
  } catch {
    throw missingAddon(`${compiled} (compiled here) or ${prebuilt} (came with the package)`);
  }
}

function missingAddon(expected: string): LabError {
  return new LabError('NO_ADDON', 'the native addon is not built', {
    expected,
    got: 'no such file',
    hint: remedy('build it'),
  });
}

/** The command that mends it, after the one that installs what it takes. */
function remedy(what: string): string {
  const { buildCommand, installCommand, missingTools } = require(
    join(packageRoot(), 'scripts', 'toolchain.cjs'),
  ) as Toolchain;
  const build = `${what} with \`${buildCommand(packageRoot())}\``;
  const missing = missingTools();
  if (missing.length === 0) return build;
  return `install ${missing.join(', ')} with \`${installCommand()}\`, then ${build}`;
}
