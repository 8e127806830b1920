import type { Calibration } from '../testbed/testbed.ts';
import type { VmSpec } from '../scenario/scenario.ts';
import type { Work, WorkloadRef } from '../workload/work.ts';
import { unitsFor } from '../workload/calibrate.ts';
import { LabError } from '../base/errors.ts';
import { TIMED_OUT } from './abort.ts';
import type { VcpuPool } from './vcpu-pool.ts';
import type { Program } from './vcpu-thread.ts';

/** A step that takes longer than this in the check will hardly return at all. */
const CHECK_LIMIT_MS = 20_000;
/** A calibration takes a second at most, and ten steps if each of them takes longer. */
const CALIBRATION_LIMIT_MS = 60_000;

/** What a check tells of a program. */
export interface Checked {
  /** that it runs with */
  readonly size: number;
  /** CPU time of the check */
  readonly cpuNs: number;
}

/**
 * What is known of each program: that it keeps the contract, how fast it is here, and what its checksums must be. Kept
 * for a testbed's life.
 */
export class Programs {
  private readonly checks = new Map<string, Promise<Checked>>();
  private readonly calibrations = new Map<string, Promise<Calibration>>();
  private readonly speeds = new Map<string, Promise<number | null>>();
  private readonly checksums = new Map<string, Promise<number | string>>();
  private readonly limits: { readonly checkMs: number; readonly calibrationMs: number };

  /** @param limits how long each may take; default: far longer than it does */
  constructor(limits = { checkMs: CHECK_LIMIT_MS, calibrationMs: CALIBRATION_LIMIT_MS }) {
    this.limits = limits;
  }

  /** @param prepareOn CPUs to do it on; null: wherever the kernel likes @throws LabError BAD_WORKLOAD */
  check(pool: VcpuPool, program: Program, prepareOn: readonly number[] | null = null): Promise<Checked> {
    return remember(this.checks, sameProgramKey(program), async () => {
      const { checkMs } = this.limits;
      const reply = await pool.runWithin({ kind: 'check', program, prepareOn }, 'checked', checkMs);
      if (reply === TIMED_OUT) throw tooLong(`${program.url}: a few steps`, checkMs);
      return reply;
    });
  }

  /** The calibration that has been made there; null: none has. */
  calibration(program: Program, cpu: number): Promise<Calibration> | null {
    return this.calibrations.get(calibrationKey(program, cpu)) ?? null;
  }

  calibrate(pool: VcpuPool, program: Program, cpu: number): Promise<Calibration> {
    return remember(this.calibrations, calibrationKey(program, cpu), async () => {
      const { size } = await this.check(pool, program);
      const { calibrationMs } = this.limits;
      const task = { kind: 'calibrate', program, prepareOn: [cpu], isBrief: false } as const;
      const reply = await pool.runWithin(task, 'calibrated', calibrationMs);
      if (reply === TIMED_OUT) throw tooLong(`${program.url}: to calibrate it`, calibrationMs);
      const { calibration } = reply;
      return {
        size,
        unitsPerSecond: calibration.unitsPerSecond,
        nsPerUnit: calibration.nsPerUnit,
        spreadPercent: calibration.spreadPercent,
        samples: calibration.batches,
        units: calibration.batches * calibration.unitsPerBatch,
        // The contract check compared it with the forecast, if there is one.
        checksumOk: true,
      };
    });
  }

  /**
   * A rough CPU time of a unit, ns, for work without an end, which needn't be measured out. A run doesn't depend on
   * this figure, so a program that fails here is tried again in the run.
   */
  roughNsPerUnit(pool: VcpuPool, program: Program, cpu: number): Promise<number | null> {
    const key = calibrationKey(program, cpu);
    const exact = this.calibrations.get(key);
    if (exact !== undefined) return exact.then(({ nsPerUnit }) => nsPerUnit);
    return remember(this.speeds, key, async () => {
      try {
        const task = { kind: 'calibrate', program, prepareOn: [cpu], isBrief: true } as const;
        const reply = await pool.runWithin(task, 'calibrated', this.limits.calibrationMs);
        return reply === TIMED_OUT ? null : reply.calibration.nsPerUnit;
      } catch {
        return null;
      }
    });
  }

  /**
   * The checksum after so many units. Bounded memory matters less than never computing one twice: a replay takes as
   * long as the run.
   * @param progress told by ReplayCell how far the steps are that are done again
   */
  expected(
    pool: TaskPool,
    program: Program,
    units: number,
    progress: SharedArrayBuffer,
  ): Promise<number | string> {
    return remember(this.checksums, `${units} ${sameProgramKey(program)}`, async () => {
      return (await pool.run({ kind: 'verify', program, units, progress }, 'verified')).checksum;
    });
  }
}

/** What is asked of the pool here. */
export type TaskPool = Pick<VcpuPool, 'run'>;

export function programOf(ref: WorkloadRef, seed: number): Program {
  return { url: ref.url, size: ref.size, seed };
}

/**
 * CPU time of a VM's work per vCPU on this machine, ns; null: endless; NaN: not known.
 * @param nsPerUnit as calibrated; null: it isn't
 */
export function workNs(vm: VmSpec, nsPerUnit: number | null): number | null {
  if (vm.work === null) return null;
  if (vm.work.kind === 'cpu') return vm.work.ns;
  return nsPerUnit === null ? NaN : vm.work.units * nsPerUnit;
}

/** Infinity: endless */
export function unitsOf(work: Work | null, nsPerUnit: number | null): number {
  if (work === null) return Infinity;
  return unitsFor(work, nsPerUnit ?? NaN);
}

function tooLong(what: string, limitMs: number): LabError {
  return new LabError('BAD_WORKLOAD', `${what} took more than ${limitMs / 1000} s`, {
    expected: 'a step of about 0.1 to 1 ms',
    hint: 'cut the work into smaller steps',
  });
}

function calibrationKey(program: Program, cpu: number): string {
  return `${cpu} ${sameProgramKey(program)}`;
}

/** Equal for what computes the same. */
export function sameProgramKey({ url, size, seed }: Program): string {
  return `${url} ${size} ${seed}`;
}

/** A value that couldn't be had is not remembered. */
function remember<T>(memory: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const known = memory.get(key);
  if (known !== undefined) return known;
  const made = make();
  memory.set(key, made);
  made.catch(() => memory.delete(key));
  return made;
}
