/**
 * When all VMs compete, and which figures of a run the scheduler has decided.
 *
 * A VM that finishes has used the CPU time of its work, whatever the scheduler did. So its CPU time over the whole run
 * doesn't show how the scheduler divided CPU time. Only the time in which all VMs want CPU time shows that:
 *
 *     A  ████████████████████┤ done
 *     B        ██████████████████████████┤ done
 *     C  ████████████████████████████████████████┤ end of the run
 *              └─ contended ─┘
 *
 * It begins when the last VM starts, and ends when the first vCPU has done its work, a VM is paused or destroyed, or
 * the run ends. One that sleeps now and then competes all the time, since it is up to the scheduler when it goes on.
 */
import { sliceNsOf } from '../policies.ts';
import { changedVm, entitlementOf } from '../scenario/entitlement.ts';
import type { Scenario, VmSpec } from '../scenario/scenario.ts';

export interface Period {
  readonly fromNs: number;
  readonly toNs: number;
}

/** When a vCPU had done its work, ns; null: it hasn't. */
export type DoneNs = number | null;

/**
 * @param doneNs of all vCPUs, in any order
 * @param endNs of the run
 * @returns null: there is no instant at which all compete
 */
export function contendedSpan(scenario: Scenario, doneNs: readonly DoneNs[], endNs: number): Period | null {
  const fromNs = lastStartNs(scenario);
  if (stoppedAt(scenario, fromNs).size > 0) return null;
  const dones = doneNs.filter((ns) => ns !== null);
  const toNs = Math.min(endNs, firstStopNs(scenario), ...dones);
  return toNs > fromNs ? { fromNs, toNs } : null;
}

export function lastStartNs({ vms }: Scenario): number {
  return Math.max(0, ...vms.map(({ startNs }) => startNs));
}

/** The first time that a VM is paused or destroyed after all have started; Infinity: none is. */
export function firstStopNs(scenario: Scenario): number {
  const fromNs = lastStartNs(scenario);
  let firstNs = Infinity;
  for (const { kind, atNs } of scenario.events)
    if ((kind === 'pause' || kind === 'destroy') && atNs > fromNs) firstNs = Math.min(firstNs, atNs);
  return firstNs;
}

/** The names of the VMs that are paused, or were destroyed, once all events until then have acted. */
function stoppedAt({ events }: Scenario, ns: number): ReadonlySet<string> {
  const stopped = new Set<string>();
  for (const event of [...events].sort((a, b) => a.atNs - b.atNs)) {
    if (event.atNs > ns) break;
    if (event.kind === 'pause' || event.kind === 'destroy') stopped.add(event.vm);
    if (event.kind === 'unpause') stopped.delete(event.vm);
  }
  return stopped;
}

/** With fewer turns a share would only show who had the last one. */
const LEAST_TURNS = 10;

/**
 * Whether a VM's share while all compete depends on the scheduler: it is capped, or there are others and not a pCPU for
 * everybody. Else it has what it asks for, under any scheduler that leaves nothing unused. And they must compete for
 * long enough to show it: for ten turns of a slice each.
 */
export function isShareDecided(scenario: Scenario, contendedNs: number, vm: number): boolean {
  const { vms, pcpuCount } = rivalsOf(scenario, vm);
  const vcpuCount = sum(vms.map((index) => scenario.vms[index].vcpus));
  const turnNs = (sliceNsOf(scenario.scheduler) ?? 0) * Math.max(1, vcpuCount / pcpuCount);
  if (contendedNs < LEAST_TURNS * turnNs) return false;
  if (isCapped(scenario, vm, pcpuCount)) return true;
  return vms.length > 1 && vcpuCount > pcpuCount;
}

/**
 * Whether a VM's execution time depends on the scheduler. It doesn't for a VM without a cap that
 *
 *  - has a pCPU for each of its vCPUs all its life, or
 *  - is the last to finish on its only pCPU: that was never idle, so it is done when all work is done, whoever came
 *    first.
 *
 * @param doneNs per VM: of each of its vCPUs
 */
export function isTimeDecided(
  scenario: Scenario,
  doneNs: readonly (readonly DoneNs[])[],
  vm: number,
): boolean {
  const { vms, pcpuCount } = rivalsOf(scenario, vm);
  if (isCapped(scenario, vm, pcpuCount)) return true;
  const lives = vms.flatMap((index) => {
    const endNs = destroyedNs(scenario, index);
    return doneNs[index].map((done) => ({ fromNs: scenario.vms[index].startNs, toNs: done ?? endNs }));
  });
  const { startNs } = scenario.vms[vm];
  const endNs = Math.max(...doneNs[vm].map((done) => done ?? Infinity));
  // That somebody didn't finish is as much up to it.
  if (endNs === Infinity) return true;
  if (pcpuCount === 1 && lives.every(({ toNs }) => toNs <= endNs)) return false;
  // There are most of them just after one of them has started.
  const starts = lives.map(({ fromNs }) => Math.max(fromNs, startNs)).filter((ns) => ns < endNs);
  const most = Math.max(
    ...starts.map((ns) => lives.filter(({ fromNs, toNs }) => fromNs <= ns && ns < toNs).length),
  );
  return most > pcpuCount;
}

/** Infinity: it wasn't. */
function destroyedNs({ vms, events }: Scenario, vm: number): number {
  return events.find((event) => event.kind === 'destroy' && event.vm === vms[vm].name)?.atNs ?? Infinity;
}

/**
 * The VMs that share pCPUs with it at some time, directly or by way of others, itself included, and how many pCPUs
 * these are.
 */
function rivalsOf(
  { vms, pcpus, events }: Scenario,
  vm: number,
): { readonly vms: number[]; readonly pcpuCount: number } {
  const allowed = vms.map(({ name, pin }: VmSpec) => {
    const pins = events.flatMap((event) => (event.kind === 'pin' && event.vm === name ? [event.pin] : []));
    return new Set([pin, ...pins].flatMap((each) => each ?? pcpus));
  });
  const rivals = new Set([vm]);
  const reached = new Set(allowed[vm]);
  for (let found = true; found;) {
    found = false;
    for (const [index, cpus] of allowed.entries()) {
      if (rivals.has(index) || ![...cpus].some((cpu) => reached.has(cpu))) continue;
      rivals.add(index);
      for (const cpu of cpus) reached.add(cpu);
      found = true;
    }
  }
  return { vms: [...rivals], pcpuCount: reached.size };
}

/**
 * Whether its cap, from the start or by an event, is less than it could use. Under a scheduler that doesn't say what
 * its VMs are entitled to, it may be.
 */
function isCapped(scenario: Scenario, vm: number, pcpuCount: number): boolean {
  let spec = scenario.vms[vm];
  const states = [spec];
  for (const event of scenario.events)
    if (event.kind === 'set' && event.vm === spec.name)
      states.push((spec = changedVm(scenario, spec, event)));
  return states.some((state) => {
    const entitlement = entitlementOf(scenario, state);
    if (entitlement === null) return true;
    const { capPercent } = entitlement;
    return capPercent !== null && capPercent < 100 * Math.min(spec.vcpus, pcpuCount);
  });
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
