/** The kernel's own record of who ran on which CPU, where this process may have it. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Per CPU; some seconds of switches of a busy machine. */
const BUFFER_KB = 8192;
const USUAL_MOUNT = '/sys/kernel/tracing';

/** A thread came onto a CPU in place of another. */
export interface Switch {
  readonly cpu: number;
  /** CLOCK_MONOTONIC, ns */
  readonly timeNs: number;
  /** names of the threads that left and came */
  readonly prev: string;
  readonly next: string;
}

/** Records sched_switch in a trace instance of its own, so that it's in nobody's way. */
export class KernelTrace {
  private readonly root: string;
  private readonly isMounted: boolean;
  private readonly instance: string;

  /** @throws Error when it is not permitted */
  constructor() {
    this.isMounted = !existsSync(join(USUAL_MOUNT, 'instances'));
    this.root = this.isMounted ? mkdtempSync(join(tmpdir(), 'tracefs-')) : USUAL_MOUNT;
    if (this.isMounted) {
      try {
        execFileSync('mount', ['-t', 'tracefs', 'none', this.root], { stdio: 'pipe' });
      } catch (error) {
        rmdirSync(this.root);
        throw error;
      }
    }
    this.instance = join(this.root, 'instances', `creditlab-${process.pid}`);
    try {
      mkdirSync(this.instance);
      this.set('trace_clock', 'mono');
      this.set('buffer_size_kb', String(BUFFER_KB));
    } catch (error) {
      this.close();
      throw error;
    }
  }

  start(): void {
    this.set('trace', ''); // which empties it
    this.set('events/sched/sched_switch/enable', '1');
    this.set('tracing_on', '1');
  }

  /** @returns what happened since start(), and how many events the kernel had to drop */
  stop(): { readonly switches: readonly Switch[]; readonly lost: number } {
    this.set('tracing_on', '0');
    this.set('events/sched/sched_switch/enable', '0');
    const text = readFileSync(join(this.instance, 'trace'), 'utf8');
    const counts = /entries-in-buffer\/entries-written: (\d+)\/(\d+)/.exec(text);
    const lost = counts === null ? 0 : Number(counts[2]) - Number(counts[1]);
    return { switches: text.split('\n').flatMap(parsed), lost };
  }

  close(): void {
    if (existsSync(this.instance)) rmdirSync(this.instance);
    if (!this.isMounted) return;
    execFileSync('umount', [this.root]);
    rmdirSync(this.root);
  }

  private set(file: string, value: string): void {
    writeFileSync(join(this.instance, file), value);
  }
}

const LINE =
  /\[(\d+)\] \S+ +(\d+)\.(\d{6}): sched_switch: prev_comm=(.*?) prev_pid=.* ==> next_comm=(.*?) next_pid=/;

function parsed(line: string): Switch[] {
  const found = LINE.exec(line);
  if (found === null) return [];
  const [, cpu, seconds, micros, prev, next] = found;
  const timeNs = Number(seconds) * 1e9 + Number(micros) * 1e3;
  return [{ cpu: Number(cpu), timeNs, prev, next }];
}
