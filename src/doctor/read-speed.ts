/** What decides how fast the cores are, as far as files tell. */
import type { CpuFrequency, PowerSource } from './observations.ts';
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

const DIR = 'sys/class/power_supply';

/** The machine's own supplies; those of its mice and headphones have the scope Device. */
export function readPower(files: HostFiles): PowerSource | null {
  const supplies = files
    .names(DIR)
    ?.filter((name) => files.text(`${DIR}/${name}/scope`) !== 'Device')
    .map((name) => ({
      type: files.text(`${DIR}/${name}/type`),
      isOnline: files.text(`${DIR}/${name}/online`) === '1',
      status: files.text(`${DIR}/${name}/status`),
    }));
  if (supplies === undefined) return null;
  const batteries = supplies.filter(({ type }) => type === 'Battery');
  if (batteries.length === 0) return 'no-battery';
  // A battery may be discharging a little on mains: between the thresholds that spare it.
  const isPlugged = supplies.some(({ type, isOnline }) => type !== 'Battery' && isOnline);
  return !isPlugged && batteries.some(({ status }) => status === 'Discharging') ? 'battery' : 'mains';
}
