/** A run under way, as a program holds it: what it tells, and what may be done to it. */
import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { LabError } from '../base/errors.ts';
import { IDLE } from '../core/policy.ts';
import type { LiveHost } from '../control/live-host.ts';
import type { Change, HostState } from '../control/state.ts';
import type { RunResult } from '../result/result.ts';
import { parseDuration } from '../scenario/duration.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { LiveRun } from '../testbed/live-run.ts';
import { Column, COLUMNS, Kind, WIDTH } from '../trace/record.ts';
import type { RecordTaker } from '../trace/store.ts';
import type { Growth, Trace } from '../trace/trace.ts';
import { vocabularyOf } from '../trace/vocabulary.ts';
import type { Time, VmDescription } from './describe.ts';

/** A pCPU was decided upon. Times are ns from the start of the run. */
export interface Decision {
  readonly atNs: number;
  readonly pcpu: number;
  /** vCPUs, `A/v0`; null: idle */
  readonly from: string | null;
  readonly to: string | null;
  /** why: a key of the policy's reasons */
  readonly reason: string;
}

/** A thread really came onto a core, or left it. Simulations have none. */
export interface Fact {
  readonly atNs: number;
  readonly kind: 'enter' | 'leave';
  readonly pcpu: number;
  readonly vcpu: string;
  /** on the vCPU's CPU clock */
  readonly cpuNs: number;
}

/** Shares over the last second, percent of one pCPU, by VM. */
export interface Shares {
  readonly atNs: number;
  readonly percent: Readonly<Record<string, number>>;
}

export interface LabRunEvents {
  change: [Change];
  decision: [Decision];
  fact: [Fact];
  shares: [Shares];
}

/** EventEmitter's own: somebody begins to listen. */
interface Listening {
  newListener: [event: string | symbol];
}

/** A run's result, with what was done to it. */
export interface LabRunResult extends RunResult {
  /** what was played: the scenario with the VMs and events that came meanwhile */
  readonly scenario: Scenario;
  /** the newest records of the run, for pictures; null: none was made */
  readonly trace: Trace | null;
  /** all that was done, in words, too */
  readonly commands: readonly Change[];
}

/** What a run is made of. */
export interface Started {
  readonly host: LiveHost;
  readonly run: LiveRun;
}

const LOOK_MS = 5;
const TELLERS = new Set<string | symbol>(['change', 'shares']);

export class LabRun extends EventEmitter<LabRunEvents & Listening> implements RecordTaker {
  /** When the run is over. Rejects with RunFailed, which has what was measured until then. */
  readonly result: Promise<LabRunResult>;
  private readonly started: Promise<Started>;
  private readonly ids: string[];
  private readonly names: string[];
  private readonly commands: Change[] = [];
  private readonly reasons: ReadonlyMap<number, string>;
  private isTold = false;
  private isOver = false;

  /** Made by Lab.start(). */
  constructor(
    planned: Scenario,
    terms: Parameters<typeof vocabularyOf>[0],
    started: Promise<Started>,
    result: Promise<Omit<LabRunResult, 'commands'>>,
  ) {
    super();
    this.started = started;
    this.names = planned.vms.map(({ name }) => name);
    this.ids = planned.vms.flatMap(({ name, vcpus }) =>
      Array.from({ length: vcpus }, (_, i) => `${name}/v${i}`),
    );
    this.reasons = new Map([...vocabularyOf(terms).reasons].map(([value, { key }]) => [value, key]));
    this.result = result
      .then((measured) => ({ ...measured, commands: this.commands }))
      .finally(() => {
        this.isOver = true;
      });
    // Whoever waits for `result` learns of a failure there; nobody must.
    this.result.catch(() => undefined);
    started.catch(() => undefined);
    this.on('newListener', (event) => {
      if (TELLERS.has(event)) void this.listen();
    });
  }

  /**
   * Wait until the run has come so far.
   * @param time from its start
   * @returns the instant, ns
   * @throws LabError BAD_OPTION if the run ends before
   */
  async at(time: Time): Promise<number> {
    const parsed = parseDuration(time);
    const untilNs = typeof time === 'number' ? time : parsed.ok ? parsed.value : NaN;
    if (Number.isNaN(untilNs))
      throw new LabError('BAD_OPTION', 'this is no time', {
        expected: "'3s', '20ms' or ns",
        got: String(time),
      });
    const { run } = await this.started;
    for (;;) {
      const nowNs = run.nowNs();
      if (nowNs >= untilNs) return nowNs;
      if (this.isOver)
        throw new LabError('BAD_OPTION', `the run ended before ${String(time)}`, { got: `${nowNs / 1e9} s` });
      await sleep(Math.max(LOOK_MS, Math.min(100, (untilNs - nowNs) / 2e6)));
    }
  }

