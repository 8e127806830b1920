import type { Calibration } from '../testbed/testbed.ts';
import type { VmSpec } from '../scenario/scenario.ts';
import type { Work, WorkloadRef } from '../workload/work.ts';
import { unitsFor } from '../workload/calibrate.ts';
import { LabError } from '../base/errors.ts';
import { orTimeout, TIMED_OUT } from './abort.ts';
import type { VcpuPool } from './vcpu-pool.ts';
import type { Program } from './vcpu-thread.ts';

/** A step that takes longer than this in the check will hardly return at all. */
const CHECK_TIMEOUT_MS = 20_000;

/**
 * What is known of each program: that it keeps the contract, how fast it is here, and what its checksums must be. Kept
 * for a testbed's life.
 */
export class Programs {
  private readonly sizes = new Map<string, Promise<number>>();
  private readonly calibrations = new Map<string, Promise<Calibration>>();
  private readonly speeds = new Map<string, Promise<number | null>>();
  private readonly checksums = new Map<string, Promise<number | string>>();

  /** @returns the size that it runs with @throws LabError BAD_WORKLOAD */
  check(pool: VcpuPool, program: Program): Promise<number> {
    return remember(this.sizes, sameProgramKey(program), async () => {
      const reply = await orTimeout(pool.run({ kind: 'check', program }, 'checked'), CHECK_TIMEOUT_MS);
      if (reply !== TIMED_OUT) return reply.size;
      throw new LabError(
        'BAD_WORKLOAD',
        `${program.url}: a few steps took more than ${CHECK_TIMEOUT_MS / 1000} s`,
        {
          expected: 'a step of about 0.1 to 1 ms',
          hint: 'cut the work into smaller steps',
        },
      );
    });
  }

  calibrate(pool: VcpuPool, program: Program, cpu: number): Promise<Calibration> {
    return remember(this.calibrations, `${cpu} ${sameProgramKey(program)}`, async () => {
      const size = await this.check(pool, program);
      const { calibration } = await pool.run(
        { kind: 'calibrate', program, cpu, isBrief: false },
        'calibrated',
      );
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
    const key = `${cpu} ${sameProgramKey(program)}`;
    const exact = this.calibrations.get(key);
    if (exact !== undefined) return exact.then(({ nsPerUnit }) => nsPerUnit);
    return remember(this.speeds, key, async () => {
      try {
        const task = { kind: 'calibrate', program, cpu, isBrief: true } as const;
        return (await pool.run(task, 'calibrated')).calibration.nsPerUnit;
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
