/**
 * The border to the benches' own addon (native/bench): what a few lines of C reach on this machine. A negative number
 * is a negated errno.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { LabError } from '../../src/base/errors.ts';
import type { SchedClass } from '../../src/addon/native.ts';
import { packageRoot } from '../../src/base/package-root.ts';

export interface Yardsticks {
  /** Ticks of the processor's counter. */
  cycleCounter(): number;
  /**
   * A guest that spins for so many ticks, in code that the gate pauses at any instruction. Fills in its absences, those
   * longer than the threshold, as (last before, first after) × n, in ticks. @returns n
   */
  spinAndWatch(ticks: number, thresholdTicks: number, out: BigUint64Array): number;
  /** Two threads on one CPU wake each other: a duration per switch, ns. */
  futexSwitch(cpu: number, schedClass: SchedClass, outNs: Float64Array): number;
  /**
   * Two spinning threads on one CPU take turns by signal handlers. Each one's absences as (last before, first after) ×
   * n, in ticks of the cycle counter; `counts` gets both n.
   * @param driverCpu −1: wherever the kernel puts it
   */
  signalSwitch(
    cpu: number,
    driverCpu: number,
    sliceNs: number,
    periodNs: number,
    ticks: number,
    thresholdTicks: number,
    first: BigUint64Array,
    second: BigUint64Array,
    counts: Int32Array,
  ): number;
  /** A thread sleeps to absolute instants while every CPU is busy: how late it came back from each, ns. */
  timerLateness(
    cpus: Int32Array,
    hogSliceNs: number,
    schedClass: SchedClass,
    fifoPriority: number,
    sliceNs: number,
    periodNs: number,
    outNs: Float64Array,
  ): number;
}

/** @throws LabError NO_ADDON when it isn't built */
export function loadYardsticks(
  file = join(packageRoot(), 'native', 'bench', 'build', 'Release', 'creditlab_bench.node'),
): Yardsticks {
  if (!existsSync(file)) {
    throw new LabError('NO_ADDON', "the addon with the benches' yardsticks is not built", {
      expected: file,
      got: 'no such file',
      hint: '`npm run bench` builds it, as does `node scripts/build-bench-addon.mjs`',
    });
  }
  try {
    return createRequire(import.meta.url)(file) as Yardsticks;
  } catch (cause) {
    throw new LabError('NO_ADDON', `the yardsticks can't be loaded: ${(cause as Error).message}`, {
      where: file,
      hint: 'build them anew with `node scripts/build-bench-addon.mjs`',
      cause,
    });
  }
}
