import type { HostCpus } from '../cpus/host-cpus.ts';

/** What the examinations look at: the machine as data. Null is always "could not be read". */
export interface Observations {
  readonly hostCpus: HostCpus;
  /** which parts of that are the kernel's word and not an assumption */
  readonly hostCpusKnown: { readonly allowed: boolean; readonly siblings: boolean };
  readonly onlineCpus: readonly number[] | null;
  /** the CPUs under examination, the first one to be probed; pCPUs of the probe and of the trial runs */
  readonly pcpus: readonly number[];
  /** of the examined CPUs that have a frequency policy */
  readonly frequency: readonly CpuFrequency[];
  readonly turbo: boolean | null;
  readonly power: PowerSource | null;
  readonly load: ObservedLoad | null;
  /** null: could not be read; `host` is '' when the hypervisor doesn't tell its name */
  readonly virtual: { readonly isVirtual: boolean; readonly host: string } | null;
  /** whether /proc/self/cgroup could be read: without it `hostCpus.cgroupQuotaCpus` says nothing */
  readonly cgroupsKnown: boolean;
  readonly timers: ObservedTimers;
  readonly realtime: ObservedRealtime;
  readonly perf: ObservedPerf;
  readonly tracing: TracingRight | null;
  readonly clockSource: { readonly current: string; readonly available: readonly string[] } | null;
  readonly container: ObservedContainer;
}

export interface CpuFrequency {
  readonly cpu: number;
  readonly governor: string;
  /** '' where it isn't told */
  readonly driver: string;
}

export type PowerSource = 'no-battery' | 'mains' | 'battery';

/** Over a second, before creditlab starts anything. */
export interface ObservedLoad {
  /** of the examined CPUs; percent of a CPU */
  readonly cpus: readonly {
    readonly cpu: number;
    readonly busyPercent: number;
    readonly stealPercent: number;
  }[];
  /** the busiest programs anywhere, percent of a CPU, descending */
  readonly programs: readonly { readonly name: string; readonly pid: number; readonly percent: number }[];
  /** of the time that programs wanted on the examined CPUs since boot */
  readonly stealSinceBootPercent: number;
}

export interface ObservedTimers {
  /** how late a short sleep ends, median; null: not tried */
  readonly overshootNs: number | null;
  /** by how much the kernel may delay this process's timers to bundle them */
  readonly slackNs: number | null;
}

export interface ObservedRealtime {
  readonly fifo: 'permitted' | 'refused' | 'switched-off' | null;
  /** highest real-time priority that the process's limit allows */
  readonly priorityLimit: number | null;
}

export interface ObservedPerf {
  /** kernel.perf_event_paranoid */
  readonly paranoid: number | null;
  readonly privileged: boolean | null;
  /** whether the kernel offers hardware counters at all */
  readonly hasCounters: boolean | null;
}

export type TracingRight = 'permitted' | 'refused' | 'not-mounted';

export interface ObservedContainer {
  /** null: none was recognized */
  readonly name: string | null;
  /** the narrowest limits on the way from the process's control group to the root; null: no limit, or none was read */
  readonly memoryBytes: number | null;
  readonly tasks: number | null;
}
