/**
 * What this process's threads other than the vCPUs took from the pCPUs: main, the loop, V8's helpers, libuv's. The
 * kernel keeps each thread's CPU time and on which CPU it was last; what a thread's time has grown since the last look
 * counts for that CPU.
 *
 * So the sum is exact for threads that live on. Which pCPU it counts for is only as exact as the looks are frequent.
 * The time of a thread that began and ended between two listings is missing.
 */
import { closeSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';

/** Between two listings new threads aren't known: libuv's come when they are first needed. */
const LOOKS_PER_LISTING = 2;
/** Counted from 0 behind the name, which is in parentheses and may hold any character. */
const PROCESSOR_FIELD = 36;

interface Watched {
  /** files that stay open: to read one again is much cheaper than to open it again */
  readonly schedstat: number;
  readonly stat: number;
  cpuNs: number;
}

export class OwnThreads {
  /** Index pCPU: CPU time of own threads there so far, ns; null: this kernel doesn't tell. */
  ownNs: Float64Array | null;
  private readonly pcpus: readonly number[];
  private readonly isVcpu: (tid: number) => boolean;
  private readonly dir: string;
  private readonly watched = new Map<number, Watched>();
  private readonly excluded = new Set<number>();
  private readonly buffer = Buffer.alloc(1024);
  private looks = 0;

  /** @param proc another directory than this process's own in /proc, for invented ones in tests */
  constructor(pcpus: readonly number[], isVcpu: (tid: number) => boolean, proc = '/proc/self') {
    this.pcpus = pcpus;
    this.isVcpu = isVcpu;
    this.dir = join(proc, 'task');
    this.ownNs = new Float64Array(pcpus.length);
  }

  /** It is a vCPU from now on. What it uses isn't looked at any more, also not what it does later. */
  exclude(tid: number): void {
    const thread = this.watched.get(tid);
    if (thread !== undefined) this.account(tid, thread);
    this.excluded.add(tid);
    this.forget(tid);
  }

  /** From now on. */
  start(): void {
    this.list(true);
    if (this.watched.size === 0) this.ownNs = null;
  }

  look(): void {
    if (this.ownNs === null) return;
    if (++this.looks % LOOKS_PER_LISTING === 0) this.list(false);
    for (const [tid, thread] of this.watched) this.account(tid, thread);
  }

  /** The last look. */
  end(): void {
    if (this.ownNs !== null) {
      this.list(false);
      for (const [tid, thread] of this.watched) this.account(tid, thread);
    }
    for (const tid of [...this.watched.keys()]) this.forget(tid);
  }

  /** @param isStart what the threads used before doesn't count */
  private list(isStart: boolean): void {
    let names: string[];
    try {
      names = readdirSync(this.dir);
    } catch {
      return;
    }
    for (const tid of names.map(Number)) {
      if (this.watched.has(tid) || this.excluded.has(tid) || this.isVcpu(tid)) continue;
      const schedstat = open(join(this.dir, String(tid), 'schedstat'));
      if (schedstat === null) continue;
      const stat = open(join(this.dir, String(tid), 'stat'));
      if (stat === null) {
        closeSync(schedstat);
        continue;
      }
      const thread: Watched = { schedstat, stat, cpuNs: 0 };
      this.watched.set(tid, thread);
      if (isStart) thread.cpuNs = this.cpuNs(thread) ?? 0;
    }
  }

  private account(tid: number, thread: Watched): void {
    const cpuNs = this.cpuNs(thread);
    if (cpuNs === null) return this.forget(tid);
    const grownNs = cpuNs - thread.cpuNs;
    if (grownNs <= 0) return;
    thread.cpuNs = cpuNs;
    const pcpu = this.pcpus.indexOf(this.processor(thread));
    if (pcpu >= 0 && this.ownNs !== null) this.ownNs[pcpu] += grownNs;
  }

  /** null: the thread has ended */
  private cpuNs({ schedstat }: Watched): number | null {
    const text = this.read(schedstat);
    return text === null ? null : Number(text.slice(0, text.indexOf(' ')));
  }

  private processor({ stat }: Watched): number {
    const text = this.read(stat) ?? '';
    return Number(text.slice(text.lastIndexOf(')') + 2).split(' ', PROCESSOR_FIELD + 1)[PROCESSOR_FIELD]);
  }

  private read(file: number): string | null {
    try {
      return this.buffer.toString('latin1', 0, readSync(file, this.buffer, 0, this.buffer.length, 0));
    } catch {
      return null;
    }
  }

  private forget(tid: number): void {
    const thread = this.watched.get(tid);
    if (thread === undefined) return;
    closeSync(thread.schedstat);
    closeSync(thread.stat);
    this.watched.delete(tid);
  }
}

function open(file: string): number | null {
  try {
    return openSync(file, 'r');
  } catch {
    return null;
  }
}
