/**
 * A host: a run under way, and all that is done to it and told of it, whatever door that comes through.
 *
 *     command ──► in turn, VM by VM ──► resolve ──► prepare (create, workload) ──► apply ──► tell
 *
 * The run keeps the scenario as it was played: it grows by each change, at the instant at which the policy was told.
 * This follows it, and says what each change was. While nobody listens, only a few numbers are kept.
 */
import { LabError } from '../base/errors.ts';
import { without } from '../base/keys.ts';
import { IDLE } from '../core/policy.ts';
import { allPolicyTypes, policyTypeOf, scenarioParameters, termsOf } from '../policies.ts';
import { MAX_VCPUS } from '../scenario/limits.ts';
import { byField } from '../scenario/parameters.ts';
import type { Resolved } from '../scenario/resolve-command.ts';
import type { Scenario, ScenarioEvent, VmSpec } from '../scenario/scenario.ts';
import { firstName, Stage } from '../scenario/stage.ts';
import type { Applied, Inspection, LiveRun, Operation } from '../testbed/live-run.ts';
import type { RecordSink } from '../trace/record.ts';
import { sliceAt } from '../trace/steps.ts';
import type { RecordTaker, TraceEnd } from '../trace/store.ts';
import { type Growth, GrowingHeader, traceHeader } from '../trace/trace.ts';
import { builtinNames } from '../workload/catalogue.ts';
import { eventWords, startWords, type Timing } from './change-words.ts';
import { type Door, operationsOf, type Order, readOrder, resolveOrder } from './commands.ts';
import { type Facts, pcpuStates, vmShares, vmStates } from './host-state.ts';
import type { ControlledHost } from './host.ts';
import { LiveRecords } from './live-records.ts';
import { type NextRun, nextRun, withItsPolicy } from './rerun.ts';
import { changedKeys, playedUntil, scenarioText } from './save.ts';
import { ShareWindow } from './share-window.ts';
import type { Change, HostState, StreamMessage, VmState } from './state.ts';
import { Turns } from './turns.ts';

/** How often listeners are told of slices, shares and words, and how often usage is noted where nobody listens. */
const TICK_MS = 100;
const IDLE_TICK_MS = 1000;
const STATE_MS = 1000;
const MOST_CHANGES = 100;
/** They change no share, and so have no step response. */
const OFF_SCHEDULE: ReadonlySet<string> = new Set(['mark', 'rerun', 'stop']);

export interface LiveHostOptions {
  /** of the host: `creditlab up --name` */
  readonly name: string;
  readonly machine: HostState['machine'];
  readonly run: LiveRun;
  /** as it begins */
  readonly scenario: Scenario;
  /** directory that relative workload paths in commands start from; default: the current one */
  readonly baseDir?: string;
  /** default: not known */
  readonly certificate?: () => HostState['certificate'];
  /** Whoever opened it begins another run when this one has ended (`next`); default: it is the only one. */
  readonly canRerun?: boolean;
  /** what others took of the last second, per pCPU; default: not known */
  readonly others?: () => readonly {
    readonly othersPercent: number | null;
    readonly ownThreadsPercent: number | null;
  }[];
}

interface Asked extends Order {
  readonly door: Door;
  readonly askedNs: number;
}

interface Listener {
  readonly tell: (message: StreamMessage) => void;
  /** It has its first state: from then on it is told everything. */
  isReady: boolean;
}

export class LiveHost implements ControlledHost, RecordTaker, RecordSink {
  private readonly options: LiveHostOptions;
  private readonly run: LiveRun;
  private readonly terms;
  private readonly baseDir: string;
  private readonly stage: Stage;
  /** how many of the run's events are the scenario's own, and how many of its changes have been looked at */
  private readonly plannedCount: number;
  private followed = 0;
  private readonly header: GrowingHeader;
  private readonly records: LiveRecords;
  private readonly window = new ShareWindow();
  /** by name of VM; what concerns none has a key of its own */
  private readonly turns = new Turns();
  /** A command for a VM waits in these, too, while it has the VM's turn. */
  private readonly preparations = new Turns();
  /** VMs whose threads are made ready, in the order in which they will start */
  private readonly preparing: VmSpec[] = [];
  private readonly latest: Change[] = [];
  private changeCount = 0;
  private readonly listeners = new Set<Listener>();
  private ticker: NodeJS.Timeout;
  private stateAtMs = -Infinity;
  private hasChanged = false;
  private toldFailures = 0;
  private isTellingState = false;
  /** of the VMs in the state that was told last */
  private toldIds: readonly number[] = [];
  private inspected: Inspection | null = null;
  private endedNs: number | null = null;
  private following: NextRun | null = null;
  private isStopped = false;

