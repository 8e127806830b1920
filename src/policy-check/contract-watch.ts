import { IDLE, type Policy } from '../core/policy.ts';
import type { TraceSink } from '../core/trace-sink.ts';
import { PolicyFault } from '../core/policy-fault.ts';
import { Exit, type LoopObserver } from '../machine/machine.ts';

/** Most readings that a policy may have. */
const MOST_READINGS = 4;

/** The pCPUs where a vCPU is. */
interface Place {
  readonly runsOn: number[];
  readonly waitsOn: number[];
}

/**
 * Looks on as a policy decides, knowing nothing of it but what the interface gives, and throws a PolicyFault at the
 * first breach:
 *
 * - who can run, by what the policy was told, runs or waits in exactly one place, and where it may; nobody else does;
 * - it tells every wake-up, pause and unpause that it was told;
 * - it writes as many readings as its terms list, and of a class only values that they name.
 *
 * It also measures for how long somebody waited beside an idle pCPU where it may run.
 */
export class ContractWatch implements TraceSink, LoopObserver {
  /** every decision, in order */
  readonly decisions: number[][] = [];
  longestWasteNs = 0;
  waste = '';
  wasteEndNs = 0;
  /** the most vCPUs that were on one pCPU, running and waiting */
  mostOnOne = 0;
  private policy!: Policy;
  private readonly pins: (readonly number[] | null)[];
  /** what the policy was told */
  private readonly told = {
    awake: new Set<number>(),
    paused: new Set<number>(),
    destroyed: new Set<number>(),
  };
  /** the same by what it tells; the loop tells of exits */
  private readonly tells = {
    awake: new Set<number>(),
    paused: new Set<number>(),
    destroyed: new Set<number>(),
  };
  /** the policy alone knows */
  private readonly isParked = new Set<number>();
  /** by vCPU and idle pCPU: since when the one waits and the other idles */
  private readonly since = new Map<string, number>();

  /** @param pins per vCPU */
  constructor(pins: readonly (readonly number[] | null)[]) {
    this.pins = [...pins];
  }

  /** Listens to what the policy is told from now on. */
  attach(policy: Policy): void {
    this.policy = policy;
    const { awake, paused, destroyed } = this.told;
    const told = {
      wake: policy.wake.bind(policy),
      block: policy.block.bind(policy),
      pauseVm: policy.pauseVm.bind(policy),
      unpauseVm: policy.unpauseVm.bind(policy),
      destroyVm: policy.destroyVm.bind(policy),
      pinVcpu: policy.pinVcpu.bind(policy),
    };
    policy.wake = (vcpu, nowNs, wakingPcpu) => {
      awake.add(vcpu);
      told.wake(vcpu, nowNs, wakingPcpu);
      this.look(nowNs);
    };
    policy.block = (vcpu, nowNs) => {
      awake.delete(vcpu);
      told.block(vcpu, nowNs);
      this.look(nowNs);
    };
    policy.pauseVm = (vm, nowNs) => {
      paused.add(vm);
      told.pauseVm(vm, nowNs);
      this.look(nowNs);
    };
    policy.unpauseVm = (vm, nowNs, wakingPcpu) => {
      paused.delete(vm);
      told.unpauseVm(vm, nowNs, wakingPcpu);
      this.look(nowNs);
    };
    policy.destroyVm = (vm, nowNs) => {
      destroyed.add(vm);
      told.destroyVm(vm, nowNs);
      for (const [vcpu, of] of policy.vmOf.entries()) if (of === vm) this.isParked.delete(vcpu);
      this.look(nowNs);
    };
    policy.pinVcpu = (vcpu, pcpus, nowNs) => {
      this.pins[vcpu] = pcpus;
      told.pinVcpu(vcpu, pcpus, nowNs);
      this.look(nowNs);
    };
  }

  decide(...told: [number, number, number, number, number, number]): void {
    this.decisions.push(told);
    const [, , , , reason, choice] = told;
    const { reasons, choices } = this.policy.terms;
    if (!reasons.some(({ value }) => value === reason))
      throw new PolicyFault('untrue', `it tells an unknown reason: ${reason}`);
    if (!choices.some(({ value }) => value === choice))
      throw new PolicyFault('untrue', `it tells an unknown choice: ${choice}`);
  }

