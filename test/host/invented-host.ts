import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readTopology, type Topology } from '../../src/host/topology.ts';

/** Contents by path, as under `/`. */
export type Files = Readonly<Record<string, string>>;

/** What the lab makes of a host that has just these files in /proc and /sys. */
export function topologyOf(files: Files): Topology {
  const root = mkdtempSync(join(tmpdir(), 'creditlab-host-'));
  try {
    for (const [path, text] of Object.entries(files)) {
      const file = join(root, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, `${text}\n`);
    }
    return readTopology(root);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
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