  constructor(options: LiveHostOptions) {
    const { run, scenario, machine, name } = options;
    this.options = options;
    this.run = run;
    this.baseDir = options.baseDir ?? process.cwd();
    this.terms = termsOf(scenario.scheduler.type);
    this.stage = new Stage(scenario);
    this.plannedCount = scenario.events.length;
    const header = traceHeader(scenario, { label: name, run: 1, machine });
    this.header = new GrowingHeader({ ...header, policy: this.terms });
    this.records = new LiveRecords(this.header.header(), (ns) => sliceAt(run.played(), ns));
    this.ticker = setInterval(() => this.sample(), IDLE_TICK_MS).unref();
  }

  command(written: unknown, door: Door): Promise<Change> {
    const askedNs = Math.round(this.now());
    return withItsPolicy(written, this.baseDir).then((command) => {
      const order = { ...readOrder(command, this.baseDir), door, askedNs };
      const { input } = order;
      // A run that has ended may still be followed by another one, and that can be stopped.
      const isStop = input.command === 'stop' && this.following !== null;
      if (this.endedNs !== null && !isStop) throw isOver();
      if (this.following !== null && !isStop) throw isNext();
      switch (input.command) {
        case 'create':
          return this.turns.take(firstName(input.vm.name), () => this.startVm(order));
        case 'workload':
          return this.turns.take(firstName(input.vm), () => this.startVm(order));
        case 'set':
        case 'pin':
        case 'pause':
        case 'unpause':
        case 'destroy':
          return this.turns.take(firstName(input.vm), () => this.change(order));
        case 'tune':
        case 'mark':
          return this.turns.take(input.command, () => this.change(order));
        case 'rerun':
          return this.rerun(order);
        case 'stop':
          return this.stop(order);
      }
    });
  }

  async state(): Promise<HostState> {
    const inspection = await this.inspect();
    this.follow();
    const nowNs = this.now();
    const { stage, terms, options } = this;
    const { type, parameters } = stage.scheduler;
    const cpuNs = this.run.cpuNs();
    const facts: Facts = {
      nowNs,
      stage,
      terms,
      inspection,
      cpuNs,
      done: this.run.done(),
      failed: new Set(this.run.failures?.().map(({ vcpu }) => vcpu)),
      isParked: (vcpu) => this.records.isParked(vcpu),
      percent: this.window.percent(nowNs, cpuNs, this.records.busyNs(nowNs)),
    };
    const preparing = this.preparing.map((vm, i) => preparingState(vm, stage.lives.length + i + 1, type));
    return {
      version: 1,
      name: options.name,
      machine: options.machine,
      phase: this.phase(),
      nowNs,
      scheduler: { type, parameters },
      terms,
      parameters: { scheduler: scenarioParameters(policyTypeOf(type)), vm: policyTypeOf(type).vmParameters },
      workloads: builtinNames,
      schedulers: this.schedulers(),
      pcpus: pcpuStates(facts, options.others?.() ?? null),
      vms: [...vmStates(facts), ...preparing],
      changes: [...this.latest],
      certificate: options.certificate?.() ?? null,
    };
  }

  listen(listener: (message: StreamMessage) => void): () => void {
    const each: Listener = { tell: listener, isReady: false };
    this.listeners.add(each);
    if (this.listeners.size === 1 && this.endedNs === null) {
      this.records.isHeard = true;
      this.records.steps.begin(this.now());
      this.setTicker(() => this.tick(), TICK_MS);
    }
    this.tellLater(this.welcome(each));
    return () => {
      if (!this.listeners.delete(each) || this.listeners.size > 0) return;
      this.records.forget();
      if (this.endedNs === null) this.setTicker(() => this.sample(), IDLE_TICK_MS);
    };
  }

