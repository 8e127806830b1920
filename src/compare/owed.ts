/**
 * What VMs were owed while a run went on: at each instant what the scheduler of the file promises to those that want to
 * run just then. So it is the same question to all schedulers, and each answers with the run that it made.
 */
import { CpuTime, type UsedSpan } from '../analysis/cpu-time.ts';
import { entitledGroups } from '../ideal/entitled.ts';
import { changedVm, entitlementOf } from '../scenario/entitlement.ts';
import type { Scenario, VmSpec } from '../scenario/scenario.ts';
import { pinOf, Stage } from '../scenario/stage.ts';
import type { RunState, Spell } from '../trace/spells.ts';

export interface Span {
  readonly fromNs: number;
  readonly toNs: number;
}

/** What has been told of a VM. */
export interface Owed {
  readonly owed: CpuTime;
  /** when at least one of its vCPUs wanted to run */
  readonly wanted: readonly Span[];
}

/** It is up to the scheduler when such a vCPU goes on. */
const WANTING: ReadonlySet<RunState> = new Set(['running', 'woken', 'preempted', 'requeued', 'parked']);

/** A vCPU begins to want to run, or no longer does. */
interface Turn {
  readonly atNs: number;
  readonly vcpu: number;
  readonly wants: boolean;
}

/**
 * @param source the scenario as it was written, whose scheduler says what VMs are entitled to
 * @param spells per vCPU, as they came out under the scheduler that ran
 * @returns per VM; null: the scheduler of the file can't say
 */
export function owedIn(
  source: Scenario,
  spells: readonly (readonly Spell[])[],
  endNs: number,
): Owed[] | null {
  const { vms } = source;
  const vmOf = vms.flatMap(({ vcpus }, vm) => Array.from({ length: vcpus }, () => vm));
  const rates = new Rates(source, vmOf);
  const turns = spells.flatMap(turnsOf).sort((a, b) => a.atNs - b.atNs);
  const changes = source.events.map(({ atNs }) => atNs).sort((a, b) => a - b);
  const owed: UsedSpan[][] = vms.map(() => []);
  const wanted: Span[][] = vms.map(() => []);
  let [atNs, change, turn] = [0, 0, 0];
  while (atNs < endNs) {
    for (; change < changes.length && changes[change] <= atNs; change++) rates.changeAt(changes[change]);
    for (; turn < turns.length && turns[turn].atNs <= atNs; turn++)
      rates.turn(turns[turn].vcpu, turns[turn].wants);
    const nextNs = Math.min(turns[turn]?.atNs ?? Infinity, changes[change] ?? Infinity, endNs);
    const now = rates.now();
    if (now === null) return null;
    for (const [vm, rate] of now.entries()) {
      if (!rates.isWanting(vm)) continue;
      extend(wanted[vm], { fromNs: atNs, toNs: nextNs });
      extendRate(owed[vm], { fromNs: atNs, toNs: nextNs, cpuNs: rate * (nextNs - atNs) });
    }
    atNs = nextNs;
  }
  return vms.map((_, vm) => ({ owed: new CpuTime(owed[vm]), wanted: wanted[vm] }));
}

function turnsOf(spells: readonly Spell[], vcpu: number): Turn[] {
  const turns: Turn[] = [];
  let wants = false;
  for (const { state, fromNs } of spells) {
    if (WANTING.has(state) === wants) continue;
    wants = !wants;
    turns.push({ atNs: fromNs, vcpu, wants });
  }
  return turns;
}

function extend(spans: Span[], span: Span): void {
  const last = spans.at(-1);
  if (last?.toNs === span.fromNs) spans[spans.length - 1] = { fromNs: last.fromNs, toNs: span.toNs };
  else spans.push(span);
}

/** Spans of one rate are one. */
function extendRate(spans: UsedSpan[], span: UsedSpan): void {
  const last = spans.at(-1);
  const rateOf = ({ fromNs, toNs, cpuNs }: UsedSpan): number => cpuNs / (toNs - fromNs);
  if (last?.toNs === span.fromNs && Math.abs(rateOf(last) - rateOf(span)) < SAME_RATE) {
    spans[spans.length - 1] = { fromNs: last.fromNs, toNs: span.toNs, cpuNs: last.cpuNs + span.cpuNs };
  } else spans.push(span);
}

const SAME_RATE = 1e-12;

/** Of those who want to run now. The same wishes come again and again, so what they come to is kept. */
class Rates {
  private readonly source: Scenario;
  private readonly vmOf: readonly number[];
  private readonly wants: boolean[];
  private readonly counts: number[];
  private readonly known = new Map<string, readonly number[] | null>();
  private stage: Stage;
  private vms: readonly VmSpec[];

  /** @param vmOf per vCPU its VM */
  constructor(source: Scenario, vmOf: readonly number[]) {
    this.source = source;
    this.vmOf = vmOf;
    this.wants = vmOf.map(() => false);
    this.counts = source.vms.map(() => 0);
    this.stage = new Stage(source);
    this.vms = source.vms;
  }

  turn(vcpu: number, wants: boolean): void {
    this.wants[vcpu] = wants;
    this.counts[this.vmOf[vcpu]] += wants ? 1 : -1;
  }

  /** All events of this instant act. */
  changeAt(atNs: number): void {
    this.stage = Stage.at(this.source, atNs);
    this.vms = this.source.vms;
    for (const event of this.source.events) {
      if (event.kind !== 'set' || event.atNs > atNs) continue;
      this.vms = this.vms.map((vm) => (vm.name === event.vm ? changedVm(this.source, vm, event) : vm));
    }
    this.known.clear();
  }

  isWanting(vm: number): boolean {
    return this.counts[vm] > 0;
  }

  /** Per VM, in pCPUs; null: it can't be said. */
  now(): readonly number[] | null {
    const key = this.stage.lives.some(({ vcpuPins }) => vcpuPins.size > 0)
      ? this.wants.map(Number).join('')
      : this.counts.join();
    let rates = this.known.get(key);
    if (rates === undefined) this.known.set(key, (rates = this.computed()));
    return rates;
  }

  private computed(): readonly number[] | null {
    const { source, vms, stage } = this;
    const claimants = vms.flatMap((vm, index) => {
      const entitlement = entitlementOf(source, vm);
      return entitlement === null ? [] : [{ ...entitlement, demand: 1, groups: this.groupsOf(index, stage) }];
    });
    if (claimants.length < vms.length) return null;
    return entitledGroups(source.pcpus.length, claimants).map((groups) =>
      groups.reduce((sum, rate) => sum + rate, 0),
    );
  }

  /** Its vCPUs that want to run, by where they may. */
  private groupsOf(vm: number, { lives }: Stage) {
    const first = this.vmOf.indexOf(vm);
    const groups = new Map<string, { vcpus: number; readonly pcpus: readonly number[] | null }>();
    for (let i = 0; i < this.vms[vm].vcpus; i++) {
      if (!this.wants[first + i]) continue;
      const pcpus = pinOf(lives[vm], i)?.map((cpu) => this.source.pcpus.indexOf(cpu)) ?? null;
      const key = String(pcpus);
      const group = groups.get(key) ?? { vcpus: 0, pcpus };
      group.vcpus++;
      groups.set(key, group);
    }
    return [...groups.values()];
  }
}
