import { counted } from '../base/text.ts';
import type { ScenarioEvent, VmSpec } from './scenario.ts';
import type { EventInput } from './schema.ts';
import type { Location, Source } from './source.ts';
import { mistake } from './validate.ts';

/** A cap above what the vCPUs could ever use is refused, as Xen's toolstack does. */
export function checkCap(cap: number, vcpus: number, locate: () => Location): void {
  const most = 100 * vcpus;
  if (cap <= most) return;
  throw mistake(locate(), 'cap is higher than the VM could use', {
    expected: `at most ${String(most)} (100 × ${counted(vcpus, 'vCPU')}), or 0 for no cap`,
    got: String(cap),
  });
}

/**
 * Without a duration a run ends with its finite work: there must be some, and no VM that has some may stay paused. How
 * far a VM comes before its pause depends on the machine, so even a late pause needs an unpause, or a duration.
 */
export function checkEnd(
  vms: readonly VmSpec[],
  events: readonly ScenarioEvent[],
  inputs: readonly EventInput[],
  source: Source,
): void {
  const finite = vms.filter(({ work }) => work !== null);
  if (finite.length === 0) {
    throw mistake(source.locate([]), 'this run would never end', {
      expected: 'a duration, or at least one VM with a fixed amount of work',
      got: 'neither',
      hint: 'add a duration such as 10s, or work such as 3s to a VM',
    });
  }
  for (const { name } of finite) {
    const last = events.findLast((event) => isPausing(event) && event.vm === name);
    if (last?.kind !== 'pause') continue;
    const index = inputs.findLastIndex(
      ({ vm, at, action }) => vm === name && at === last.atNs && action === 'pause',
    );
    throw mistake(source.locate(['events', index]), `VM ${name} stays paused, and this run might never end`, {
      expected: 'all finite work to be done some time, or a duration',
      got: `a pause of ${name} without an unpause after it`,
      hint: `unpause ${name} later, or add a duration such as 10s`,
    });
  }
}

function isPausing(event: ScenarioEvent): event is ScenarioEvent & { readonly kind: 'pause' | 'unpause' } {
  return event.kind === 'pause' || event.kind === 'unpause';
}
