import { Piscina } from 'piscina';
import { LabError } from '../base/errors.ts';
import { siblingModule } from '../base/package-root.ts';
import { orTimeout, TIMED_OUT } from './abort.ts';
import type { VcpuReply, VcpuTask } from './vcpu-thread.ts';

type Reply<Kind extends VcpuReply['kind']> = Extract<VcpuReply, { kind: Kind }>;

export type Ran = Reply<'ran'>;

/** One thread per vCPU, each with at most one long task. */
export class VcpuPool {
  readonly threads: number;
  /** how many there may be, when tasks come for which no thread is free */
  readonly most: number;
  private readonly pool: Piscina;
  private isClosed = false;
  private openTasks = 0;

  constructor(threads: number, most = threads) {
    this.threads = threads;
    this.most = most;
    this.pool = new Piscina<VcpuTask, VcpuReply>({
      filename: siblingModule('vcpu-thread', import.meta.url),
      minThreads: threads,
      maxThreads: Math.max(1, most),
      idleTimeout: Infinity,
      concurrentTasksPerWorker: 1,
    });
  }

  /** Whether a thread is doing something. */
  get isBusy(): boolean {
    return this.openTasks > 0;
  }

  /**
   * @param giveUp aborting it ends the thread, which must not be at the gate: it can't end while it is paused
   * @throws LabError as the task failed, RUN_FAILED if its thread died
   */
  async run<Kind extends VcpuReply['kind']>(
    task: VcpuTask,
    kind: Kind,
    giveUp: AbortSignal | null = null,
  ): Promise<Reply<Kind>> {
    let reply: VcpuReply;
    this.openTasks++;
    try {
      reply = (await this.pool.run(task, { signal: giveUp })) as VcpuReply;
    } catch (cause) {
      throw new LabError('RUN_FAILED', `the thread of a vCPU ended: ${(cause as Error).message}`, { cause });
    } finally {
      this.openTasks--;
    }
    if (reply.kind === 'failed')
      throw new LabError(reply.error.code, reply.error.message, reply.error.details);
    if (reply.kind !== kind) throw new LabError('RUN_FAILED', `the vCPU pool is out of step: ${reply.kind}`);
    return reply as Reply<Kind>;
  }

  /** The same for what should be done soon: a thread that takes longer is ended, and another one started if needed. */
  async runWithin<Kind extends VcpuReply['kind']>(
    task: VcpuTask,
    kind: Kind,
    limitMs: number,
  ): Promise<Reply<Kind> | typeof TIMED_OUT> {
    const limit = new AbortController();
    const reply = await orTimeout(this.run(task, kind, limit.signal), limitMs);
    if (reply === TIMED_OUT) limit.abort();
    return reply;
  }

  /** Ends all threads, also one that is stuck in a step. Everybody must have been released before. */
  async close(): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    await this.pool.destroy();
  }
}
