import { z } from 'zod';
import type { Inferred } from '../base/schema.ts';
import { field } from '../base/schema.ts';

const cpu = z.int().min(0);

export const hostCpuSchema = z.strictObject({
  id: field(cpu, 'its number'),
  core: field(z.int(), 'its core'),
  socket: field(z.int(), 'its socket'),
  smtSiblings: field(z.array(cpu), 'other threads of the same core'),
  coreType: field(
    z.enum(['uniform', 'performance', 'efficiency']),
    '`performance` or `efficiency` on hybrid processors, else `uniform`',
  ),
});

/** @interface */
export type HostCpu = Inferred<typeof hostCpuSchema>;

export const recommendationSchema = z.strictObject({
  pcpus: field(z.array(cpu), 'host CPUs, best first; the first one serves scenarios with a single pCPU'),
  why: field(z.string(), 'why these and so many'),
});

export type Recommendation = Inferred<typeof recommendationSchema>;

/** The host's CPUs, as a process may use them. */
export interface HostCpus {
  readonly cpus: readonly HostCpu[];
  /** CPUs that this process may use and that are online, ascending */
  readonly allowedCpus: readonly number[];
  /** CPUs that it may use once they are online, ascending */
  readonly offlineCpus: readonly number[];
  /**
   * The same, best choice first: performance cores before efficiency cores, one thread of each core before second
   * threads, and high numbers first, because the host's interrupts tend to land on the low ones.
   */
  readonly preferredCpus: readonly number[];
  /**
   * The CPUs to use as pCPUs if the user names none, best choice first. recommendPcpus() says how they are chosen.
   */
  readonly recommendedCpus: readonly number[];
  /** CPUs' worth of time that the control group allows; null: no limit */
  readonly cgroupQuotaCpus: number | null;
}
