/** What --explain adds: what a change does and when, and what everybody is entitled to before and after. */
import type { Change, HostState } from '../control/state.ts';
import type { Call } from './command.ts';
import { domainsOf } from './domains.ts';

/** Carry out a command; say what it does only if that was asked for. */
export async function change(call: Call, command: object): Promise<Change> {
  const host = await call.host();
  if (!call.isExplained) return host.command(command);
  const before = await host.state();
  const made = await host.command(command);
  const after = await host.state();
  const words = /[.!?]$/.test(made.words) ? made.words : `${made.words}.`;
  call.world.out([words, ...entitlements(before, after)].join('\n') + '\n');
  return made;
}

/** Empty: they are what they were, or the scheduler has none. */
function entitlements(before: HostState, after: HostState): string[] {
  const known = new Map(domainsOf(before).map(({ id, entitledPercent }) => [id, entitledPercent]));
  const now = domainsOf(after).flatMap(({ id, name, entitledPercent: percent }) =>
    percent === null ? [] : [{ name, percent, old: known.get(id) ?? null }],
  );
  const isSame = now.every(({ percent, old }) => old !== null && percentText(old) === percentText(percent));
  if (isSame && now.length === known.size) return [];
  const parts = now.map(({ name, percent, old }) => {
    const was = old === null ? 'new' : `was ${percentText(old)}`;
    return `${name} ${percentText(percent)} (${was})`;
  });
  return parts.length === 0 ? [] : [`Entitled to, of one pCPU: ${parts.join(', ')}.`];
}

function percentText(percent: number): string {
  return `${percent.toFixed(1)} %`;
}