  append(rows: Float64Array, count: number): void {
    this.records.append(rows, count);
  }

  put(row: Float64Array): void {
    this.append(row, 1);
  }

  /** Records of a new VM come after this. */
  grow(growth: Growth): void {
    if (!('vm' in growth)) return;
    this.header.grow(growth);
    this.records.setHeader(this.header.header());
  }

  end({ endNs }: TraceEnd): void {
    if (this.endedNs !== null) return;
    this.follow();
    this.endedNs = Math.round(Number.isNaN(endNs) ? this.run.nowNs() : endNs);
    clearInterval(this.ticker);
    this.tellLater(this.farewell(this.endedNs));
  }

  /** What is to run when this run has ended; null: nothing. */
  get next(): NextRun | null {
    return this.following;
  }

  /**
   * What was played until now, or until the end, as a scenario file, which plays it again.
   * @param baseDir directory of the file; default: that of the commands
   * @throws LabError BAD_SCENARIO for what a scenario file can't say: no VM, more than a day
   */
  playedScenario(baseDir = this.baseDir): string {
    const isInvented = this.options.machine === 'simulated';
    return scenarioText(playedUntil(this.run.played(), this.now()), { baseDir, isInvented });
  }

  /** Under which its VMs can run again. */
  private schedulers(): readonly string[] {
    return this.options.canRerun === true ? allPolicyTypes().map(({ type }) => type) : [];
  }

  private now(): number {
    return this.endedNs ?? this.run.nowNs();
  }

  private phase(): HostState['phase'] {
    if (this.endedNs !== null) return 'ended';
    return this.now() > 0 ? 'running' : 'starting';
  }

  /** After the end nothing runs, and the readings are the last ones that somebody asked for. */
  private async inspect(): Promise<Inspection> {
    if (this.endedNs === null) {
      try {
        this.inspected = await this.run.inspect();
        return this.inspected;
      } catch (error) {
        // It ended while it was asked, and tells so in a moment.
        if (!(error instanceof LabError)) throw error;
      }
    }
    const pcpus = this.stage.pcpus.map(() => ({ current: IDLE, queue: [] }));
    return { atNs: this.now(), vms: [], vcpus: this.inspected?.vcpus ?? [], pcpus };
  }

  /** What needs nothing prepared. */
  private async change(order: Asked): Promise<Change> {
    const resolved = this.resolve(order);
    const words = resolved.events.map((event) => eventWords(event, this.stage));
    const [event] = resolved.events;
    const applied = await this.run.apply(this.operations(resolved), order.askedNs);
    return this.tellOwn(order, 'vm' in event ? event.vm : null, applied, (timing) =>
      words.map((tell) => tell(timing)).join('; '),
    );
  }

  /** Its threads are made ready before it takes part. One after the other: each has the next number. */
  private async startVm(order: Asked): Promise<Change> {
    return this.preparations.take('', async () => {
      const spec = created(this.resolve(order));
      this.preparing.push(spec);
      this.hasChanged = true;
      try {
        const prepared = await this.run.prepare(spec);
        try {
          const resolved = this.resolve(order);
          const spec = { ...created(resolved), workload: prepared.spec.workload };
          const ended = resolved.events.find(({ kind }) => kind === 'destroy');
          const before = ended !== undefined && 'vm' in ended ? ended.vm : null;
          const start: Operation = { kind: 'start', vm: prepared, spec };
          const applied = await this.run.apply([start, ...this.operations(resolved)], order.askedNs);
          const words = [startWords(spec, before), ...prepared.remarks].join('; ');
          return this.tellOwn(order, spec.name, applied, () => words);
        } catch (error) {
          this.run.abandon(prepared);
          throw error;
        }
      } finally {
        this.preparing.shift();
        this.hasChanged = true;
      }
    });
  }

