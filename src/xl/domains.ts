/** Domains are VMs: who is one now, and which one is meant. */
import { LabError } from '../base/errors.ts';
import { nearestName } from '../base/text.ts';
import type { HostState, VmState } from '../control/state.ts';

/** The only CPU pool: all pCPUs of the host. */
export const POOL = 'Pool-0';

const IS_DOMAIN: ReadonlySet<VmState['phase']> = new Set(['running', 'paused', 'done', 'failed']);

/** Those that have started and weren't destroyed, in the order of their IDs. */
export function domainsOf({ vms }: HostState): VmState[] {
  return vms.filter(({ phase }) => IS_DOMAIN.has(phase));
}

/**
 * @param text an ID or a name. A VM whose workload was changed goes by its first name, too: A.2 by A
 * @throws LabError BAD_OPTION
 */
export function domainNamed(state: HostState, text: string): VmState {
  const domains = domainsOf(state);
  const found =
    domains.find(({ id }) => /^\d+$/.test(text) && id === Number(text)) ??
    domains.find(({ name }) => name === text) ??
    domains.filter((each) => isLifeOf(each, text, state)).at(-1);
  if (found !== undefined) return found;
  const hint = hintFor(state, text, domains);
  throw new LabError('BAD_OPTION', `${text} is an invalid domain identifier (rc=-6)`, {
    ...(hint !== null && { hint }),
  });
}

/** It goes on for a VM that is gone. One that was called so from the beginning is another one. */
function isLifeOf({ name, startNs }: VmState, first: string, { vms }: HostState): boolean {
  if (!name.startsWith(`${first}.`) || !/^\d+$/.test(name.slice(first.length + 1))) return false;
  const before = vms.find((each) => each.name === first);
  // Of very many that are gone the oldest aren't told any more.
  return before === undefined || startNs >= (before.endNs ?? Infinity);
}

function hintFor({ vms }: HostState, text: string, domains: readonly VmState[]): string | null {
  if (text === '0' || text === 'Domain-0') return 'the machine itself is no VM here: there is no Domain-0';
  const gone = vms.findLast(({ id, name }) => name === text || String(id) === text);
  if (gone?.phase === 'destroyed') return `${gone.name} was destroyed`;
  if (gone !== undefined) return `${gone.name} has not started yet`;
  const near = nearestName(
    text,
    domains.map(({ name }) => name),
  );
  return near === null ? null : `did you mean '${near}'?`;
}

/** @throws LabError BAD_OPTION for any but the only one */
export function checkPool(name: string): void {
  if (name === POOL) return;
  throw new LabError('BAD_OPTION', `unknown cpupool '${name}'`, {
    hint: `a host has one pool, with all its pCPUs: ${POOL}`,
  });
}
