/** A run under way, as a program holds it: what it tells, and what may be done to it. */
import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { LabError } from '../base/errors.ts';
import type { LiveHost } from '../control/live-host.ts';
import type { Change, HostState, StreamMessage } from '../control/state.ts';
import type { HostDescription, RunResult } from '../result/result.ts';
import { parseDuration } from '../scenario/duration.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { describeValue } from '../scenario/validate.ts';
import type { LiveRun } from '../testbed/live-run.ts';
import type { Trace } from '../trace/trace.ts';
import type { Time, VmDescription } from './describe.ts';
import type { Decision, Fact, RecordListener } from './record-news.ts';

/** Shares over the last second, percent of one pCPU, by VM. Told ten times a second. */
export interface Shares {
  readonly atNs: number;
  readonly percent: Readonly<Record<string, number>>;
}

/** What a run tells, and with what. */
export interface LabRunEvents {
  /** something was changed, by this program or by the scenario's events */
  change: [Change];
  decision: [Decision];
  fact: [Fact];
  shares: [Shares];
}

/** What a VM is changed to, by the keys of scenario files. */
export interface VmChange {
  readonly weight?: number;
  readonly cap?: number;
  /** what another scheduler declares for its VMs */
  readonly [parameter: string]: unknown;
}

/** A run's result, with what was played. */
export interface LabRunResult extends RunResult {
  /** the scenario as it was played, with the VMs and events that came meanwhile */
  readonly scenario: Scenario;
  /** the newest records of the run, for pictures and explanations; null: none was made */
  readonly trace: Trace | null;
  /** what this program did to it */
  readonly commands: readonly Change[];
  /** the machine */
  readonly host: HostDescription;
}

/** What a run is made of, once it is under way. */
export interface Started {
  readonly host: LiveHost;
  readonly run: LiveRun;
}

export interface LabRunParts {
  readonly started: Promise<Started>;
  readonly result: Promise<Omit<LabRunResult, 'commands'>>;
}

const SOONEST_LOOK_MS = 2;
const LATEST_LOOK_MS = 100;
/** What a host tells only to those who listen. */
const HOST_EVENTS = ['change', 'shares'] as const;

export class LabRun extends EventEmitter<LabRunEvents> implements AsyncDisposable {
  /** When the run is over. Rejects with RunFailed, which has what was measured until then. */
  readonly result: Promise<LabRunResult>;
  private readonly started: Promise<Started>;
  private readonly commands: Change[] = [];
  /** the highest number of a change that listeners were told of */
  private toldChange = 0;
  private names: readonly string[] = [];
  private unlisten: (() => void) | null = null;
  private isListening = false;
  private endNs: number | null = null;

  /** @internal Made by Lab.start(). */
  constructor({ started, result }: LabRunParts) {
    super();
    this.started = started;
    const over = (): void => {
      this.endNs ??= 0;
    };
    this.result = result.then((measured) => ({ ...measured, commands: [...this.commands] })).finally(over);
    // Whoever waits for `result` learns of a failure there; nobody must.
    this.result.catch(() => undefined);
    started.catch(over);
    const emitter = this as unknown as EventEmitter;
    emitter.on('newListener', (event) => {
      if (HOST_EVENTS.some((each) => each === event)) void this.listen();
    });
    emitter.on('removeListener', () => this.listenNoMore());
  }

  /**
   * Wait until the run has come so far.
   * @param time from its start, with its unit; or ns
   * @returns the instant, ns: a moment later, since programs aren't told of every one
   * @throws LabError BAD_OPTION if the run ends before
   */
  async at(time: Time | number): Promise<number> {
    const untilNs = nsOf(time);
    const { run } = await this.started;
    for (;;) {
      const nowNs = this.endNs ?? run.nowNs();
      if (nowNs >= untilNs) return nowNs;
      if (this.endNs !== null)
        throw new LabError('BAD_OPTION', 'the run ended before this time', {
          where: 'at',
          expected: `a time up to ${this.endNs} ns`,
          got: describeValue(time),
        });
      const halfMs = (untilNs - nowNs) / 2e6;
      await sleep(Math.max(SOONEST_LOOK_MS, Math.min(LATEST_LOOK_MS, halfMs)));
    }
  }

  /** Change a VM's parameters, by the keys of scenario files: `{ weight: 1024 }`. */
  set(vm: string, parameters: VmChange): Promise<Change> {
    return this.command({ ...parameters, command: 'set', vm });
  }

  /** Change the scheduler's parameters: `{ tslice: '5ms' }`. */
  tune(scheduler: Readonly<Record<string, number | Time>>): Promise<Change> {
    return this.command({ command: 'tune', scheduler });
  }

