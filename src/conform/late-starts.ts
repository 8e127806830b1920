import { mulberry32 } from '../base/random.ts';
import type { SimOptions } from '../sim/simulate.ts';

const VARIANTS = 8;
const LATEST_NS = 10e6;

/** The run with VMs that start up to 10 ms later, by chance: where deadlines and periods lie depends on it. */
export function lateStarts(simulation: SimOptions): SimOptions[] {
  return Array.from({ length: VARIANTS }, (_, i) => {
    const random = mulberry32(i + 1);
    const vms = simulation.vms.map((vm) => ({
      ...vm,
      startNs: (vm.startNs ?? 0) + Math.floor(random() * LATEST_NS),
    }));
    return { ...simulation, vms };
  });
}
