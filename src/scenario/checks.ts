import type { PlacedEvent } from './resolve-events.ts';
import type { ScenarioEvent, VmSpec } from './scenario.ts';
import type { Source } from './source.ts';
import { mistake } from './validate.ts';

/**
 * Without a duration a run ends with its finite work: there must be some, and no VM that has some may stay paused. How
 * far a VM comes before its pause depends on the machine, so even a late pause needs an unpause, or a duration. One
 * that is destroyed needn't finish.
 */
export function checkEnd(vms: readonly VmSpec[], events: readonly PlacedEvent[], source: Source): void {
  const finite = vms.filter(({ work }) => work !== null);
  if (finite.length === 0) {
    throw mistake(source.locate([]), 'this run would never end', {
      expected: 'a duration, or at least one VM with a fixed amount of work',
      got: 'neither',
      hint: 'add a duration such as 10s, or work such as 3s to a VM',
    });
  }
  for (const { name } of finite) {
    const last = events.findLast(({ event }) => isStanding(event) && event.vm === name);
    if (last?.event.kind !== 'pause') continue;
    throw mistake(
      source.locate(['events', last.index]),
      `VM ${name} stays paused, and this run might never end`,
      {
        expected: 'all finite work to be done some time, or a duration',
        got: `a pause of ${name} without an unpause after it`,
        hint: `unpause ${name} later, or add a duration such as 10s`,
      },
    );
  }
}

/** It says whether the VM can go on. */
function isStanding(
  event: ScenarioEvent,
): event is ScenarioEvent & { readonly kind: 'pause' | 'unpause' | 'destroy' } {
  return event.kind === 'pause' || event.kind === 'unpause' || event.kind === 'destroy';
}