  /** Change a VM's parameters, by the keys of scenario files: `{ weight: 1024 }`. */
  set(vm: string, parameters: Readonly<Record<string, Time>>): Promise<Change> {
    return this.command({ command: 'set', vm, ...parameters });
  }

  /** Change the scheduler's parameters: `{ slice: '5ms' }`. */
  tune(scheduler: Readonly<Record<string, Time>>): Promise<Change> {
    return this.command({ command: 'tune', scheduler });
  }

  pause(vm: string): Promise<Change> {
    return this.command({ command: 'pause', vm });
  }

  unpause(vm: string): Promise<Change> {
    return this.command({ command: 'unpause', vm });
  }

  /** @returns when it has started */
  create(vm: VmDescription): Promise<Change> {
    return this.command({ command: 'create', vm });
  }

  destroy(vm: string): Promise<Change> {
    return this.command({ command: 'destroy', vm });
  }

  /** @param pin host CPUs, or `'all'` @param vcpu of the VM, from 0; default: all of them */
  pin(vm: string, pin: readonly number[] | 'all', vcpu?: number): Promise<Change> {
    return this.command({ command: 'pin', vm, pin, ...(vcpu !== undefined && { vcpu }) });
  }

  /** Give a VM another program: its life ends, and `NAME.2` begins. */
  workload(
    vm: string,
    workload: string,
    more: { readonly size?: number; readonly work?: string } = {},
  ): Promise<Change> {
    return this.command({ command: 'workload', vm, workload, ...more });
  }

  /** Note this instant, for those who look at the trace. */
  mark(text: string): Promise<Change> {
    return this.command({ command: 'mark', text });
  }

  /** End the run; its result is whole. */
  stop(): Promise<Change> {
    return this.command({ command: 'stop' });
  }

  /** Everything there is to know now. */
  async state(): Promise<HostState> {
    return (await this.started).host.state();
  }

  /** The session as a scenario file, which `creditlab sim` and `run` take. */
  async save(): Promise<string> {
    return (await this.started).host.playedScenario();
  }

  /** @internal */
  append(rows: Float64Array, count: number): void {
    if (this.listenerCount('decision') + this.listenerCount('fact') === 0) return;
    for (let row = 0; row < count; row++) this.tell(rows, row * WIDTH);
  }

  /** @internal */
  grow(growth: Growth): void {
    if (!('vm' in growth)) return;
    const { name, vcpus } = growth.vm;
    this.names.push(name);
    for (let i = 0; i < vcpus; i++) this.ids.push(`${name}/v${i}`);
  }

  /** @internal */
  end(): void {
    // The result tells.
  }

  private async command(command: object): Promise<Change> {
    const { host } = await this.started;
    const change = await host.command(command, 'library');
    this.commands.push(change);
    return change;
  }

  /** Only if somebody wants to know: shares cost something. */
  private async listen(): Promise<void> {
    if (this.isTold) return;
    this.isTold = true;
    const { host } = await this.started;
    host.listen((message) => {
      if (message.kind === 'change') this.emit('change', message.change);
      else if (message.kind === 'shares') {
        const percent = Object.fromEntries(this.names.map((name, vm) => [name, message.percent[vm] ?? 0]));
        this.emit('shares', { atNs: message.atNs, percent });
      }
    });
  }

  private tell(rows: Float64Array, at: number): void {
    const atNs = rows[at + Column.timeNs];
    const vcpu = (column: number): string | null => {
      const index = rows[at + column];
      return index === IDLE ? null : (this.ids[index] ?? null);
    };
    const kind = rows[at + Column.kind];
    if (kind === Kind.decide) {
      const { pcpu, prev, next, reason } = COLUMNS.decide;
      this.emit('decision', {
        atNs,
        pcpu: rows[at + pcpu],
        from: vcpu(prev),
        to: vcpu(next),
        reason: this.reasons.get(rows[at + reason]) ?? '',
      });
    } else if (kind === Kind.enter || kind === Kind.leave) {
      const { pcpu, vcpu: who, cpuNs } = COLUMNS.enter;
      this.emit('fact', {
        atNs,
        kind: kind === Kind.enter ? 'enter' : 'leave',
        pcpu: rows[at + pcpu],
        vcpu: vcpu(who) ?? '',
        cpuNs: rows[at + cpuNs],
      });
    }
  }
}
