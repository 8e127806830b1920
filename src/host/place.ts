import type { HostCpu } from '../cpus/host-cpus.ts';

/** Where a VM is made ready while a run is under way. */
export interface Place {
  /** CPUs to check and to warm up on: those that aren't pCPUs; null: there are none */
  readonly prepareOn: readonly number[] | null;
  /** the CPU to calibrate on: as fast as a pCPU, and none if there is such a one */
  readonly calibrateOn: number;
  /** how many CPUs there are for it */
  readonly cpuCount: number;
}

/**
 * Off the pCPUs, as far as it can be. What a program takes on another type of core says nothing of the pCPUs.
 * @param allowed the CPUs that this process may use
 */
export function placeBeside(
  pcpus: readonly number[],
  allowed: readonly number[],
  cpus: readonly HostCpu[],
): Place {
  const others = allowed.filter((cpu) => !pcpus.includes(cpu));
  const known = new Map(cpus.map((cpu) => [cpu.id, cpu]));
  const typeOf = (cpu: number): string | undefined => known.get(cpu)?.coreType;
  const alike = others.filter((cpu) => typeOf(cpu) === typeOf(pcpus[0]));
  // Beside a pCPU on one core it would be slow, and slow that one down.
  const apart = alike.filter((cpu) => known.get(cpu)?.smtSiblings.some((id) => pcpus.includes(id)) !== true);
  return {
    prepareOn: others.length > 0 ? others : null,
    calibrateOn: [...apart, ...alike, pcpus[0]][0],
    cpuCount: others.length > 0 ? others.length : pcpus.length,
  };
}

/** How a VM's preparation disturbs the run, in sentences. @param isCalibrated now, and not before */
export function disturbances(
  { prepareOn, calibrateOn }: Place,
  pcpus: readonly number[],
  name: string,
  isCalibrated: boolean,
): string[] {
  if (prepareOn === null)
    return [`${name} was prepared on the pCPUs, since there is no other CPU: the others had less meanwhile`];
  if (!isCalibrated || !pcpus.includes(calibrateOn)) return [];
  return [
    `${name} was calibrated on CPU ${calibrateOn}, since no CPU beside the pCPUs is of its type: ` +
      'the others had less meanwhile',
  ];
}
