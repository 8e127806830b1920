/** Machines, VMs, pins, loads and events of all kinds, the same for the same seed. */
import { mulberry32 } from '../base/random.ts';
import { problemIn } from '../core/parameters.ts';
import type { ParameterValues } from '../core/policy.ts';
import type { Parameter, PolicyType } from '../core/policy-type.ts';
import type { ScriptedEvent } from '../machine/agenda.ts';
import type { Case, CaseVm, Load } from './case.ts';
import { PATIENCE_NS } from './judge.ts';
import { defaultsOf, inFiles, valuesOf } from './named-cases.ts';

const DURATION_NS = 300e6;
const MS = 1e6;

/** @param number of the case, from 0 */
export function randomCase(type: PolicyType, seed: number, number: number): Case {
  // Seeds lie apart, so that neighbouring ones differ.
  return new Dice(seed + 7919 * number).case(type, `random scenario ${number + 1} of seed ${seed}`);
}

class Dice {
  private readonly random: () => number;

  constructor(seed: number) {
    this.random = mulberry32(seed);
  }

  case(type: PolicyType, name: string): Case {
    const topology = this.one([
      null,
      null,
      { sockets: 1, cores: 2, threads: 2 },
      { sockets: 2, cores: 1, threads: 2 },
    ]);
    const pcpuCount = topology === null ? this.whole(1, 4) : 4;
    const isFinite = this.chance(0.25);
    const isPlain = this.chance(0.5);
    const vms = this.several(1, 4, () => this.vm(type, pcpuCount, isFinite, isPlain));
    const declared = inFiles(type);
    const parameters = isPlain
      ? this.values(declared.filter(({ isSlice }) => isSlice === true))
      : this.values(declared);
    const durationNs = isFinite ? PATIENCE_NS : DURATION_NS;
    const events = isPlain && !isFinite ? [] : this.events(type, vms, pcpuCount, isFinite);
    return { name, pcpuCount, topology, parameters, vms, events, durationNs, everybodyRuns: false };
  }

  private vm(type: PolicyType, pcpuCount: number, isFinite: boolean, isPlain: boolean): CaseVm {
    const given = isPlain ? {} : this.values(type.vmParameters);
    return {
      vcpus: this.whole(1, 3),
      load: this.load(isFinite),
      startNs: MS * this.one([0, 0, 0, 30, 77]),
      pin: this.chance(0.3) ? this.pin(pcpuCount) : null,
      parameters: (type.misfitOf?.(given, null) ?? null) === null ? given : {},
    };
  }

  private load(isFinite: boolean): Load {
    const bursts = isFinite ? this.whole(1, 20) : null;
    const kinds: (() => Load)[] = [
      () => (isFinite ? { kind: 'finite', workNs: MS * this.whole(1, 60) } : { kind: 'hog' }),
      () => ({ kind: 'sleeper', runNs: 1e5 * this.whole(1, 90), bursts }),
      () => ({ kind: 'waker', sleepNs: MS * this.whole(1, 20), bursts }),
      () => ({ kind: 'yielder', runNs: 1e5 * this.whole(2, 100), bursts }),
    ];
    return this.one(kinds)();
  }

  private events(
    type: PolicyType,
    vms: readonly CaseVm[],
    pcpuCount: number,
    isFinite: boolean,
  ): ScriptedEvent[] {
    const all = this.several(0, 5, () => this.event(type, vms, pcpuCount, isFinite)).flat();
    const sorted = all.sort((a, b) => a.atNs - b.atNs);
    // Nothing can be done with a VM that is gone.
    const gone = new Set<number>();
    return sorted.filter((event) => {
      if (event.kind === 'tune') return true;
      if (gone.has(event.vm)) return false;
      if (event.kind === 'destroy') gone.add(event.vm);
      return true;
    });
  }

  private event(
    type: PolicyType,
    vms: readonly CaseVm[],
    pcpuCount: number,
    isFinite: boolean,
  ): ScriptedEvent[] {
    const vm = this.whole(0, vms.length - 1);
    // All have started by then.
    const atNs = MS * this.whole(80, 250);
    const kind = this.one(
      isFinite ? (['pause'] as const) : (['pause', 'destroy', 'pin', 'set', 'tune'] as const),
    );
    switch (kind) {
      case 'pause':
        return [
          { atNs, kind: 'pause', vm },
          { atNs: atNs + MS * this.whole(0, 40), kind: 'unpause', vm },
        ];
      case 'destroy':
        return [{ atNs, kind, vm }];
      case 'pin': {
        const vcpu = this.chance(0.5) ? null : this.whole(0, vms[vm].vcpus - 1);
        return [{ atNs, kind, vm, vcpu, pcpus: this.chance(0.3) ? null : this.pin(pcpuCount) }];
      }
      case 'set': {
        const parameters = this.oneValue(type.vmParameters);
        const isFit = (type.misfitOf?.(parameters, defaultsOf(type.vmParameters)) ?? null) === null;
        // What a VM has of its own may not go together with what is to change.
        const isUsual = Object.keys(vms[vm].parameters).length === 0;
        return isFit && isUsual && Object.keys(parameters).length > 0 ? [{ atNs, kind, vm, parameters }] : [];
      }
      case 'tune': {
        const parameters = this.oneValue(inFiles(type).filter(({ atMost }) => atMost === undefined));
        return Object.keys(parameters).length > 0 ? [{ atNs, kind, parameters }] : [];
      }
    }
  }

  private pin(pcpuCount: number): number[] {
    const some = Array.from({ length: pcpuCount }, (_, pcpu) => pcpu).filter(() => this.chance(0.5));
    return some.length > 0 ? some : [this.whole(0, pcpuCount - 1)];
  }

  /** Some of the parameters, with values that go together. */
  private values(declared: readonly Parameter[]): ParameterValues {
    const some = declared.filter(() => this.chance(0.4));
    const values = Object.fromEntries(some.flatMap((parameter) => this.valueOf(parameter)));
    return problemIn(declared, { ...defaultsOf(declared), ...values }) === null ? values : {};
  }

  /** One that may change as it runs, or none. */
  private oneValue(declared: readonly Parameter[]): ParameterValues {
    const tunable = declared.filter(({ isTunable }) => isTunable);
    if (tunable.length === 0) return {};
    const values = Object.fromEntries(this.valueOf(this.one(tunable)));
    return problemIn(declared, { ...defaultsOf(declared), ...values }) === null ? values : {};
  }

  private valueOf(parameter: Parameter): [string, number][] {
    const values = valuesOf(parameter);
    return values.length === 0 ? [] : [[parameter.field, this.one(values)]];
  }

  private several<T>(min: number, max: number, make: () => T): T[] {
    return Array.from({ length: this.whole(min, max) }, make);
  }

  private one<T>(items: readonly T[]): T {
    return items[this.whole(0, items.length - 1)];
  }

  private whole(min: number, max: number): number {
    return min + Math.floor(this.random() * (max - min + 1));
  }

  private chance(part: number): boolean {
    return this.random() < part;
  }
}
