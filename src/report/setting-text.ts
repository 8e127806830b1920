import { metrics } from '../result/metrics.ts';
import { formatMetric } from './format.ts';
import type { Scenario, VmSpec } from '../scenario/scenario.ts';

/** A VM's weight or cap: what it was at the start, and what events made of it within the run: 256 → 1024. */
export function settingText(
  key: 'weight' | 'cap',
  vm: Pick<VmSpec, 'name' | 'weight' | 'cap'>,
  { events }: Scenario,
  windowNs: number,
): string {
  const later = events.flatMap((event) =>
    event.kind === 'set' && event.vm === vm.name && event.atNs < windowNs ? (event[key] ?? []) : [],
  );
  const values = [vm[key], ...later].map((value) => formatMetric(metrics[key], value));
  // Only a few fit into a column.
  return (values.length > 3 ? [values[0], '…', values[values.length - 1]] : values).join(' → ');
}
