import type { CpuFrequency } from './facts.ts';
import type { HostFiles } from './host-files.ts';

const CPU_DIR = 'sys/devices/system/cpu';

export function readFrequency(files: HostFiles, cpus: readonly number[]): CpuFrequency[] {
  return cpus.flatMap((cpu) => {
    const dir = `${CPU_DIR}/cpu${String(cpu)}/cpufreq`;
    const governor = files.text(`${dir}/scaling_governor`);
    return governor === null ? [] : [{ cpu, governor, driver: files.text(`${dir}/scaling_driver`) ?? '' }];
  });
}

/** Intel's driver has a switch that turns it off, all others one that turns it on. */
export function readTurbo(files: HostFiles): boolean | null {
  const off = files.number(`${CPU_DIR}/intel_pstate/no_turbo`);
  if (off !== null) return off === 0;
  const on = files.number(`${CPU_DIR}/cpufreq/boost`);
  return on === null ? null : on !== 0;
}