  own(_nowNs: number, kind: number, vcpu: number): void {
    const { effect } = this.policy.terms.records[kind];
    if (effect === 'park') this.isParked.add(vcpu);
    if (effect === 'unpark') this.isParked.delete(vcpu);
  }

  wake(_nowNs: number, vcpu: number): void {
    this.tells.awake.add(vcpu);
  }

  exit(_nowNs: number, vcpu: number, exit: Exit): void {
    if (exit !== Exit.yielded) this.tells.awake.delete(vcpu);
  }

  pause(_nowNs: number, vm: number): void {
    this.tells.paused.add(vm);
  }

  unpause(_nowNs: number, vm: number): void {
    this.tells.paused.delete(vm);
  }

  destroy(_nowNs: number, vm: number): void {
    this.tells.destroyed.add(vm);
  }

  pin(_nowNs: number, vcpu: number, pcpuCount: number): void {
    const count = this.pins[vcpu]?.length ?? this.policy.pcpuCount;
    if (pcpuCount !== count) {
      throw new PolicyFault('untrue', `vCPU ${vcpu} may run on ${count} pCPUs, and it tells ${pcpuCount}`);
    }
  }

  timer(_pcpu: number, _dueNs: number, nowNs: number): void {
    this.look(nowNs);
  }

  decision(_pcpu: number, nowNs: number): void {
    this.look(nowNs);
  }

  tick(): void {}
  steal(): void {}
  migrate(): void {}
  start(): void {}
  set(): void {}
  tune(): void {}

  /** What still goes on when the run ends has lasted until then. */
  finish(endNs: number): void {
    for (const [key, sinceNs] of this.since) this.count(key, sinceNs, endNs);
  }

  private look(nowNs: number): void {
    const { policy } = this;
    if (policy.nextResched() >= 0) return;
    const places = Array.from({ length: policy.vcpuCount }, (): Place => ({ runsOn: [], waitsOn: [] }));
    const waiting: [vcpu: number, pcpu: number][] = [];
    for (let pcpu = 0; pcpu < policy.pcpuCount; pcpu++) {
      const queue = this.queueOf(pcpu);
      const current = policy.current[pcpu];
      if (current !== IDLE) {
        if (!(current in places)) throw new PolicyFault('nonsense', `current[${pcpu}] is ${current}`);
        places[current].runsOn.push(pcpu);
      }
      for (const vcpu of queue) {
        places[vcpu].waitsOn.push(pcpu);
        waiting.push([vcpu, pcpu]);
      }
      this.mostOnOne = Math.max(this.mostOnOne, queue.length + (current === IDLE ? 0 : 1));
    }
    for (const [vcpu, place] of places.entries()) this.checkPlace(vcpu, place);
    this.checkTold();
    this.checkReadings();
    this.lookForWaste(waiting, nowNs);
  }

  private queueOf(pcpu: number): number[] {
    const queue: unknown = this.policy.queueOf(pcpu);
    const isKnown = (vcpu: unknown): vcpu is number =>
      Number.isInteger(vcpu) && (vcpu as number) >= 0 && (vcpu as number) < this.policy.vcpuCount;
    if (Array.isArray(queue) && queue.every(isKnown)) return queue;
    throw new PolicyFault('nonsense', `queueOf(${pcpu}) is no list of vCPUs`);
  }

  private checkPlace(vcpu: number, { runsOn, waitsOn }: Place): void {
    const stop = this.stopOf(vcpu);
    const places = [...runsOn, ...waitsOn];
    if (runsOn.length > 1)
      throw new PolicyFault('twice', `vCPU ${vcpu} runs on pCPU ${runsOn.join(' and on pCPU ')} at once`);
    if (stop !== null && runsOn.length > 0)
      throw new PolicyFault(
        'not-runnable',
        `vCPU ${vcpu} can't run (${stop}), and runs on pCPU ${runsOn[0]}`,
      );
    if (stop !== null && waitsOn.length > 0)
      throw new PolicyFault('untrue', `vCPU ${vcpu} can't run (${stop}), and waits on pCPU ${waitsOn[0]}`);
    if (stop === null && places.length === 0)
      throw new PolicyFault('forgotten', `vCPU ${vcpu} can run, and neither runs nor waits anywhere`);
    if (places.length > 1)
      throw new PolicyFault('untrue', `vCPU ${vcpu} runs or waits in several places: pCPU ${places.join()}`);
    if (runsOn.some((pcpu) => !this.mayRun(vcpu, pcpu)))
      throw new PolicyFault('pinned', `vCPU ${vcpu} may not run on pCPU ${runsOn[0]}, and runs there`);
    if (waitsOn.some((pcpu) => !this.mayRun(vcpu, pcpu)))
      throw new PolicyFault('untrue', `vCPU ${vcpu} may not run on pCPU ${waitsOn[0]}, and waits there`);
  }

