/** How much the system still has for this process: what its limits say, less what is used already. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { groupFolders } from '../cpus/control-groups.ts';
import type { Needs } from './needs.ts';
import { MORE_PENDING_SIGNALS, PENDING_SIGNALS } from './pending-signals.ts';
import { readNumber, readText } from '../base/files.ts';

export interface Room {
  readonly resource: keyof Needs;
  /** which limit it is, in words */
  readonly limit: string;
  readonly most: number;
  readonly used: number;
  /** how to get more */
  readonly remedy: string;
}

/** More than any run may need: a limit so far away isn't looked at more closely. */
const PLENTY_OF_THREADS = 2000;
/** Version 1 of control groups writes a number near 2^63 for "no limit". */
const UNLIMITED = 2 ** 60;

/**
 * Every limit that could be read; what can't be read, or isn't there, limits nothing.
 * @param root prefix for /proc and /sys, for invented hosts in tests
 */
export function readRoom(root = '/'): Room[] {
  const status = readText(join(root, 'proc/self/status')) ?? '';
  const limits = readText(join(root, 'proc/self/limits')) ?? '';
  return [
    ...addressSpace(status, limits),
    ...mappings(root),
    ...openFiles(root, limits),
    ...pendingSignals(status),
    ...threads(root, status, limits),
    ...memory(root),
  ];
}

function addressSpace(status: string, limits: string): Room[] {
  return [
    ...room('addressBytes', 'address space of the process (`ulimit -v`)', {
      most: softLimit(limits, 'Max address space'),
      used: kilobytes(status, 'VmSize'),
      remedy: '`ulimit -v unlimited`; nearly all of it is reserved and never used',
    }),
    ...room('dataBytes', 'data of the process (`ulimit -d`)', {
      most: softLimit(limits, 'Max data size'),
      used: kilobytes(status, 'VmData'),
      remedy: '`ulimit -d unlimited`; most of it is reserved and never used',
    }),
  ];
}

function mappings(root: string): Room[] {
  return room('mappings', 'memory mappings of a process (vm.max_map_count)', {
    most: readNumber(join(root, 'proc/sys/vm/max_map_count')),
    used: readText(join(root, 'proc/self/maps'))?.split('\n').length ?? null,
    remedy: '`sudo sysctl vm.max_map_count=262144`',
  });
}

function openFiles(root: string, limits: string): Room[] {
  return room('openFiles', 'open files of the process (`ulimit -n`)', {
    most: softLimit(limits, 'Max open files'),
    used: namesIn(join(root, 'proc/self/fd'))?.length ?? null,
    remedy: '`ulimit -Hn` shows how far `ulimit -n` may raise it',
  });
}

function pendingSignals(status: string): Room[] {
  const [, used, most] = /^SigQ:\s*(\d+)\/(\d+)/m.exec(status) ?? [];
  if (most === undefined) return [];
  return room('pendingSignals', PENDING_SIGNALS, {
    most: Number(most),
    used: Number(used),
    remedy: MORE_PENDING_SIGNALS,
  });
}

function threads(root: string, status: string, limits: string): Room[] {
  const running = Number(/ \d+\/(\d+) /.exec(readText(join(root, 'proc/loadavg')) ?? '')?.[1] ?? NaN);
  const all = Number.isNaN(running) ? null : running;
  const ofSystem = (name: string): Room[] =>
    room('threads', `threads of all programs (kernel.${name})`, {
      most: readNumber(join(root, 'proc/sys/kernel', name)),
      used: all,
      remedy: `\`sudo sysctl kernel.${name}=NUMBER\``,
    });
  return [
    ...ofSystem('threads-max'),
    ...ofSystem('pid_max'),
    ...threadsOfUser(root, status, limits, all),
    ...groupFolders(root, 'pids').flatMap(({ path }) =>
      room('threads', 'threads of the control group (pids.max)', {
        most: readNumber(join(path, 'pids.max')),
        used: readNumber(join(path, 'pids.current')),
        remedy: 'a higher limit (docker: --pids-limit, systemd: TasksMax=)',
      }),
    ),
  ];
}

/** Root isn't bound by it. */
function threadsOfUser(root: string, status: string, limits: string, all: number | null): Room[] {
  const most = softLimit(limits, 'Max processes');
  const user = /^Uid:\s*(\d+)/m.exec(status)?.[1];
  if (most === null || user === undefined || user === '0') return [];
  // Counting them takes a look at each process.
  const used = all !== null && most - all > PLENTY_OF_THREADS ? all : countThreads(root, user);
  return room('threads', 'threads of the user (`ulimit -u`)', {
    most,
    used,
    remedy: '`ulimit -u unlimited`, where that is permitted; or end other programs of the user',
  });
}

function countThreads(root: string, user: string): number {
  let count = 0;
  for (const name of namesIn(join(root, 'proc')) ?? []) {
    if (!/^\d+$/.test(name)) continue;
    const status = readText(join(root, 'proc', name, 'status')) ?? '';
    if (/^Uid:\s*(\d+)/m.exec(status)?.[1] === user)
      count += Number(/^Threads:\s*(\d+)/m.exec(status)?.[1] ?? 1);
  }
  return count;
}

function memory(root: string): Room[] {
  const info = readText(join(root, 'proc/meminfo')) ?? '';
  const total = kilobytes(info, 'MemTotal');
  const available = kilobytes(info, 'MemAvailable');
  const remedy = 'end other programs, or give the machine more memory';
  return [
    ...room('memoryBytes', 'memory of the machine', {
      most: total,
      used: total === null || available === null ? null : total - available,
      remedy,
    }),
    ...groupFolders(root, 'memory').flatMap(({ version, path }) => memoryOfGroup(version, path)),
  ];
}

function memoryOfGroup(version: 1 | 2, path: string): Room[] {
  const [most, current, cache] =
    version === 2
      ? ['memory.max', 'memory.current', 'inactive_file']
      : ['memory.limit_in_bytes', 'memory.usage_in_bytes', 'total_inactive_file'];
  const used = readNumber(join(path, current));
  // Files that nobody has read lately give way.
  const stat = readText(join(path, 'memory.stat')) ?? '';
  const reclaimable = Number(new RegExp(`^${cache} (\\d+)$`, 'm').exec(stat)?.[1] ?? 0);
  return room('memoryBytes', `memory of the control group (${most})`, {
    most: readNumber(join(path, most)),
    used: used === null ? null : Math.max(0, used - reclaimable),
    remedy: 'a higher limit (docker: --memory, systemd: MemoryMax=)',
  });
}

/** Nothing where there is no limit. */
function room(
  resource: keyof Needs,
  limit: string,
  { most, used, remedy }: { most: number | null; used: number | null; remedy: string },
): Room[] {
  if (most === null || most >= UNLIMITED || used === null) return [];
  return [{ resource, limit, most, used, remedy }];
}

function softLimit(limits: string, name: string): number | null {
  const soft = new RegExp(`^${name}\\s+(\\d+|unlimited)`, 'm').exec(limits)?.[1];
  return soft === undefined || soft === 'unlimited' ? null : Number(soft);
}

function kilobytes(text: string, name: string): number | null {
  const value = new RegExp(`^${name}:\\s*(\\d+) kB`, 'm').exec(text)?.[1];
  return value === undefined ? null : 1024 * Number(value);
}

function namesIn(dir: string): string[] | null {
  try {
    return readdirSync(dir);
  } catch {
    return null;
  }
}