  private rerun(order: Asked): Change {
    const { input, source } = order;
    if (input.command !== 'rerun') throw new Error('this is another command');
    if (this.options.canRerun !== true) {
      throw new LabError('BAD_OPTION', 'this run is the only one', {
        where: 'rerun',
        hint: "hosts of 'creditlab up' and 'creditlab run --name' can run their VMs again",
      });
    }
    // Whoever stopped it was told that it ends.
    if (this.isStopped) throw isOver();
    this.follow();
    const atNs = Math.round(this.now());
    const next = nextRun(input, this.options.scenario, this.stage, atNs, source);
    const { type } = next.scenario.scheduler;
    const words = [`the run ends, and the next one begins under ${type}`, ...next.notes].join('; ');
    const change = this.tellOwn(order, null, { askedNs: order.askedNs, atNs, actsNs: atNs }, () => words);
    this.following = next;
    this.run.stop();
    return change;
  }

  private stop(order: Asked): Change {
    this.following = null;
    this.isStopped = true;
    const atNs = Math.round(this.now());
    const times = { askedNs: order.askedNs, atNs, actsNs: atNs };
    const change = this.tellOwn(order, null, times, () => 'the run ends');
    if (this.endedNs === null) this.run.stop();
    else this.tell({ kind: 'end', atNs: this.endedNs });
    return change;
  }

  private resolve(order: Order): Resolved {
    if (this.endedNs !== null) throw isOver();
    this.follow();
    return resolveOrder(order, this.stage, Math.round(this.now()), MAX_VCPUS);
  }

  private operations(resolved: Resolved): Operation[] {
    return operationsOf(resolved, this.stage, this.options.scenario);
  }

  /** What has happened since the last time, in the order in which it did. What the scenario did by itself is told. */
  private follow(): void {
    const all = this.run.changes();
    if (all.length === this.followed) return;
    const { vms, events } = this.run.played();
    for (; this.followed < all.length; this.followed++) {
      const { event: place, vm, atNs, actsNs } = all[this.followed];
      if (place === null) {
        if (vm !== undefined) this.stage.add(vms[vm]);
        continue;
      }
      const event = events[place];
      if (place < this.plannedCount) this.tellPlanned(event, { atNs, actsNs });
      this.stage.take(event);
    }
  }

  private tellPlanned(event: ScenarioEvent, timing: Timing): void {
    if ('vm' in event && this.stage.named(event.vm)?.destroyedNs !== null) return;
    this.tellChange({
      command: event.kind,
      door: 'scenario',
      vm: 'vm' in event ? event.vm : null,
      values: changedKeys(event, this.terms.type),
      askedNs: event.atNs,
      ...timing,
      words: eventWords(event, this.stage)(timing),
    });
  }

  /** @param vm that it was done to @param words once it is known when */
  private tellOwn(
    { input, source, door }: Asked,
    vm: string | null,
    { askedNs, atNs, actsNs }: Applied,
    words: (timing: Timing) => string,
  ): Change {
    // What happened before it comes before it.
    this.follow();
    const written = source.value as Readonly<Record<string, unknown>>;
    return this.tellChange({
      command: input.command,
      door,
      vm,
      values:
        input.command === 'create' ? (written.vm as Change['values']) : without(written, 'command', 'vm'),
      askedNs,
      atNs,
      actsNs,
      words: words({ atNs, actsNs }),
    });
  }

  private tellChange(made: Omit<Change, 'number'>): Change {
    const change: Change = { number: ++this.changeCount, ...made };
    this.latest.push(change);
    if (this.latest.length > MOST_CHANGES) this.latest.shift();
    this.hasChanged = true;
    this.tell({ kind: 'change', change });
    if (this.listeners.size > 0 && !OFF_SCHEDULE.has(change.command)) this.records.steps.change(change);
    return change;
  }

  /** Where nobody listens: so that shares are of the last second once somebody asks. */
  private sample(): void {
    const nowNs = this.now();
    this.window.add(nowNs, this.run.cpuNs(), this.records.busyNs(nowNs));
  }