  /** Let a VM stand still. */
  pause(vm: string): Promise<Change> {
    return this.command({ command: 'pause', vm });
  }

  /** Let a VM that was paused go on. */
  unpause(vm: string): Promise<Change> {
    return this.command({ command: 'unpause', vm });
  }

  /** @returns when it has started: its threads are made ready before */
  create(vm: VmDescription): Promise<Change> {
    return this.command({ command: 'create', vm });
  }

  /** End a VM for good. */
  destroy(vm: string): Promise<Change> {
    return this.command({ command: 'destroy', vm });
  }

  /**
   * Let a VM run on these host CPUs only.
   * @param pin out of the scenario's pCPUs, or `'all'`
   * @param vcpu of the VM, from 0; default: all of them
   */
  pin(vm: string, pin: readonly number[] | 'all', vcpu?: number): Promise<Change> {
    return this.command({ command: 'pin', vm, pin, ...(vcpu !== undefined && { vcpu }) });
  }

  /** Give a VM another program: its life ends, and that of `NAME.2` begins, which answers to NAME, too. */
  workload(
    vm: string,
    workload: string,
    more: { readonly size?: number; readonly work?: string } = {},
  ): Promise<Change> {
    return this.command({ ...more, command: 'workload', vm, workload });
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

  /** What was played until now, as the text of a scenario file, which `creditlab sim` and `run` take. */
  async save(): Promise<string> {
    return (await this.started).host.playedScenario();
  }

  /** Ends the run if it is still under way. How it went, `result` tells. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.endNs === null) await this.stop().catch(() => undefined);
    await this.result.catch(() => undefined);
  }

  private async command(command: object): Promise<Change> {
    const { host } = await this.started;
    const change = await host.command(command, 'library');
    this.commands.push(change);
    return change;
  }

  /** Only while somebody wants to know: shares cost something. */
  private async listen(): Promise<void> {
    if (this.isListening) return;
    this.isListening = true;
    try {
      const { host, run } = await this.started;
      if (!this.isListening || this.unlisten !== null) return;
      const sinceNs = run.nowNs();
      this.unlisten = host.listen((message) => this.pass(message, sinceNs));
    } catch {
      // It never started: `result` tells why.
    }
  }

  private listenNoMore(): void {
    if (HOST_EVENTS.some((event) => this.listenerCount(event) > 0)) return;
    this.isListening = false;
    this.unlisten?.();
    this.unlisten = null;
  }

  /** @param sinceNs what was changed before somebody listened is no news */
  private pass(message: StreamMessage, sinceNs: number): void {
    if (message.kind === 'state') {
      this.names = message.state.vms.map(({ name }) => name);
      for (const change of message.state.changes) if (change.atNs >= sinceNs) this.passChange(change);
    } else if (message.kind === 'change') {
      this.passChange(message.change);
    } else if (message.kind === 'shares') {
      const { atNs, percent } = message;
      const named = percent.flatMap((share, vm) => (vm < this.names.length ? [[this.names[vm], share]] : []));
      tell(this, 'shares', { atNs, percent: Object.fromEntries(named) as Record<string, number> });
    }
  }

  private passChange(change: Change): void {
    if (change.number <= this.toldChange) return;
    this.toldChange = change.number;
    tell(this, 'change', change);
  }

  /** @internal What is told of the run's records. */
  recordListener(): RecordListener {
    return {
      isListening: () => this.listenerCount('decision') + this.listenerCount('fact') > 0,
      decision: (decision) => tell(this, 'decision', decision),
      fact: (fact) => tell(this, 'fact', fact),
      end: (endNs) => {
        this.endNs = endNs;
      },
    };
  }
}

/** A listener that throws must not disturb the run: its error is nobody's but the program's. */
function tell<Name extends keyof LabRunEvents>(run: LabRun, name: Name, value: LabRunEvents[Name][0]): void {
  try {
    (run as unknown as EventEmitter).emit(name, value);
  } catch (error) {
    process.nextTick(() => {
      throw error;
    });
  }
}

function nsOf(time: Time | number): number {
  if (typeof time === 'number' && time >= 0) return time;
  const parsed = parseDuration(time);
  if (parsed.ok) return parsed.value;
  const { message, expected, hint } = parsed;
  throw new LabError('BAD_OPTION', message, {
    where: 'at',
    expected: `${expected}, or ns`,
    got: describeValue(time),
    ...(typeof time === 'string' && hint !== undefined && { hint }),
  });
}
