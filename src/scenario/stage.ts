/**
 * The VMs of a scenario at an instant: which there are, and what events have made of them until then.
 *
 * A VM that gets another workload has another life: the old one is destroyed and the new one is a VM of its own, with
 * another number and with the name NAME.2, then NAME.3. So a scenario is a plain list of VMs, each of which starts once
 * and ends at most once. Who says NAME means the life that there is.
 *
 *     A    ████████████┤ workload
 *     A.2              ├████████████████┤ destroy
 *     A.3                                      ├██████ create A
 */
import { vmValues } from '../core/parameters.ts';
import { policyTypeOf } from '../policies.ts';
import { byField, named } from './parameters.ts';
import type { Scenario, ScenarioEvent, SchedulerSpec, VmSpec } from './scenario.ts';

/** A VM, and what has become of it. */
export interface Life {
  readonly vm: VmSpec;
  /** its place in the scenario's list, and so its number everywhere */
  readonly index: number;
  /** what the policy declares for VMs, by field, as it is now */
  readonly parameters: Readonly<Record<string, number>>;
  /** host CPUs of all vCPUs that have no pin of their own; null: all pCPUs */
  readonly pin: readonly number[] | null;
  readonly vcpuPins: ReadonlyMap<number, readonly number[] | null>;
  readonly isPaused: boolean;
  /** ns; null: it wasn't */
  readonly destroyedNs: number | null;
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

/** The name without the number of a life. */
export function firstName(name: string): string {
  return name.replace(/\.\d+$/, '');
}

export class Stage {
  readonly pcpus: readonly number[];
  readonly durationNs: number | null;
  private tuned: SchedulerSpec;
  private readonly list: Writable<Life>[] = [];
  private readonly byName = new Map<string, Writable<Life>>();
  private readonly lastLife = new Map<string, number>();
  private count = 0;

  /** As a scenario begins: with all its VMs, also those that start later, and before any event. */
  constructor({ pcpus, durationNs, scheduler, vms }: Omit<Scenario, 'name' | 'seed' | 'events'>) {
    this.pcpus = pcpus;
    this.durationNs = durationNs;
    this.tuned = scheduler;
    for (const vm of vms) this.add(vm);
  }

  /** As events have made it until an instant, those at that instant included. */
  static at(scenario: Scenario, atNs: number): Stage {
    const stage = new Stage(scenario);
    for (const event of scenario.events) if (event.atNs <= atNs) stage.take(event);
    return stage;
  }

  /** With the parameters that it has now. */
  get scheduler(): SchedulerSpec {
    return this.tuned;
  }

  /** In the order of their numbers. */
  get lives(): readonly Life[] {
    return this.list;
  }

  /** of all VMs, also of those that were destroyed: numbers aren't used again */
  get vcpuCount(): number {
    return this.count;
  }

  /** By its whole name. */
  named(name: string): Life | null {
    return this.byName.get(name) ?? null;
  }

  /** The one that a name means now: it itself, or if that was destroyed its latest life. */
  find(name: string): Life | null {
    const found = this.named(name);
    if (found === null || found.destroyedNs === null || firstName(name) !== name) return found;
    const latest = this.named(`${name}.${String(this.lastLife.get(name) ?? 1)}`);
    // A VM that was called so from the beginning is another one.
    return latest !== null && latest.vm.startNs >= found.destroyedNs ? latest : found;
  }

  /** What the next life of a VM is called. */
  nextName(name: string): string {
    const first = firstName(name);
    return `${first}.${String((this.lastLife.get(first) ?? 1) + 1)}`;
  }

  /** The VMs that have started and weren't destroyed. */
  living(atNs: number): readonly Life[] {
    return this.list.filter(({ vm, destroyedNs }) => vm.startNs <= atNs && destroyedNs === null);
  }

  add(vm: VmSpec): void {
    const { vmParameters } = policyTypeOf(this.tuned.type);
    const life: Life = {
      vm,
      index: this.list.length,
      parameters: byField(vmParameters, vm),
      pin: vm.pin,
      vcpuPins: new Map(),
      isPaused: false,
      destroyedNs: null,
    };
    this.list.push(life);
    this.byName.set(vm.name, life);
    const first = firstName(vm.name);
    const number = Number(vm.name.slice(first.length + 1) || '1');
    this.lastLife.set(first, Math.max(number, this.lastLife.get(first) ?? 1));
    this.count += vm.vcpus;
  }

  /** An event happens. Of a VM that isn't there, or no longer, it changes nothing. */
  take(event: ScenarioEvent): void {
    if (event.kind === 'mark') return;
    if (event.kind === 'tune') {
      const { parameters } = this.tuned;
      this.tuned = { ...this.tuned, parameters: { ...parameters, ...event.parameters } };
      return;
    }
    const life = this.byName.get(event.vm);
    if (life === undefined || life.destroyedNs !== null) return;
    switch (event.kind) {
      case 'set': {
        const policy = policyTypeOf(this.tuned.type);
        life.parameters = vmValues(policy, byField(policy.vmParameters, event), life.parameters);
        return;
      }
      case 'pause':
      case 'unpause':
        life.isPaused = event.kind === 'pause';
        return;
      case 'destroy':
        life.destroyedNs = event.atNs;
        return;
      case 'pin':
        if (event.vcpu === null) {
          life.pin = event.pin;
          life.vcpuPins = new Map();
        } else {
          life.vcpuPins = new Map(life.vcpuPins).set(event.vcpu, event.pin);
        }
    }
  }
}

/** A VM as it is now, for a life that goes on like it. */
export function asItIs({ vm, parameters, pin }: Life): VmSpec {
  return { ...vm, ...named(parameters), pin };
}

/** Host CPUs of a vCPU; null: all pCPUs. */
export function pinOf({ pin, vcpuPins }: Life, vcpu: number): readonly number[] | null {
  const own = vcpuPins.get(vcpu);
  return own === undefined ? pin : own;
}
