import type { Location } from './source.ts';
import { mistake } from './validate.ts';

/** A cap above what the vCPUs could ever use is refused, as Xen's toolstack does. */
export function checkCap(cap: number, vcpus: number, locate: () => Location): void {
  const most = 100 * vcpus;
  if (cap <= most) return;
  throw mistake(locate(), 'cap is higher than the VM could use', {
    expected: `at most ${String(most)} (100 × ${String(vcpus)} vCPU${vcpus === 1 ? '' : 's'}), or 0 for no cap`,
    got: String(cap),
  });
}
