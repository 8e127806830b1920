import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readHostCpus } from '../../src/cpus/read-host-cpus.ts';
import type { HostCpus } from '../../src/cpus/host-cpus.ts';

/** Contents by path, as under `/`. */
export type Files = Readonly<Record<string, string>>;

/** What the lab makes of a host that has just these files in /proc and /sys. */
export function hostCpusOf(files: Files): HostCpus {
  return onHost(files, (root) => readHostCpus(root));
}

/** What `read` makes of a host that has just these files below `root`; `change` writes others. */
export function onHost<T>(files: Files, read: (root: string, change: (others: Files) => void) => T): T {
  const root = mkdtempSync(join(tmpdir(), 'creditlab-host-'));
  const write = (some: Files): void => {
    for (const [path, text] of Object.entries(some)) {
      const file = join(root, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, `${text}\n`);
    }
  };
  try {
    write(files);
    return read(root, write);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

export function online(list: string): Files {
  return { 'sys/devices/system/cpu/online': list };
}

/** @param list as the kernel writes it: 0-3,8 */
export function allowing(list: string): Files {
  return {
    'proc/self/status': `Name:\tnode\nCpus_allowed:\tff\nCpus_allowed_list:\t${list}\nMems_allowed_list:\t0`,
  };
}

/** @param siblings both threads of its core, as the kernel lists them */
export function cpu(id: number, core: number, siblings: string, socket = 0): Files {
  const dir = `sys/devices/system/cpu/cpu${id}/topology`;
  return {
    [`${dir}/core_id`]: String(core),
    [`${dir}/physical_package_id`]: String(socket),
    [`${dir}/thread_siblings_list`]: siblings,
  };
}

export function capacity(id: number, value: number): Files {
  return { [`sys/devices/system/cpu/cpu${id}/cpu_capacity`]: String(value) };
}
