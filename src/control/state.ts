/** What a host tells of itself: the answer to `GET /api/state`, and the messages of `GET /api/stream`. */
import type { Parameter } from '../core/policy-type.ts';
import type { PolicyTerms } from '../core/policy-terms.ts';
import type { CommandName, Door } from './commands.ts';

/** A change that was made, or that a scenario made. Times are ns from the start of the run. */
export interface Change {
  /** counts from 1 */
  readonly number: number;
  readonly command: CommandName;
  readonly door: Door;
  /** the VM's name; null: the scheduler, or the run */
  readonly vm: string | null;
  /** what was given, as a scenario file would have it: `{ weight: 512 }` */
  readonly values: Readonly<Record<string, unknown>>;
  /** when it was asked for, when the policy was told, and from when on it can have an effect */
  readonly askedNs: number;
  readonly atNs: number;
  readonly actsNs: number;
  /** a sentence: `A has weight 512 in place of 256, from the next accounting on, in 12 ms` */
  readonly words: string;
}

export type VcpuActivity = 'running' | 'waiting' | 'parked' | 'blocked' | 'paused' | 'done';

export interface VcpuState {
  /** VM/v0 */
  readonly id: string;
  /** counts from 0 over the vCPUs of all VMs that there ever were; what LiveSlice.vcpu says */
  readonly number: number;
  readonly activity: VcpuActivity;
  /** the pCPU (not the host CPU) that it is assigned to */
  readonly pcpu: number;
  readonly cpuNs: number;
  /** host CPUs; null: all pCPUs */
  readonly pin: readonly number[] | null;
  /** in the order of terms.vcpuReadings */
  readonly readings: readonly number[];
}

export interface VmState {
  /** counts from 1, and is never used again: Xen's domain ID */
  readonly id: number;
  readonly name: string;
  /** preparing: its threads warm up; done: its work is finished */
  readonly phase: 'preparing' | 'planned' | 'running' | 'paused' | 'done' | 'failed' | 'destroyed';
  /** what the policy declares for VMs, by field: weight, cap */
  readonly parameters: Readonly<Record<string, number>>;
  readonly workload: { readonly spec: string; readonly size: number | null };
  readonly startNs: number;
  /** when it was destroyed; null: it wasn't */
  readonly endNs: number | null;
  readonly cpuNs: number;
  /** percent of one pCPU over the last second, and since it started */
  readonly sharePercent: number;
  readonly wholeSharePercent: number;
  /** what it is entitled to now; null: the policy doesn't say */
  readonly entitledPercent: number | null;
  readonly vcpus: readonly VcpuState[];
}

export interface HostState {
  readonly version: 1;
  /** of the host: `creditlab up --name` */
  readonly name: string;
  readonly machine: 'hardware' | 'simulated';
  readonly phase: 'starting' | 'running' | 'ended';
  readonly nowNs: number;
  readonly scheduler: { readonly type: string; readonly parameters: Readonly<Record<string, number>> };
  readonly terms: PolicyTerms;
  /** what the policy's scheduler and VMs take: names, limits, units; those that scenario files may give */
  readonly parameters: { readonly scheduler: readonly Parameter[]; readonly vm: readonly Parameter[] };
  /** the built-in workloads: what a VM may compute, beside modules of one's own */
  readonly workloads: readonly string[];
  /** under which the VMs can run again (`rerun`); empty: they can't */
  readonly schedulers: readonly string[];
  readonly pcpus: readonly {
    readonly cpu: number;
    /** vCPU, and those that wait, the next one first */
    readonly current: string | null;
    readonly queue: readonly string[];
    /** of the last second */
    readonly busyPercent: number;
    /** what other programs, and this process's own other threads, took of the last second; null: not known */
    readonly othersPercent: number | null;
    readonly ownThreadsPercent: number | null;
  }[];
  /** in order of their IDs; those that were destroyed are among them until there are more than 100 */
  readonly vms: readonly VmState[];
  /** the latest 100 */
  readonly changes: readonly Change[];
  /** how far the numbers can be trusted until now; null: a simulation, or not known yet */
  readonly certificate: {
    readonly verdict: string;
    readonly sentences: readonly string[];
  } | null;
}

/** A vCPU's turn on a pCPU, as the policy decided. */
export interface LiveSlice {
  readonly pcpu: number;
  /** VcpuState.number; −1: the pCPU idled */
  readonly vcpu: number;
  readonly fromNs: number;
  /** null: it goes on */
  readonly toNs: number | null;
  /** why it began and, of one that ended, why it ended: keys of terms.reasons */
  readonly reason: string;
}

/** What a change did to the shares; percent of one pCPU, and ns from the change's `atNs`. */
export interface StepResponse {
  /** of the Change; of several in quick succession, which count as one, the last */
  readonly number: number;
  readonly vm: string;
  /** over a pattern of slices, before the change and after it: docs/step-response.md */
  readonly fromPercent: number;
  readonly toPercent: number;
  /** until the share leaves its old value; null: it didn't */
  readonly delayNs: number | null;
  /** how far it went beyond the new value, points */
  readonly overshootPoints: number;
  /** until it stays within 1 point of the new value; null: it didn't, before the next change or the end */
  readonly settlingNs: number | null;
}

export type StreamMessage =
  /** first of all, after each change, and once a second */
  | { readonly kind: 'state'; readonly state: HostState }
  /** ten times a second: what ended, and what goes on, since the last time */
  | { readonly kind: 'slices'; readonly untilNs: number; readonly slices: readonly LiveSlice[] }
  /** ten times a second: shares over the last second, in the order of the VMs of the last state */
  | { readonly kind: 'shares'; readonly atNs: number; readonly percent: readonly number[] }
  | { readonly kind: 'change'; readonly change: Change }
  /** what just happened, in words: `B is parked: over its cap` */
  | { readonly kind: 'words'; readonly atNs: number; readonly text: string }
  /** what a change did to the share of a VM: once that is settled, after the next change, or after 10 s */
  | { readonly kind: 'step'; readonly response: StepResponse }
  | { readonly kind: 'end'; readonly atNs: number };
