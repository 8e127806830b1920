import { IDLE, type Policy } from '../../src/core/policy.ts';
import type { TraceSink } from '../../src/core/trace-sink.ts';
import { Exit, type LoopObserver } from '../../src/machine/machine.ts';

/** Most readings that a policy may have. */
const MOST_READINGS = 4;

/**
 * Looks on as a policy decides, knowing nothing of it but what the interface gives, and throws at the first breach:
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
    if (!reasons.some(({ value }) => value === reason)) throw new Error(`an unknown reason: ${reason}`);
    if (!choices.some(({ value }) => value === choice)) throw new Error(`an unknown choice: ${choice}`);
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
    if (pcpuCount !== count) throw new Error(`vCPU ${vcpu} may run on ${count}, and it tells ${pcpuCount}`);
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
    const places = Array.from({ length: policy.vcpuCount }, (): number[] => []);
    const waiting: [vcpu: number, pcpu: number][] = [];
    for (let pcpu = 0; pcpu < policy.pcpuCount; pcpu++) {
      const queue = policy.queueOf(pcpu);
      const running = policy.current[pcpu] === IDLE ? [] : [policy.current[pcpu]];
      for (const vcpu of [...running, ...queue]) places[vcpu].push(pcpu);
      for (const vcpu of queue) waiting.push([vcpu, pcpu]);
      this.mostOnOne = Math.max(this.mostOnOne, running.length + queue.length);
    }
    for (const [vcpu, found] of places.entries()) this.checkPlaces(vcpu, found, nowNs);
    this.checkTold(nowNs);
    this.checkReadings();
    this.lookForWaste(waiting, nowNs);
  }

  private checkPlaces(vcpu: number, found: readonly number[], nowNs: number): void {
    const { awake, paused, destroyed } = this.told;
    const vm = this.policy.vmOf[vcpu];
    const canRun = awake.has(vcpu) && !paused.has(vm) && !destroyed.has(vm) && !this.isParked.has(vcpu);
    const [places, can] = canRun ? [1, 'can'] : [0, "can't"];
    if (found.length !== places)
      throw new Error(`${nowNs}: vCPU ${vcpu} ${can} run, and is on [${found.join()}]`);
    if (found.some((pcpu) => !this.mayRun(vcpu, pcpu)))
      throw new Error(`${nowNs}: vCPU ${vcpu} may not be on pCPU ${found.join()}`);
  }

  private checkTold(nowNs: number): void {
    for (const what of ['awake', 'paused', 'destroyed'] as const) {
      const [told, tells] = [this.told, this.tells].map((each) => [...each[what]].sort().join());
      if (told !== tells) throw new Error(`${nowNs}: ${what} are [${told}], and it tells [${tells}]`);
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
        throw new Error(`of vCPU ${vcpu} it writes the readings ${written.join()}`);
      for (const [index, { key, classes }] of vcpuReadings.entries()) {
        if (classes?.some(({ value }) => value === out[1 + index]) === false)
          throw new Error(`${key} of vCPU ${vcpu} is ${out[1 + index]}`);
      }
    }
    for (const vm of new Set(policy.vmOf)) {
      out.fill(NaN);
      policy.readVm(vm, out, 1);
      const count = out.filter((value) => !Number.isNaN(value)).length;
      if (count !== vmReadings.length) throw new Error(`of VM ${vm} it writes ${count} readings`);
    }
  }

  private lookForWaste(waiting: readonly [vcpu: number, pcpu: number][], nowNs: number): void {
    const seen = new Set<string>();
    for (const [vcpu, pcpu] of waiting) {
      for (const [idle, current] of this.policy.current.entries()) {
        if (current !== IDLE || !this.mayRun(vcpu, idle)) continue;
        const key = `vCPU ${vcpu} waits on pCPU ${pcpu} while ${idle} idles`;
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
    this.waste = `${key} from ${sinceNs} to ${nowNs}`;
  }

  private mayRun(vcpu: number, pcpu: number): boolean {
    return this.pins[vcpu]?.includes(pcpu) !== false;
  }
}
