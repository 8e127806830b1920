import { readFileSync } from 'node:fs';

/** /proc counts CPU time in hundredths of a second, whatever the kernel's own tick is. */
const TICKS_PER_SECOND = 100;
/** In less time so coarse a count says nothing. */
const SHORTEST_S = 1;

/** How much of the CPUs others had while something was measured, in percent of all CPUs' time. */
export interface Noise {
  /** other programs on this host */
  readonly othersPercent: number;
  /** other virtual machines on the host below this one */
  readonly stealPercent: number;
}

interface Reading {
  readonly atS: number;
  readonly cpus: number;
  readonly busyS: number;
  readonly stealS: number;
  readonly ownS: number;
}

/** @returns what to call at the end; null where /proc doesn't tell, or it was over too soon */
export function watchNoise(): () => Noise | null {
  const before = read();
  return () => {
    const after = read();
    if (before === null || after === null || after.atS - before.atS < SHORTEST_S) return null;
    const total = (after.atS - before.atS) * after.cpus;
    const percent = (seconds: number): number => Math.max(0, (100 * seconds) / total);
    return {
      othersPercent: percent(after.busyS - before.busyS - (after.ownS - before.ownS)),
      stealPercent: percent(after.stealS - before.stealS),
    };
  };
}

function read(): Reading | null {
  try {
    const stat = readFileSync('/proc/stat', 'utf8').split('\n');
    const [user, nice, system, , , irq, softirq, steal] = seconds(stat[0].split(/\s+/).slice(1));
    return {
      atS: performance.now() / 1000,
      cpus: stat.filter((line) => /^cpu\d/.test(line)).length,
      busyS: user + nice + system + irq + softirq,
      stealS: steal,
      ownS: own(),
    };
  } catch {
    return null;
  }
}

/** This process and its children that have ended. */
function own(): number {
  const stat = readFileSync('/proc/self/stat', 'utf8');
  // The program's name, in parentheses, may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [user, system, childrenUser, childrenSystem] = seconds(fields.slice(11, 15));
  return user + system + childrenUser + childrenSystem;
}

function seconds(ticks: readonly string[]): number[] {
  return ticks.map((text) => Number(text) / TICKS_PER_SECOND);
}
