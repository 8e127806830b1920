import { arch, cpus, release, totalmem } from 'node:os';
import systeminformation from 'systeminformation';
import type { HostDescription } from '../result/result.ts';
import type { HostCpus } from '../cpus/host-cpus.ts';

/**
 * What the result file says of the machine. Asks the system once, before any run: it takes a while, and burns CPU time.
 */
export async function describeHost(hostCpus: HostCpus): Promise<HostDescription> {
  const [os, cpu, system] = await Promise.all([
    systeminformation.osInfo(),
    systeminformation.cpu(),
    systeminformation.system(),
  ]);
  return {
    os: [os.distro, os.release].filter((part) => part !== '').join(' ') || os.platform,
    kernel: release(),
    arch: arch(),
    node: process.version,
    cpuModel:
      [cpu.manufacturer, cpu.brand].filter((part) => part !== '').join(' ') || cpus()[0]?.model || 'unknown',
    cpus: hostCpus.cpus,
    allowedCpus: hostCpus.allowedCpus,
    cgroupQuotaCpus: hostCpus.cgroupQuotaCpus,
    memoryBytes: totalmem(),
    virtualized: system.virtual || (cpu.virtualization === false && /hypervisor/.test(cpu.flags)),
  };
}
