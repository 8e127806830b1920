export interface HostCpu {
  readonly id: number;
  readonly core: number;
  readonly socket: number;
  readonly smtSiblings: readonly number[];
  /** 'performance' | 'efficiency' on hybrid processors, else 'uniform' */
  readonly coreType: 'uniform' | 'performance' | 'efficiency';
}

/** The host's CPUs, as a process may use them. */
export interface Topology {
  readonly cpus: readonly HostCpu[];
  /** CPUs that this process may use and that are online, ascending */
  readonly allowedCpus: readonly number[];
  /** CPUs that it may use once they are online, ascending */
  readonly offlineCpus: readonly number[];
  /** The same, best choice first: performance cores before efficiency cores, one thread of each core before second threads, and
   *  high numbers first, because the host's interrupts tend to land on the low ones. */
  readonly preferredCpus: readonly number[];
  /** Which ones to hand to the lab where nothing else is asked for: recommendPcpus() says how they are chosen. Best choice first. */
  readonly recommendedCpus: readonly number[];
  /** CPUs' worth of time that the control group allows; null: no limit */
  readonly cgroupQuotaCpus: number | null;
}
