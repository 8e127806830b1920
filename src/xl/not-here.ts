/** Commands of Xen's tool that aren't here, and why. Nothing is left out without a word. */
import { LabError } from '../base/errors.ts';
import type { XlCommand } from './command.ts';

const GROUPS: readonly (readonly [why: string, commands: string])[] = [
  [
    'VMs have no devices: their vCPUs compute, or sleep',
    'block-attach block-configure block-detach block-list cd-eject cd-insert channel-list network-attach ' +
      'network-detach network-list pci-assignable-add pci-assignable-list pci-assignable-remove pci-attach ' +
      'pci-detach pci-list usbctrl-attach usbctrl-detach usb-list usbdev-attach usbdev-detach vdispl-attach ' +
      'vdispl-detach vdispl-list vkb-attach vkb-detach vkb-list vsnd-attach vsnd-detach vsnd-list vtpm-attach ' +
      'vtpm-detach vtpm-list',
  ],
  [
    'a host has one pool, with all its pCPUs; cpupool-list shows it',
    'cpupool-cpu-add cpupool-cpu-remove cpupool-create cpupool-destroy cpupool-migrate cpupool-numa-split ' +
      'cpupool-rename',
  ],
  [
    'nothing hands out memory to VMs',
    'claims mem-max mem-set sharing tmem-freeable tmem-list tmem-set tmem-thaw',
  ],
  [
    'no operating system runs in a VM that could be talked to; destroy ends a VM',
    'button-press console qemu-monitor-command reboot shutdown sysrq trigger vncviewer',
  ],
  [
    'a VM is a set of threads, which stay in their process; pause stops one, and create starts another',
    'dump-core fork-vm launch-vm migrate migrate-receive remus restore resume save suspend suspend-to-ram',
  ],
  ['a VM keeps the vCPUs that it was created with', 'vcpu-set'],
  ['a VM keeps its name, and what it was created with', 'config-update rename'],
  ['creditlab has no scheduler of that name', 'sched-arinc653'],
  ["'xl list NAME' has ID and name", 'domid domname vm-list'],
  ["'creditlab doctor' describes the machine, and 'xl cpupool-list' has CPUs and scheduler", 'info uptime'],
  ["what the scheduler did is in the trace; 'xl debug-keys r' prints what it has in mind", 'dmesg'],
  [
    'there is no hypervisor that it could be asked of',
    'devd dt-overlay getenforce loadpolicy psr-cat-set psr-cat-show psr-cmt-attach psr-cmt-detach psr-cmt-show ' +
      'psr-hwinfo psr-mba-set psr-mba-show set-parameters setenforce vuart',
  ],
];

/** By name: the reason. */
export const NOT_HERE: ReadonlyMap<string, string> = new Map(
  GROUPS.flatMap(([why, commands]) => commands.split(' ').map((name) => [name, why] as const)),
);

/** Refuse a command that Xen's tool has. Null: it hasn't either. */
export function commandNotHere(name: string): Pick<XlCommand, 'run'> | null {
  const why = NOT_HERE.get(name);
  if (why === undefined) return null;
  const message = `${name} is Xen's, and not here: ${why}`;
  return { run: () => Promise.reject(new LabError('NOT_SUPPORTED', message)) };
}
