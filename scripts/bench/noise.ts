import { watchNoise as watchCpus } from '../../src/doctor/noise.ts';

/** How much of the CPUs others had while something was measured, in percent of all CPUs' time. */
export interface Noise {
  /** other programs on this host */
  readonly othersPercent: number;
  /** other virtual machines on the host below this one */
  readonly stealPercent: number;
}

/** @returns what to call at the end; null where /proc doesn't tell, or it was over too soon */
export function watchNoise(): () => Noise | null {
  const end = watchCpus();
  return () => {
    const noise = end();
    if (noise === null) return null;
    const { cpus, othersCpus, stealCpus } = noise;
    return { othersPercent: (100 * othersCpus) / cpus, stealPercent: (100 * stealCpus) / cpus };
  };
}
