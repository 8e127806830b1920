/**
 * A host without cores or threads, for tests of the page: who is farthest behind what it is entitled to goes next, and
 * is parked when what its cap allows for 100 ms is used up. Shares follow a change within a second, as they do on a
 * real one. Time is the wall clock's, or `advance()` moves it.
 */
import { LabError } from '../../src/base/errors.ts';
import type { Door } from '../../src/control/commands.ts';
import type { ControlledHost } from '../../src/control/host.ts';
import type {
  Change,
  HostState,
  LiveSlice,
  StreamMessage,
  VcpuActivity,
  VmState,
} from '../../src/control/state.ts';
import type { Parameter } from '../../src/core/policy-type.ts';
import type { PolicyTerms } from '../../src/core/policy-terms.ts';
import { policyTypeOf, scenarioParameters, termsOf } from '../../src/policies.ts';
import { builtinNames } from '../../src/workload/catalogue.ts';

const PARAMETERS = policyTypeOf('credit');
const CAP_WINDOW_NS = 100e6;
const SECOND_NS = 1e9;

export interface InventedVm {
  readonly name: string;
  readonly vcpus?: number;
  readonly weight?: number;
  readonly cap?: number;
  readonly workload?: string;
}

export interface InventedHostOptions {
  /** host CPUs */
  readonly pcpus: readonly number[];
  readonly vms: readonly InventedVm[];
  /** of another policy, as far as the page sees it */
  readonly terms?: PolicyTerms;
  readonly parameters?: { readonly scheduler: readonly Parameter[]; readonly vm: readonly Parameter[] };
}

interface Vcpu {
  readonly number: number;
  readonly index: number;
  pin: readonly number[] | null;
  activity: VcpuActivity;
  pcpu: number;
  cpuNs: number;
}

interface Vm {
  readonly id: number;
  readonly name: string;
  readonly vcpus: readonly Vcpu[];
  readonly startNs: number;
  parameters: Record<string, number>;
  workload: string;
  isPaused: boolean;
  endNs: number | null;
  /** what it is behind what it is entitled to, ns */
  lag: number;
  entitled: number;
  budgetNs: number;
  isParked: boolean;
  /** CPU time per tenth of a second, the latest last */
  readonly tenths: number[];
}

interface Turn {
  vm: Vm | null;
  vcpu: Vcpu | null;
  fromNs: number;
  untilNs: number;
  reason: string;
}

export class InventedHost implements ControlledHost {
  /** What the doors gave. */
  readonly commands: { readonly command: Record<string, unknown>; readonly door: Door }[] = [];
  /** percent of the last second that other programs took of each pCPU */
  othersPercent = 0;
  verdict = 'good';
  private readonly options: InventedHostOptions;
  private readonly vms: Vm[] = [];
  private readonly turns: Turn[];
  private readonly scheduler: Record<string, number>;
  private readonly changes: Change[] = [];
  private readonly listeners = new Set<(message: StreamMessage) => void>();
  private readonly steps: { change: Change; vm: Vm; fromPercent: number; dueNs: number }[] = [];
  nowNs = 0;
  private ended: LiveSlice[] = [];
  private lastNumber = 0;
  private tenth = 0;
  private vcpuCount = 0;
  private phase: HostState['phase'] = 'running';
  private timer: NodeJS.Timeout | undefined;

  constructor(options: InventedHostOptions) {
    this.options = options;
    const { scheduler } = this.parameters;
    this.scheduler = Object.fromEntries(scheduler.map(({ field, default: value }) => [field, value]));
    this.turns = options.pcpus.map(() => ({
      vm: null,
      vcpu: null,
      fromNs: 0,
      untilNs: 0,
      reason: 'tickled',
    }));
    for (const vm of options.vms) this.add(vm);
  }