  private tick(): void {
    this.follow();
    const nowNs = this.now();
    const cpuNs = this.run.cpuNs();
    const busyNs = this.records.busyNs(nowNs);
    const percent = this.window.percent(nowNs, cpuNs, busyNs);
    this.window.add(nowNs, cpuNs, busyNs);
    const shares = vmShares(this.stage, percent.vcpus);
    this.tell({ kind: 'slices', ...this.records.takeSlices(nowNs) });
    this.tell({ kind: 'shares', atNs: nowNs, percent: this.toldIds.map((id) => shares[id - 1] ?? 0) });
    this.tellWords();
    for (const response of this.records.takeSteps(nowNs)) this.tell({ kind: 'step', response });
    if (this.hasChanged || performance.now() - this.stateAtMs >= STATE_MS) this.tellLater(this.tellState());
  }

  /** What happened to vCPUs, and which of them failed. */
  private tellWords(): void {
    for (const { atNs, text } of this.records.takeWords()) this.tell({ kind: 'words', atNs, text });
    const failures = this.run.failures?.() ?? [];
    if (failures.length === this.toldFailures) return;
    const { vcpus } = this.header.header();
    for (const { vcpu, atNs, message } of failures.slice(this.toldFailures)) {
      this.tell({ kind: 'words', atNs, text: `${vcpus[vcpu].id} failed, and stands still: ${message}` });
      this.hasChanged = true;
    }
    this.toldFailures = failures.length;
  }

  /** Whatever goes wrong with what is told, the run goes on. */
  private tellLater(telling: Promise<void>): void {
    telling.catch((error: unknown) => {
      const text = `the state can't be told: ${(error as Error).message}`;
      this.tell({ kind: 'words', atNs: Math.round(this.now()), text });
    });
  }

  private async tellState(): Promise<void> {
    if (this.isTellingState) return;
    this.isTellingState = true;
    this.hasChanged = false;
    this.stateAtMs = performance.now();
    try {
      const state = await this.state();
      this.toldIds = state.vms.map(({ id }: VmState) => id);
      this.tell({ kind: 'state', state });
    } finally {
      this.isTellingState = false;
    }
  }

  /** The state comes first, to all: who listens already has the same one. What happens before it is in it. */
  private async welcome(listener: Listener): Promise<void> {
    const state = await this.state();
    listener.isReady = this.listeners.has(listener);
    if (!listener.isReady) return;
    this.toldIds = state.vms.map(({ id }: VmState) => id);
    this.tell({ kind: 'state', state });
    if (this.endedNs !== null && this.following === null) listener.tell({ kind: 'end', atNs: this.endedNs });
  }

  private async farewell(atNs: number): Promise<void> {
    if (this.listeners.size > 0) {
      this.tell({ kind: 'slices', ...this.records.takeSlices(atNs) });
      this.tellWords();
      for (const response of this.records.takeSteps(atNs, true)) this.tell({ kind: 'step', response });
      this.tell({ kind: 'state', state: await this.state() });
    }
    if (this.following === null) this.tell({ kind: 'end', atNs });
    this.records.forget();
  }

  private tell(message: StreamMessage): void {
    for (const { tell, isReady } of this.listeners) if (isReady) tell(message);
  }

  private setTicker(act: () => void, everyMs: number): void {
    clearInterval(this.ticker);
    this.ticker = setInterval(act, everyMs).unref();
  }
}

/** What the next run begins with has been said. */
function isNext(): LabError {
  return new LabError('BAD_OPTION', 'the run ends, and the next one is about to begin', {
    hint: 'try again in that one',
  });
}

function isOver(): LabError {
  return new LabError('BAD_OPTION', 'the run is over');
}

function created({ create }: Resolved): VmSpec {
  if (create === null) throw new Error('this command creates no VM');
  return create;
}

function preparingState(vm: VmSpec, id: number, type: string): VmState {
  const { name, workload } = vm;
  return {
    id,
    name,
    phase: 'preparing',
    parameters: byField(policyTypeOf(type).vmParameters, vm),
    workload: { spec: workload.spec, size: workload.size },
    startNs: vm.startNs,
    endNs: null,
    cpuNs: 0,
    sharePercent: 0,
    wholeSharePercent: 0,
    entitledPercent: null,
    vcpus: [],
  };
}