  /** Why a vCPU can't run, by what the policy was told; null: it can. */
  private stopOf(vcpu: number): string | null {
    const { awake, paused, destroyed } = this.told;
    const vm = this.policy.vmOf[vcpu];
    if (destroyed.has(vm)) return 'its VM was destroyed';
    if (paused.has(vm)) return 'its VM is paused';
    if (!awake.has(vcpu)) return 'it sleeps, or is done';
    return this.isParked.has(vcpu) ? 'it is parked' : null;
  }

  private checkTold(): void {
    for (const what of ['awake', 'paused', 'destroyed'] as const) {
      const [told, tells] = [this.told[what], this.tells[what]];
      const noun = what === 'awake' ? 'vCPU' : 'VM';
      for (const number of told) {
        if (tells.has(number)) continue;
        const lost = what === 'awake' ? ', as if the wake-up was lost' : '';
        throw new PolicyFault('untrue', `${noun} ${number} is ${what}, and its trace was not told${lost}`);
      }
      for (const number of tells)
        if (!told.has(number))
          throw new PolicyFault(
            'untrue',
            `its trace was told that ${noun} ${number} is ${what}, which it is not`,
          );
    }
  }

  private checkReadings(): void {
    const { policy } = this;
    const { vcpuReadings, vmReadings } = policy.terms;
    const out = new Float64Array(MOST_READINGS + 1);
    for (let vcpu = 0; vcpu < policy.vcpuCount; vcpu++) {
      out.fill(NaN);
      policy.readVcpu(vcpu, out, 1);
      const written = Array.from(out).flatMap((value, at) => (Number.isNaN(value) ? [] : [at - 1]));
      if (written.join() !== [...vcpuReadings.keys()].join())
        throw new PolicyFault('untrue', `of vCPU ${vcpu} it writes the readings ${written.join()}`);
      for (const [index, { key, classes }] of vcpuReadings.entries()) {
        if (classes?.some(({ value }) => value === out[1 + index]) === false)
          throw new PolicyFault('untrue', `${key} of vCPU ${vcpu} is ${out[1 + index]}`);
      }
    }
    for (const vm of new Set(policy.vmOf)) {
      out.fill(NaN);
      policy.readVm(vm, out, 1);
      const count = out.filter((value) => !Number.isNaN(value)).length;
      if (count !== vmReadings.length)
        throw new PolicyFault('untrue', `of VM ${vm} it writes ${count} readings`);
    }
  }

  private lookForWaste(waiting: readonly [vcpu: number, pcpu: number][], nowNs: number): void {
    const seen = new Set<string>();
    for (const [vcpu, pcpu] of waiting) {
      for (const [idle, current] of this.policy.current.entries()) {
        if (current !== IDLE || !this.mayRun(vcpu, idle)) continue;
        const key = `vCPU ${vcpu} waits on pCPU ${pcpu} while pCPU ${idle} idles`;
        seen.add(key);
        const sinceNs = this.since.get(key);
        if (sinceNs === undefined) this.since.set(key, nowNs);
        else this.count(key, sinceNs, nowNs);
      }
    }
    for (const [key, sinceNs] of this.since) {
      if (seen.has(key)) continue;
      this.count(key, sinceNs, nowNs);
      this.since.delete(key);
    }
  }

  private count(key: string, sinceNs: number, nowNs: number): void {
    if (nowNs - sinceNs <= this.longestWasteNs) return;
    this.longestWasteNs = nowNs - sinceNs;
    this.waste = `${key}, from ${sinceNs / 1e6} to ${nowNs / 1e6} ms`;
    this.wasteEndNs = nowNs;
  }

  private mayRun(vcpu: number, pcpu: number): boolean {
    return this.pins[vcpu]?.includes(pcpu) !== false;
  }
}
