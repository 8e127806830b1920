/** What this system runs in: a virtual machine, a container, control groups. */
import type { ObservedContainer, Observations } from './observations.ts';
import type { HostFiles } from './host-files.ts';

/** How the best known hypervisors call the machines that they invent. */
const NAMES: readonly (readonly [RegExp, string])[] = [
  [/amazon ec2/i, 'Amazon EC2'],
  [/google/i, 'Google Compute Engine'],
  [/vmware/i, 'VMware'],
  [/virtualbox|innotek/i, 'VirtualBox'],
  [/microsoft corporation virtual machine/i, 'Hyper-V'],
  [/xen/i, 'Xen'],
  [/qemu|kvm/i, 'KVM'],
];

/** @param told what else the system says; null: nothing */
export function readVirtual(
  files: HostFiles,
  told: { readonly isVirtual: boolean; readonly host: string } | null,
): Observations['virtual'] {
  const cpuinfo = files.text('proc/cpuinfo');
  const dmi = ['sys_vendor', 'product_name']
    .map((name) => files.text(`sys/class/dmi/id/${name}`) ?? '')
    .join(' ');
  const host = NAMES.find(([pattern]) => pattern.test(dmi))?.[1] ?? told?.host ?? '';
  // The processor itself says that there is a hypervisor; on Arm, which has no such flag, names must do.
  if (/^flags\s*:.*\bhypervisor\b/m.test(cpuinfo ?? '')) return { isVirtual: true, host };
  if (/^flags\s*:/m.test(cpuinfo ?? '')) return { isVirtual: false, host: '' };
  if (host !== '') return { isVirtual: true, host };
  return told ?? (cpuinfo === null ? null : { isVirtual: false, host: '' });
}

/** Control groups of the first version write a number near 2^63 for "no limit". */
const UNLIMITED = 2 ** 60;

export function readContainer(files: HostFiles, env: NodeJS.ProcessEnv): ObservedContainer {
  return {
    name: containerName(files, env),
    memoryBytes: narrowest(files, 'memory', ['memory.max', 'memory.limit_in_bytes']),
    tasks: narrowest(files, 'pids', ['pids.max']),
  };
}

/** Docker and podman leave a file, systemd's containers a file or a variable, others the name of a control group. */
function containerName(files: HostFiles, env: NodeJS.ProcessEnv): string | null {
  if (files.exists('.dockerenv')) return 'docker';
  if (files.exists('run/.containerenv')) return 'podman';
  const told = files.text('run/systemd/container') ?? env.container ?? '';
  if (told !== '') return told;
  return /docker|kubepods|lxc|containerd/.exec(files.text('proc/self/cgroup') ?? '')?.[0] ?? null;
}

/**
 * The least limit on the way from this process's control group to the root.
 * @param controller as the first version of control groups mounts it
 */
function narrowest(files: HostFiles, controller: string, names: readonly string[]): number | null {
  const limits: number[] = [];
  for (const line of (files.text('proc/self/cgroup') ?? '').split('\n')) {
    const [, controllers, path] = /^\d+:([^:]*):\/?(.*)$/.exec(line) ?? [];
    if (controllers === undefined) continue;
    const isOwn = controllers.split(',').includes(controller);
    if (controllers !== '' && !isOwn) continue;
    const parts = path.split('/').filter((part) => part !== '');
    for (let depth = 0; depth <= parts.length; depth++) {
      const dir = ['sys/fs/cgroup', ...(isOwn ? [controller] : []), ...parts.slice(0, depth)].join('/');
      for (const name of names) limits.push(files.number(`${dir}/${name}`) ?? Infinity);
    }
  }
  const least = Math.min(...limits);
  return least < UNLIMITED ? least : null;
}
