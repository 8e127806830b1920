/**
 * The host's CPUs as data, read from /proc and /sys once, before any thread is pinned (a pinned thread's children
 * inherit its mask, and os.availableParallelism() then says 1).
 */
import { existsSync, readdirSync } from 'node:fs';
import { cpus as osCpus } from 'node:os';
import { join } from 'node:path';
import { parseCpuList } from '../scenario/cpu-list.ts';
import { groupFolders, type GroupFolder } from './control-groups.ts';
import { readText } from '../base/files.ts';
import type { HostCpu, HostCpus } from './host-cpus.ts';
import { recommendPcpus } from './recommend.ts';

/** @param root prefix for /proc and /sys, for invented hosts in tests */
export function readHostCpus(root = '/'): HostCpus {
  const allowed = readAllowed(root);
  const online = readOnline(root);
  const allowedCpus = online === null ? allowed : allowed.filter((cpu) => online.includes(cpu));
  const cpus = allowedCpus.map((id) => readCpu(root, id));
  const known = { cpus, preferredCpus: prefer(cpus), cgroupQuotaCpus: readQuota(root) };
  return {
    ...known,
    allowedCpus,
    offlineCpus: online === null ? [] : offlineOf(allowed, online, root),
    recommendedCpus: recommendPcpus(known).pcpus,
  };
}

/** The CPUs that this process may use now, without all the rest. */
export function readAllowedCpus(root = '/'): number[] {
  const online = readOnline(root);
  return readAllowed(root).filter((cpu) => online?.includes(cpu) ?? true);
}

/** A list of the kernel's; what is no list has no CPUs, as an empty one. */
export function cpusIn(list: string): number[] {
  const parsed = parseCpuList(list);
  return parsed.ok ? parsed.value : [];
}

/** The kernel doesn't cut this list down to the CPUs that are online. */
function readAllowed(root: string): number[] {
  const line = /^Cpus_allowed_list:\s*(.*)$/m.exec(readText(join(root, 'proc/self/status')) ?? '');
  // Not Linux: nothing will be pinned, but scenarios can still be checked and simulated.
  return line === null ? osCpus().map((_, id) => id) : cpusIn(line[1]);
}

/** null: not told */
function readOnline(root: string): number[] | null {
  const list = readText(join(root, 'sys/devices/system/cpu/online'));
  const online = list === null ? [] : cpusIn(list);
  return online.length === 0 ? null : online;
}

/**
 * The mask of allowed CPUs may name many that the machine has no room for: only those with a folder can ever come
 * online.
 */
function offlineOf(allowed: readonly number[], online: readonly number[], root: string): number[] {
  const present = cpuDirs(root);
  return allowed.filter((cpu) => !online.includes(cpu) && present.includes(cpu));
}

function readCpu(root: string, id: number): HostCpu {
  const dir = join(root, `sys/devices/system/cpu/cpu${id}/topology`);
  const siblings = cpusIn(readText(join(dir, 'thread_siblings_list')) ?? String(id));
  return {
    id,
    core: number(readText(join(dir, 'core_id')), id),
    socket: Math.max(0, number(readText(join(dir, 'physical_package_id')), 0)),
    smtSiblings: siblings.filter((cpu) => cpu !== id),
    coreType: coreType(root, id),
  };
}

/** Hybrid x86 lists its cores by type; hybrid Arm gives each a relative capacity. */
function coreType(root: string, id: number): HostCpu['coreType'] {
  const efficient = readText(join(root, 'sys/devices/cpu_atom/cpus'));
  if (efficient !== null) return cpusIn(efficient).includes(id) ? 'efficiency' : 'performance';
  const capacity = (cpu: number): number =>
    number(readText(join(root, `sys/devices/system/cpu/cpu${cpu}/cpu_capacity`)), NaN);
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
  const dir = join(root, 'sys/devices/system/cpu');
  return (existsSync(dir) ? readdirSync(dir) : [])
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
  const least = Math.min(...groupFolders(root, 'cpu').map(quotaOf));
  return Number.isFinite(least) ? least : null;
}

function quotaOf({ version, path }: GroupFolder): number {
  if (version === 2) {
    const [quota, period] = (readText(join(path, 'cpu.max')) ?? 'max').split(' ');
    return quota === 'max' ? Infinity : Number(quota) / Number(period);
  }
  const quota = number(readText(join(path, 'cpu.cfs_quota_us')), -1);
  return quota <= 0 ? Infinity : quota / number(readText(join(path, 'cpu.cfs_period_us')), 100_000);
}

function number(text: string | null, otherwise: number): number {
  return text === null || text === '' ? otherwise : Number(text);
}
