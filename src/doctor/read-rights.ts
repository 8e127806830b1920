/** What this process may do, as far as files tell. */
import { FIFO_PRIORITY } from '../addon/native.ts';
import type { ObservedPerf, ObservedRealtime, TracingRight } from './observations.ts';
import { fieldOf, type HostFiles } from './host-files.ts';
import type { Senses } from './senses.ts';

/** Bits of CapEff: linux/capability.h. */
const Capability = { sysAdmin: 21n, sysNice: 23n, perfmon: 38n } as const;

export function readRealtime(files: HostFiles, senses: Pick<Senses, 'env' | 'tryFifo'>): ObservedRealtime {
  const soft = /^Max realtime priority\s+(\d+|unlimited)/m.exec(files.text('proc/self/limits') ?? '')?.[1];
  const priorityLimit = soft === undefined ? null : soft === 'unlimited' ? 99 : Number(soft);
  if (senses.env.CREDITLAB_REALTIME === '0') return { fifo: 'switched-off', priorityLimit };
  // Security modules and user namespaces may refuse what capabilities and limits permit: a trial knows best.
  const isPermitted = senses.tryFifo() ?? permittedByFiles(hasCapability(files, 'sysNice'), priorityLimit);
  return { fifo: isPermitted === null ? null : isPermitted ? 'permitted' : 'refused', priorityLimit };
}

function permittedByFiles(isPrivileged: boolean | null, priorityLimit: number | null): boolean | null {
  if (isPrivileged === true || (priorityLimit ?? 0) >= FIFO_PRIORITY) return true;
  return isPrivileged === null && priorityLimit === null ? null : false;
}

export function readPerf(files: HostFiles): ObservedPerf {
  const perfmon = hasCapability(files, 'perfmon');
  const admin = hasCapability(files, 'sysAdmin');
  // One folder per source of events; a processor's own has the name cpu, cpu_core, or that of an Arm core.
  const sources = files.names('sys/bus/event_source/devices');
  return {
    paranoid: files.number('proc/sys/kernel/perf_event_paranoid'),
    privileged: perfmon === null ? null : perfmon || admin === true,
    hasCounters: sources === null ? null : sources.some((name) => /^cpu(_core)?$|^armv\d/.test(name)),
  };
}

export function readTracing(files: HostFiles): TracingRight | null {
  const [dir] = ['sys/kernel/tracing', 'sys/kernel/debug/tracing'].filter((path) => files.exists(path));
  if (dir === undefined) return null;
  const event = `${dir}/events/sched/sched_switch/enable`;
  if (files.exists(event)) return files.isWritable(event) ? 'permitted' : 'refused';
  return files.names(dir) === null ? 'refused' : 'not-mounted';
}

function hasCapability(files: HostFiles, name: keyof typeof Capability): boolean | null {
  const mask = fieldOf(files.text('proc/self/status'), 'CapEff');
  if (mask === null || !/^[0-9a-f]+$/i.test(mask)) return null;
  return ((BigInt(`0x${mask}`) >> Capability[name]) & 1n) === 1n;
}
