/** What files don't tell: found out by trying. */
import { setTimeout as sleep } from 'node:timers/promises';
import systeminformation from 'systeminformation';
import { median } from '../analysis/stats.ts';
import { FIFO_PRIORITY, loadNative, SchedClass } from '../addon/native.ts';
import type { PowerSource } from './observations.ts';

export interface SystemAnswers {
  readonly power: PowerSource | null;
  readonly virtual: { readonly isVirtual: boolean; readonly host: string } | null;
}

/** Tests put invented ones in its place. */
export interface Senses {
  readonly pid: number;
  readonly env: NodeJS.ProcessEnv;
  /** Let time pass between two looks at the load. */
  wait(ms: number): Promise<void>;
  /** How late a short sleep ends, median of several; null where it can't be tried. */
  overshootNs(): number | null;
  /** Whether the kernel grants SCHED_FIFO; null without the addon. */
  tryFifo(): boolean | null;
  /** What the operating system says of the machine, whichever it is. */
  ask(): Promise<SystemAnswers>;
}

const SLEEP_MS = 0.2;
const SLEEPS = 25;

export const realSenses: Senses = {
  pid: process.pid,
  env: process.env,
  wait: (ms) => sleep(ms),
  overshootNs,
  tryFifo,
  ask,
};

function overshootNs(): number {
  const cell = new Int32Array(new SharedArrayBuffer(4));
  const late = Array.from({ length: SLEEPS }, () => {
    const from = process.hrtime.bigint();
    Atomics.wait(cell, 0, 0, SLEEP_MS);
    return Number(process.hrtime.bigint() - from) - SLEEP_MS * 1e6;
  });
  return Math.max(0, median(late));
}

/** For an instant, and this thread only. */
function tryFifo(): boolean | null {
  try {
    const native = loadNative();
    if (native.setSchedClass(SchedClass.fifo, FIFO_PRIORITY, 0) !== 0) return false;
    native.setSchedClass(SchedClass.other, 0, 0);
    return true;
  } catch {
    return null;
  }
}

async function ask(): Promise<SystemAnswers> {
  try {
    const [battery, system] = await Promise.all([systeminformation.battery(), systeminformation.system()]);
    return {
      power: !battery.hasBattery ? 'no-battery' : battery.acConnected ? 'mains' : 'battery',
      virtual: { isVirtual: system.virtual, host: system.virtual ? (system.virtualHost ?? '') : '' },
    };
  } catch {
    return { power: null, virtual: null };
  }
}
