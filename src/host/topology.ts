/**
 * The host's CPUs as data, read from /proc and /sys once, before any thread is pinned (a pinned thread's children inherit its mask, and
 * os.availableParallelism() then says 1).
 */
import { readdirSync, readFileSync } from 'node:fs';
import { cpus as osCpus } from 'node:os';
import { join } from 'node:path';
import type { HostCpu } from '../experiment/result.ts';
import { parseCpuList } from '../scenario/cpu-list.ts';

export interface Topology {
  readonly cpus: readonly HostCpu[];
  /** CPUs that this process may use, ascending */
  readonly allowedCpus: readonly number[];
  /** The same, best choice first: performance cores before efficiency cores, one thread of each core before second threads, and
   *  high numbers first, because the host's interrupts tend to land on the low ones. */
  readonly preferredCpus: readonly number[];
  /** CPUs' worth of time that the control group allows; null: no limit */
  readonly cgroupQuotaCpus: number | null;
}

/** @param root prefix for /proc and /sys, for invented hosts in tests */
export function readTopology(root = '/'): Topology {
  const allowedCpus = allowed(root);
  const cpus = allowedCpus.map((id) => readCpu(root, id));
  return { cpus, allowedCpus, preferredCpus: prefer(cpus), cgroupQuotaCpus: readQuota(root) };
}

/** A list of the kernel's; what is no list has no CPUs, as an empty one. */
export function cpusIn(list: string): number[] {
  const parsed = parseCpuList(list);
  return parsed.ok ? parsed.value : [];
}

function allowed(root: string): number[] {
  const line = /^Cpus_allowed_list:\s*(.*)$/m.exec(read(join(root, 'proc/self/status')) ?? '');
  // Not Linux: nothing will be pinned, but scenarios can still be checked and simulated.
  return line === null ? osCpus().map((_, id) => id) : cpusIn(line[1]);
}

function readCpu(root: string, id: number): HostCpu {
  const dir = join(root, `sys/devices/system/cpu/cpu${id}/topology`);
  const siblings = cpusIn(read(join(dir, 'thread_siblings_list')) ?? String(id));
  return {
    id,
    core: number(read(join(dir, 'core_id')), id),
    socket: Math.max(0, number(read(join(dir, 'physical_package_id')), 0)),
    smtSiblings: siblings.filter((cpu) => cpu !== id),
    coreType: coreType(root, id),
  };
}

/** Hybrid x86 lists its cores by type; hybrid Arm gives each a relative capacity. */
function coreType(root: string, id: number): HostCpu['coreType'] {
  const efficient = read(join(root, 'sys/devices/cpu_atom/cpus'));
  if (efficient !== null) return cpusIn(efficient).includes(id) ? 'efficiency' : 'performance';
  const capacity = (cpu: number): number =>
    number(read(join(root, `sys/devices/system/cpu/cpu${cpu}/cpu_capacity`)), NaN);
  const own = capacity(id);
  if (Number.isNaN(own)) return 'uniform';
  // One that is offline may have no capacity.
  const all = cpuDirs(root)
    .map(capacity)
    .filter((value) => !Number.isNaN(value));
  const most = Math.max(...all);
  if (all.every((value) => value === most)) return 'uniform';
  return own === most ? 'performance' : 'efficiency';
}

function cpuDirs(root: string): number[] {
  return readdirSync(join(root, 'sys/devices/system/cpu'))
    .map((name) => /^cpu(\d+)$/.exec(name)?.[1])
    .filter((id) => id !== undefined)
    .map(Number);
}

function prefer(cpus: readonly HostCpu[]): number[] {
  const isSecondThread = (cpu: HostCpu): boolean =>
    cpu.smtSiblings.some((sibling) => sibling > cpu.id && cpus.some((other) => other.id === sibling));
  const rank = (cpu: HostCpu): number =>
    (cpu.coreType === 'efficiency' ? 1 : 0) + (isSecondThread(cpu) ? 2 : 0);
  return [...cpus].sort((a, b) => rank(a) - rank(b) || b.id - a.id).map((cpu) => cpu.id);
}

/** The narrowest limit on the way from this process's group to the root. */
function readQuota(root: string): number | null {
  const limits: number[] = [];
  for (const line of (read(join(root, 'proc/self/cgroup')) ?? '').split('\n')) {
    // A path may hold colons itself: containerd's do.
    const [, controllers, ...rest] = line.split(':');
    if (rest.length === 0) continue;
    const path = rest.join(':');
    if (controllers === '')
      limits.push(...alongPath(path, (dir) => quotaV2(join(root, 'sys/fs/cgroup', dir))));
    if (controllers.split(',').includes('cpu'))
      limits.push(...alongPath(path, (dir) => quotaV1(join(root, 'sys/fs/cgroup/cpu', dir))));
  }
  const least = Math.min(...limits);
  return Number.isFinite(least) ? least : null;
}

function alongPath(path: string, limitOf: (dir: string) => number): number[] {
  const parts = path.split('/').filter((part) => part !== '');
  return Array.from({ length: parts.length + 1 }, (_, depth) => limitOf(parts.slice(0, depth).join('/')));
}

function quotaV2(dir: string): number {
  const [quota, period] = (read(join(dir, 'cpu.max')) ?? 'max').split(' ');
  return quota === 'max' ? Infinity : Number(quota) / Number(period);
}

function quotaV1(dir: string): number {
  const quota = number(read(join(dir, 'cpu.cfs_quota_us')), -1);
  return quota <= 0 ? Infinity : quota / number(read(join(dir, 'cpu.cfs_period_us')), 100_000);
}

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return null;
  }
}

function number(text: string | null, otherwise: number): number {
  return text === null || text === '' ? otherwise : Number(text);
}
