import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';
import type { Distribution } from '../analysis/histogram.ts';
import type { LoopEnd } from '../machine/loop.ts';
import { errorFrom } from '../base/error-data.ts';
import { LabError } from '../base/errors.ts';
import { Pulse } from '../core/guarded.ts';
import { moduleOf } from '../policies.ts';
import type { MadeChange } from '../machine/loop.ts';
import type { Inspection } from '../machine/inspect.ts';
import type { Answer, HostOperation, Made, Order } from './orders.ts';
import { PolicyWatch } from './policy-watch.ts';
import type { HypervisorData, HypervisorReply, HypervisorRequest, RunRequest } from './hypervisor-thread.ts';
import type { Native } from '../addon/native.ts';
import { siblingModule } from '../base/package-root.ts';

interface Waiting {
  readonly resolve: (reply: HypervisorReply) => void;
  readonly reject: (error: Error) => void;
}

interface Asked {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

/** The main thread's handle on the hypervisor thread, which serves one run after the other. */
export class Hypervisor {
  /** Whether the thread runs under SCHED_FIFO. */
  realtime = false;
  /** How late some waits of it ended before the first run; null: not known yet. */
  lateness: Distribution | null = null;
  private readonly pulse = new SharedArrayBuffer(Pulse.size * Int32Array.BYTES_PER_ELEMENT);
  private readonly native: Native;
  private readonly worker: Worker;
  private readonly commands: MessageChannel;
  private waiting: Waiting | null = null;
  private failure: Error | null = null;
  private runs = 0;
  /** What was asked of the run under way, by number. */
  private readonly asked = new Map<number, Asked>();
  private questions = 0;
  private isRunning = false;
  private onEvent: (made: MadeChange) => void = () => undefined;

  constructor(native: Native) {
    this.native = native;
    this.commands = new MessageChannel();
    const data: HypervisorData = { commands: this.commands.port2, pulse: this.pulse };
    this.worker = new Worker(new URL(siblingModule('hypervisor-thread', import.meta.url)), {
      workerData: data,
      transferList: [this.commands.port2],
    });
    this.worker.on('message', (reply: HypervisorReply) => this.waiting?.resolve(reply));
    this.worker.on('error', (error) => this.fail(error));
    this.worker.on('exit', (code) => this.fail(new Error(`the hypervisor thread ended (code ${code})`)));
    this.commands.port1.on('message', (answer: Answer) => this.take(answer));
    // Neither may keep a process alive that wants to end.
    this.commands.port1.unref();
    this.worker.unref();
  }

  async ready(): Promise<void> {
    const reply = await this.reply();
    if (reply.kind !== 'ready') return;
    this.realtime = reply.realtime;
    this.lateness = reply.lateness;
  }

  /**
   * Let the code of a policy be compiled before a run: it takes a while, and nothing may wait at the gate meanwhile.
   * @throws as run()
   */
  async rehearse(type: string): Promise<void> {
    const reply = this.reply();
    this.worker.postMessage({ kind: 'rehearse', type, module: moduleOf(type) } satisfies HypervisorRequest);
    if (requireSound(await reply).kind !== 'rehearsed') throw outOfStep();
  }

  /** Looks after a policy from a file while it runs. */
  policyWatch(type: string): PolicyWatch {
    return new PolicyWatch(new Int32Array(this.pulse), type);
  }

  /** @throws the error that the thread died of, or the policy broke with; every vCPU has been released then */
  async run(
    order: Omit<RunRequest, 'run'>,
    onEvent: (made: MadeChange) => void = () => undefined,
  ): Promise<LoopEnd> {
    const reply = this.reply();
    this.onEvent = onEvent;
    this.isRunning = true;
    this.worker.postMessage({ kind: 'run', ...order, run: ++this.runs } satisfies HypervisorRequest);
    let got: HypervisorReply;
    try {
      got = await reply;
    } finally {
      this.isRunning = false;
      // Answers come over a port of their own: the last ones were sent before the end, and may be behind it.
      this.takeAll();
      for (const { reject } of this.asked.values()) reject(runIsOver());
      this.asked.clear();
    }
    const sound = requireSound(got);
    if (sound.kind !== 'ended') throw outOfStep();
    return sound.end;
  }

  /** The run under way ends with the loop's next pass. */
  stop(): void {
    this.send({ kind: 'stop', run: this.runs });
  }

  /**
   * Make changes in the loop's next pass.
   * @returns with `refused`, in a sentence, if the policy refuses one; only those before it were made then
   */
  async change(operations: readonly HostOperation[]): Promise<Made & { readonly refused: string | null }> {
    const answer = await this.ask((id) => ({ kind: 'change', run: this.runs, id, operations }));
    if (answer.kind === 'changed') return { ...answer.made, refused: null };
    if (answer.kind === 'refused') return { ...answer.made, refused: answer.why };
    throw outOfStep();
  }

  async inspect(): Promise<Inspection> {
    const answer = await this.ask((id) => ({ kind: 'inspect', run: this.runs, id }));
    if (answer.kind === 'inspected') return answer.inspection;
    throw outOfStep();
  }

  private ask(orderOf: (id: number) => Order): Promise<Answer> {
    if (!this.isRunning) return Promise.reject(runIsOver());
    const id = ++this.questions;
    return new Promise((resolve, reject) => {
      this.asked.set(id, { resolve, reject });
      this.send(orderOf(id));
    });
  }

  private take(answer: Answer): void {
    if (answer.kind === 'event') {
      this.onEvent(answer.made);
      return;
    }
    this.asked.get(answer.id)?.resolve(answer);
    this.asked.delete(answer.id);
  }

  private takeAll(): void {
    for (;;) {
      const got = receiveMessageOnPort(this.commands.port1) as { message: Answer } | undefined;
      if (got === undefined) return;
      this.take(got.message);
    }
  }

  private send(order: Order): void {
    this.commands.port1.postMessage(order);
    this.native.kick();
  }

  async close(): Promise<void> {
    this.commands.port1.close();
    await this.worker.terminate();
  }

  private reply(): Promise<HypervisorReply> {
    if (this.failure !== null) return Promise.reject(this.failure);
    this.worker.ref();
    const reply = new Promise<HypervisorReply>((resolve, reject) => {
      this.waiting = { resolve, reject };
    });
    return reply.finally(() => this.worker.unref());
  }

  private fail(error: Error): void {
    this.failure ??= error;
    this.native.releaseAll();
    this.waiting?.reject(this.failure);
  }
}

function requireSound(reply: HypervisorReply): Exclude<HypervisorReply, { readonly kind: 'broken' }> {
  if (reply.kind === 'broken') throw errorFrom(reply.error);
  return reply;
}

function outOfStep(): Error {
  return new Error('the hypervisor thread is out of step');
}

function runIsOver(): LabError {
  return new LabError('BAD_OPTION', 'the run is over');
}
