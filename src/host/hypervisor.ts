import { MessageChannel, Worker } from 'node:worker_threads';
import type { Distribution } from '../analysis/histogram.ts';
import type { LoopEnd } from '../machine/loop.ts';
import type { Command } from './conductor.ts';
import type { HypervisorData, HypervisorReply, RunRequest } from './hypervisor-thread.ts';
import type { Native } from '../addon/native.ts';
import { siblingModule } from '../base/package-root.ts';

interface Waiting {
  readonly resolve: (reply: HypervisorReply) => void;
  readonly reject: (error: Error) => void;
}

/** The main thread's handle on the hypervisor thread, which serves one run after the other. */
export class Hypervisor {
  /** Whether the thread runs under SCHED_FIFO. */
  realtime = false;
  /** How late some waits of it ended before the first run; null: not known yet. */
  lateness: Distribution | null = null;
  private readonly native: Native;
  private readonly worker: Worker;
  private readonly commands: MessageChannel;
  private waiting: Waiting | null = null;
  private failure: Error | null = null;
  private runs = 0;

  constructor(native: Native) {
    this.native = native;
    this.commands = new MessageChannel();
    const data: HypervisorData = { commands: this.commands.port2 };
    this.worker = new Worker(new URL(siblingModule('hypervisor-thread', import.meta.url)), {
      workerData: data,
      transferList: [this.commands.port2],
    });
    this.worker.on('message', (reply: HypervisorReply) => this.waiting?.resolve(reply));
    this.worker.on('error', (error) => this.fail(error));
    this.worker.on('exit', (code) => this.fail(new Error(`the hypervisor thread ended (code ${code})`)));
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

  /** @throws the error that the thread died of; every vCPU has been released then */
  async run(order: Omit<RunRequest, 'run'>): Promise<LoopEnd> {
    const reply = this.reply();
    this.worker.postMessage({ ...order, run: ++this.runs } satisfies RunRequest);
    const got = await reply;
    if (got.kind !== 'ended') throw new Error('the hypervisor thread is out of step');
    return got.end;
  }

  /** The run under way ends with the loop's next pass. */
  stop(): void {
    this.commands.port1.postMessage({ kind: 'stop', run: this.runs } satisfies Command);
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
