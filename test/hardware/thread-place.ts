/** Where the kernel has a thread of this process. */
import { readFileSync } from 'node:fs';
import { cpusIn } from '../../src/cpus/read-host-cpus.ts';

export interface ThreadPlace {
  /** R: runs or wants to, S: sleeps */
  readonly state: string;
  /** the CPU that it is on, or was on last */
  readonly cpu: number;
  readonly allowed: readonly number[];
}

/** @throws Error when there is no such thread */
export function threadPlace(tid: number): ThreadPlace {
  const dir = `/proc/self/task/${tid}`;
  const stat = readFileSync(`${dir}/stat`, 'utf8');
  // The thread's name, in parentheses, may hold anything.
  const [state, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [, allowed = ''] = /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync(`${dir}/status`, 'utf8')) ?? [];
  return { state, cpu: Number(rest[PROCESSOR]), allowed: cpusIn(allowed) };
}

/** Field 39 of `stat`, which counts from 1, behind pid, name and state. */
const PROCESSOR = 39 - 4;