  /** From now on, time is the wall clock's. */
  start(): void {
    const startMs = performance.now() - this.nowNs / 1e6;
    this.timer = setInterval(() => {
      this.advance((performance.now() - startMs) * 1e6 - this.nowNs);
    }, 100);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** Somebody else sends this. */
  tell(message: StreamMessage): void {
    for (const listener of this.listeners) listener(message);
  }

  advance(ns: number): void {
    const endNs = this.nowNs + ns;
    while (this.nowNs < endNs && this.phase === 'running') {
      const emptyNs = this.alive().map((vm) => {
        const running = this.turns.filter((turn) => turn.vm === vm).length;
        return running === 0 ? Infinity : this.nowNs + Math.max(1, vm.budgetNs / running);
      });
      const next = Math.min(
        endNs,
        this.windowEndNs(),
        ...emptyNs,
        ...this.turns.map(({ untilNs }) => untilNs),
      );
      this.moveTo(Math.max(next, this.nowNs));
    }
    if (this.phase !== 'running') return;
    const goingOn = this.turns.map((turn, pcpu) => sliceOf(turn, pcpu, null));
    this.tell({ kind: 'slices', untilNs: this.nowNs, slices: [...this.ended, ...goingOn] });
    this.ended = [];
    this.tell({ kind: 'shares', atNs: this.nowNs, percent: this.vms.map((vm) => this.shareOf(vm)) });
    this.tellSteps();
    if (++this.tenth % 10 === 0) this.tellState();
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- what it throws is a refusal, as a host's is
  async command(given: unknown, door: Door): Promise<Change> {
    const command = given as Record<string, unknown>;
    this.commands.push({ command, door });
    const change = this.carryOut(command, door);
    this.divide();
    this.changes.push(change);
    this.tell({ kind: 'change', change });
    this.tellState();
    return change;
  }

  state(): Promise<HostState> {
    return Promise.resolve(this.stateNow());
  }

  listen(listener: (message: StreamMessage) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  get listenerCount(): number {
    return this.listeners.size;
  }

  vm(name: string): VmState {
    const vm = this.stateNow().vms.findLast((each) => each.name === name);
    if (vm === undefined) throw new Error(`no VM ${name}`);
    return vm;
  }

  private get parameters(): { readonly scheduler: readonly Parameter[]; readonly vm: readonly Parameter[] } {
    return (
      this.options.parameters ?? { scheduler: scenarioParameters(PARAMETERS), vm: PARAMETERS.vmParameters }
    );
  }

  private add({ name, vcpus = 1, workload = 'primes', ...values }: InventedVm): Vm {
    const given = values as Record<string, number | undefined>;
    const parameters = Object.fromEntries(
      this.parameters.vm.map(({ key, field, default: value }) => [field, given[key] ?? value]),
    );
    const vm: Vm = {
      id: this.vms.length + 1,
      name,
      vcpus: Array.from({ length: vcpus }, (_, index) => ({
        number: this.vcpuCount++,
        index,
        pin: null,
        activity: 'waiting',
        pcpu: 0,
        cpuNs: 0,
      })),
      startNs: this.nowNs,
      parameters,
      workload,
      isPaused: false,
      endNs: null,
      lag: 0,
      entitled: 0,
      budgetNs: 0,
      isParked: false,
      tenths: [],
    };
    this.vms.push(vm);
    this.refill(vm);
    this.divide();
    return vm;
  }

  private alive(): Vm[] {
    return this.vms.filter(({ endNs }) => endNs === null);
  }

  private windowEndNs(): number {
    return (Math.floor(this.nowNs / CAP_WINDOW_NS) + 1) * CAP_WINDOW_NS;
  }

  private refill(vm: Vm): void {
    const { cap = 0 } = vm.parameters;
    vm.budgetNs = cap === 0 ? Infinity : (cap / 100) * CAP_WINDOW_NS;
    if (vm.isParked && cap === 0) this.say(`${vm.name} is no longer parked: it has no cap`);
    vm.isParked = false;
  }

  private moveTo(ns: number): void {
    const passedNs = ns - this.nowNs;
    for (const vm of this.alive()) {
      const most = 6e7;
      vm.lag = Math.min(most, Math.max(-most, vm.lag + (vm.entitled / 100) * passedNs));
    }
    for (const { vm, vcpu } of this.turns) {
      if (vm === null || vcpu === null) continue;
      vcpu.cpuNs += passedNs;
      vm.lag -= passedNs;
      vm.budgetNs -= passedNs;
      vm.tenths[vm.tenths.length - 1] += passedNs;
    }
    const isNewWindow = ns >= this.windowEndNs();
    this.nowNs = ns;
    if (isNewWindow)
      for (const vm of this.alive()) {
        vm.tenths.push(0);
        if (vm.tenths.length > 11) vm.tenths.shift();
        this.refill(vm);
      }
    for (const vm of this.alive())
      if (vm.budgetNs <= 1 && !vm.isParked) {
        vm.isParked = true;
        if (this.tenth % 20 === 0) this.say(`${vm.name} is parked: over its cap`);
      }
    for (const [pcpu, turn] of this.turns.entries()) {
      const { vm } = turn;
      if (vm?.isParked === true) this.next(pcpu, 'parked');
      else if (ns >= turn.untilNs) this.next(pcpu, 'sliceOver');
      else if (vm === null && isNewWindow) this.next(pcpu, 'tickled');
    }
  }

  /** The pCPU decides anew. */
  private next(pcpu: number, reason: string): void {
    const turn = this.turns[pcpu];
    const before = { ...turn };
    if (turn.vcpu !== null) turn.vcpu.activity = 'waiting';
    turn.vm = null;
    turn.vcpu = null;
    const cpu = this.options.pcpus[pcpu];
    const running = new Set(this.turns.map(({ vcpu }) => vcpu));
    for (const vm of this.alive()) {
      if (vm.isPaused || vm.isParked) continue;
      if (turn.vm !== null && turn.vm.lag >= vm.lag) continue;
      const free = vm.vcpus.filter((vcpu) => !running.has(vcpu) && (vcpu.pin?.includes(cpu) ?? true));
      if (free.length === 0) continue;
      turn.vm = vm;
      turn.vcpu = free.reduce((a, b) => (a.cpuNs <= b.cpuNs ? a : b));
    }
    const lengthNs = this.scheduler.tsliceNs ?? this.scheduler.sliceNs ?? 30e6;
    turn.untilNs = this.nowNs + lengthNs;
    turn.fromNs = this.nowNs;
    turn.reason = reason;
    if (turn.vcpu !== null) {
      turn.vcpu.activity = 'running';
      turn.vcpu.pcpu = pcpu;
    }
    if (before.fromNs < this.nowNs) this.ended.push(sliceOf({ ...before, reason }, pcpu, this.nowNs));
  }

  private shareOf({ tenths, startNs }: Vm): number {
    const whole = tenths.slice(0, -1);
    const spanNs = Math.min(SECOND_NS, Math.max(CAP_WINDOW_NS, this.nowNs - startNs));
    return (whole.slice(-10).reduce((sum, ns) => sum + ns, 0) / spanNs) * 100;
  }

  /** What weights and caps give: caps take from what weights would, and the rest is divided again. */
  private entitled(): ReadonlyMap<Vm, number> {
    const shares = new Map<Vm, number>();
    let open = this.alive().filter(({ isPaused }) => !isPaused);
    let rest = this.options.pcpus.length * 100;
    for (;;) {
      const weightOf = (vm: Vm): number => (vm.parameters.weight ?? 256) * vm.vcpus.length;
      const weights = open.reduce((sum, vm) => sum + weightOf(vm), 0);
      const limit = ({ parameters: { cap = 0 }, vcpus }: Vm): number =>
        cap === 0 ? vcpus.length * 100 : cap;
      const over = open.filter((vm) => (rest * weightOf(vm)) / weights > limit(vm));
      for (const vm of over.length > 0 ? over : open) {
        shares.set(vm, over.length > 0 ? limit(vm) : (rest * weightOf(vm)) / weights);
      }
      if (over.length === 0) return shares;
      rest -= over.reduce((sum, vm) => sum + limit(vm), 0);
      open = open.filter((vm) => !over.includes(vm));
    }
  }

  private divide(): void {
    const entitled = this.entitled();
    for (const vm of this.vms) vm.entitled = entitled.get(vm) ?? 0;
  }

  private stateNow(): HostState {
    const { pcpus, terms = termsOf('credit') } = this.options;
    return {
      version: 1,
      name: 'class',
      machine: 'simulated',
      phase: this.phase,
      nowNs: this.nowNs,
      scheduler: { type: terms.type, parameters: { ...this.scheduler } },
      terms,
      parameters: this.parameters,
      workloads: builtinNames,
      schedulers: [],
      pcpus: pcpus.map((cpu, pcpu) => ({
        cpu,
        current: idOf(this.turns[pcpu]),
        queue: [],
        busyPercent: this.busyPercent() / pcpus.length,
        othersPercent: this.othersPercent,
        ownThreadsPercent: 0.1,
      })),
      vms: this.vms.map((vm) => ({
        id: vm.id,
        name: vm.name,
        phase: vm.endNs !== null ? 'destroyed' : vm.isPaused ? 'paused' : 'running',
        parameters: { ...vm.parameters },
        workload: { spec: vm.workload, size: null },
        startNs: vm.startNs,
        endNs: vm.endNs,
        cpuNs: vm.vcpus.reduce((sum, { cpuNs }) => sum + cpuNs, 0),
        sharePercent: this.shareOf(vm),
        wholeSharePercent: this.shareOf(vm),
        entitledPercent: vm.entitled,
        vcpus: vm.vcpus.map((vcpu) => ({
          id: `${vm.name}/v${String(vcpu.index)}`,
          number: vcpu.number,
          activity: activityOf(vm, vcpu),
          pcpu: vcpu.pcpu,
          cpuNs: vcpu.cpuNs,
          pin: vcpu.pin,
          readings: terms.vcpuReadings.map(({ kind }) => this.readingOf(kind, vm, vcpu)),
        })),
      })),
      changes: this.changes.slice(-100),
      certificate: {
        verdict: this.verdict,
        sentences: [
          'Every decision was carried out within 40 µs.',
          'Other programs took 0.2 % of the pCPUs.',
        ],
      },
    };
  }

  /** Something that moves as credits do. */
  private readingOf(kind: 'level' | 'class', vm: Vm, vcpu: Vcpu): number {
    const isOver = vm.isParked || vcpu.activity === 'running';
    if (kind === 'class') return isOver ? -2 : -1;
    const swing = Math.round(Math.abs(Math.sin(this.nowNs / 7e8 + vm.id * 2)) * 280);
    return isOver ? -swing : swing;
  }

  private busyPercent(): number {
    return this.vms.reduce((sum, vm) => sum + (vm.endNs === null ? this.shareOf(vm) : 0), 0);
  }

  private carryOut(command: Record<string, unknown>, door: Door): Change {
    const { command: name, vm: target } = command;
    switch (name) {
      case 'create': {
        const spec = target as InventedVm;
        if (typeof spec.name !== 'string' || !/^[A-Za-z0-9][\w.-]{0,10}$/.test(spec.name)) {
          throw new LabError('BAD_SCENARIO', 'not a VM name', {
            where: 'name',
            expected: "1 to 11 letters, digits, '.', '_' or '-'",
          });
        }
        if (this.alive().some((vm) => vm.name === spec.name))
          throw new LabError('BAD_SCENARIO', `there is a VM ${spec.name} already`, {
            hint: 'choose another name',
          });
        this.add(spec);
        return this.change(name, door, spec.name, { ...spec }, `${spec.name} is created`);
      }
      case 'set':
        return this.set(this.find(target), command, door);
      case 'pause':
      case 'unpause': {
        const vm = this.find(target);
        vm.isPaused = name === 'pause';
        for (const [pcpu, turn] of this.turns.entries())
          if (turn.vm === vm) this.next(pcpu, 'paused');
          else if (turn.vm === null) this.next(pcpu, 'tickled');
        return this.change(name, door, vm.name, {}, `${vm.name}: ${name}`);
      }
      case 'destroy': {
        const vm = this.find(target);
        vm.endNs = this.nowNs;
        for (const [pcpu, turn] of this.turns.entries()) if (turn.vm === vm) this.next(pcpu, 'blocked');
        return this.change(name, door, vm.name, {}, `${vm.name} is destroyed`);
      }
      case 'pin': {
        const vm = this.find(target);
        const { vcpu = 0, pin } = command as { vcpu?: number; pin: readonly number[] | 'all' };
        vm.vcpus[vcpu].pin = pin === 'all' ? null : pin;
        for (const pcpu of this.turns.keys()) this.next(pcpu, 'tickled');
        const where = pin === 'all' ? 'all pCPUs' : `CPU ${pin.join(', ')}`;
        return this.change(
          name,
          door,
          vm.name,
          { vcpu, pin },
          `${vm.name}/v${String(vcpu)} runs on ${where}`,
        );
      }
      case 'workload': {
        const vm = this.find(target);
        vm.workload = String(command.workload);
        return this.change(
          name,
          door,
          vm.name,
          { workload: vm.workload },
          `${vm.name} computes ${vm.workload}`,
        );
      }
      case 'tune': {
        const values = command.scheduler as Record<string, unknown>;
        for (const [key, value] of Object.entries(values)) {
          const parameter = this.parameters.scheduler.find((each) => each.key === key);
          if (parameter === undefined) throw new LabError('BAD_OPTION', `unknown parameter ${key}`);
          this.scheduler[parameter.field] = checked(parameter, value, 1);
        }
        return this.change(
          name,
          door,
          null,
          { scheduler: values },
          `the scheduler has ${JSON.stringify(values)}`,
        );
      }
      case 'mark':
        return this.change(name, door, null, { text: command.text }, `mark: ${String(command.text)}`);
      case 'stop': {
        const change = this.change(name, door, null, {}, 'the run ends');
        this.phase = 'ended';
        queueMicrotask(() => {
          this.tellState();
          this.tell({ kind: 'end', atNs: this.nowNs });
        });
        return change;
      }
      default:
        throw new LabError('BAD_OPTION', `there is no command ${String(name)}`);
    }
  }

  private set(vm: Vm, command: Record<string, unknown>, door: Door): Change {
    const values = Object.entries(command).filter(([key]) => key !== 'command' && key !== 'vm');
    const checkedValues = values.map(([key, value]) => {
      const parameter = this.parameters.vm.find((each) => each.key === key);
      if (parameter === undefined) throw new LabError('BAD_OPTION', `unknown parameter ${key}`);
      return [parameter.field, checked(parameter, value, vm.vcpus.length)] as const;
    });
    const words = values.map(([key, value]) => `${key} ${String(value)}`).join(' and ');
    const fromPercent = this.shareOf(vm);
    for (const [field, value] of checkedValues) vm.parameters[field] = value;
    this.refill(vm);
    const given = Object.fromEntries(values);
    const change = this.change(
      'set',
      door,
      vm.name,
      given,
      `${vm.name} has ${words}, from the next accounting on`,
    );
    this.steps.push({ change, vm, fromPercent, dueNs: this.nowNs + 1.5 * SECOND_NS });
    return change;
  }

  private find(name: unknown): Vm {
    const vm = this.alive().find((each) => each.name === name);
    if (vm !== undefined) return vm;
    throw new LabError('BAD_OPTION', `there is no VM ${String(name)}`, {
      expected: this.alive()
        .map((each) => each.name)
        .join(', '),
    });
  }

  private change(
    command: Change['command'],
    door: Door,
    vm: string | null,
    values: Record<string, unknown>,
    words: string,
  ): Change {
    const times = { askedNs: this.nowNs - 3e5, atNs: this.nowNs, actsNs: this.nowNs + 12e6 };
    return { number: ++this.lastNumber, command, door, vm, values, ...times, words };
  }

  private say(text: string): void {
    this.tell({ kind: 'words', atNs: this.nowNs, text });
  }

  private tellState(): void {
    this.tell({ kind: 'state', state: this.stateNow() });
  }

  private tellSteps(): void {
    for (const { change, vm, fromPercent } of this.steps.filter(({ dueNs }) => dueNs <= this.nowNs)) {
      const toPercent = this.shareOf(vm);
      const response = { number: change.number, vm: vm.name, fromPercent, toPercent, overshootPoints: 0.6 };
      this.tell({ kind: 'step', response: { ...response, delayNs: 1.1e8, settlingNs: 1.02e9 } });
    }
    const open = this.steps.filter(({ dueNs }) => dueNs > this.nowNs);
    this.steps.splice(0, this.steps.length, ...open);
  }
}

function sliceOf({ vcpu, fromNs, reason }: Turn, pcpu: number, toNs: number | null): LiveSlice {
  return { pcpu, vcpu: vcpu?.number ?? -1, fromNs, toNs, reason };
}

function idOf({ vm, vcpu }: Turn): string | null {
  return vm === null || vcpu === null ? null : `${vm.name}/v${String(vcpu.index)}`;
}

function activityOf(vm: Vm, vcpu: Vcpu): VcpuActivity {
  if (vm.endNs !== null) return 'done';
  if (vm.isPaused) return 'paused';
  return vm.isParked ? 'parked' : vcpu.activity;
}

/** As a host checks it, in short. */
function checked(parameter: Parameter, value: unknown, vcpuCount: number): number {
  const { key, min, max, maxPerVcpu, zero } = parameter;
  const parts = /^(\d+(?:\.\d+)?)(ms|us|µs|s|ns)?$/.exec(String(value));
  const factor = { s: 1e9, ms: 1e6, us: 1e3, µs: 1e3, ns: 1 }[parts?.[2] ?? 'ns'] ?? NaN;
  const number = parts === null ? NaN : Number(parts[1]) * factor;
  const most = maxPerVcpu === undefined ? max : maxPerVcpu * vcpuCount;
  if (number === 0 && zero !== undefined) return 0;
  if (number >= min && number <= most) return number;
  throw new LabError('BAD_OPTION', `${key} is out of range`, {
    where: key,
    expected: `${String(min)} to ${String(most)}`,
    got: `'${String(value)}'`,
    ...(maxPerVcpu !== undefined && { hint: `the VM has ${String(vcpuCount)} vCPU` }),
  });
}
