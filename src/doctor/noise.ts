/**
 * What others took from the CPUs while something was measured, by the kernel's counts, in which creditlab has no part.
 */
import { HostFiles } from './host-files.ts';
import { type LoadSnapshot, readLoadSnapshot } from './read-load.ts';

/** /proc counts CPU time in hundredths of a second, whatever the kernel's own tick is. */
const TICKS_PER_SECOND = 100;
/** In less time so coarse a count says nothing. */
const SHORTEST_S = 1;

/** Mean over the time of the measurement, in CPUs: 0.5 is half of one CPU. */
export interface Noise {
  /** online CPUs */
  readonly cpus: number;
  /**
   * what other programs on this host, and the kernel, used of all CPUs: no more than that was missing on any of them
   */
  readonly othersCpus: number;
  /** what other virtual machines on the host below this one used */
  readonly stealCpus: number;
}

/** @returns what to call at the end; null where /proc doesn't tell, or it was over too soon */
export function watchNoise(): () => Noise | null {
  const files = new HostFiles('/');
  const before = readLoadSnapshot(files);
  const startMs = performance.now();
  return () => {
    const after = readLoadSnapshot(files);
    const seconds = (performance.now() - startMs) / 1000;
    if (before === null || after === null || seconds < SHORTEST_S) return null;
    return noiseBetween(before, after, { seconds, ownPid: process.pid });
  };
}

/** @param ownPid a process that isn't noise, with its children */
export function noiseBetween(
  before: LoadSnapshot,
  after: LoadSnapshot,
  { seconds, ownPid }: { readonly seconds: number; readonly ownPid: number },
): Noise {
  const grown = (ticks: (snapshot: LoadSnapshot) => number): number =>
    Math.max(0, ticks(after) - ticks(before)) / TICKS_PER_SECOND / seconds;
  return {
    cpus: after.cpus.size,
    othersCpus: grown(
      (snapshot) => sum([...snapshot.cpus.values()].map(({ busy }) => busy)) - own(snapshot, ownPid),
    ),
    stealCpus: grown(({ cpus }) => sum([...cpus.values()].map(({ steal }) => steal))),
  };
}

/** Of a process and all below it, whether they have ended or not. */
function own({ programs }: LoadSnapshot, pid: number): number {
  const program = programs.get(pid);
  if (program === undefined) return 0;
  const children = [...programs].filter(([, { parent }]) => parent === pid);
  return (
    program.ticks +
    program.endedTicks +
    sum(children.map(([child]) => own({ programs, cpus: new Map() }, child)))
  );
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
