import type { DoctorFacts } from './facts.ts';
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
): DoctorFacts['virtual'] {
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
