import type { PowerSource } from './facts.ts';
import type { HostFiles } from './host-files.ts';

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
