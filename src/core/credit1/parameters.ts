/** What a user may set: the one place that has the limits and defaults, which are Xen's. */
import { DEFAULT_BOOT_NS, MS, US } from './constants.ts';
import type { Parameter } from '../policy-type.ts';

/** The values of `accounting` and `queue`, by their places in the choice. */
export const Accounting = { exact: 0, sampled: 1 } as const;
export const Queue = { priority: 0, credits: 1 } as const;

export const PARAMETERS = [
  {
    // Xen's boot option sched_credit_tslice_ms
    key: 'tslice',
    field: 'tsliceNs',
    unit: 'time',
    min: 1 * MS,
    max: 1_000 * MS,
    step: 1 * MS,
    default: 30 * MS,
    description: 'Time slice',
    isTunable: true,
    isSlice: true,
  },
  {
    // Xen's boot option sched_ratelimit_us
    key: 'ratelimit',
    field: 'ratelimitNs',
    unit: 'time',
    min: 100 * US,
    max: 500_000 * US,
    zero: 'off',
    atMost: 'tslice',
    default: 1_000 * US,
    description: 'Context-switch rate limit: a vCPU that was switched in keeps its pCPU that long',
    isTunable: true,
  },
  {
    // Xen's boot option load-balance-ratelimit, since 4.18
    key: 'lb-ratelimit',
    field: 'lbRatelimitNs',
    unit: 'time',
    min: 0,
    max: 1_000 * MS,
    zero: 'off',
    default: 1_000 * US,
    description: 'Least time between two load balances of a pCPU',
    isTunable: false,
  },
  {
    // Xen's boot option vcpu_migration_delay
    key: 'migration-delay',
    field: 'migrationDelayNs',
    unit: 'time',
    min: 0,
    max: 100_000 * US,
    zero: 'off',
    default: 0,
    description: 'How long a vCPU that ran counts as cache-hot and is not stolen by another pCPU',
    isTunable: true,
  },
  {
    // Without it a vCPU that slept for long waits for its turn: Ongaro, Cox and Rixner (VEE 2008) measured both.
    key: 'boost',
    field: 'boost',
    unit: 'flag',
    min: 0,
    max: 1,
    default: 1,
    description: 'Raise a vCPU that wakes as UNDER above all others, until a tick finds it running',
    isTunable: false,
  },
  {
    // Sampled until Xen 4.0: who slept at every tick paid nothing. Zhou, Goel, Desnoyers and Sundaram (2011).
    key: 'accounting',
    field: 'accounting',
    unit: 'choice',
    choices: Object.keys(Accounting),
    min: 0,
    max: 1,
    default: Accounting.exact,
    description:
      'What a vCPU pays for: exact, the CPU time that it used; sampled, a whole tick whenever a tick finds it running',
    isTunable: false,
  },
  {
    // Ongaro, Cox and Rixner (VEE 2008): so that a driver domain isn't preempted by those it has just woken.
    key: 'tickle',
    field: 'tickle',
    unit: 'flag',
    min: 0,
    max: 1,
    default: 1,
    description:
      'Let a vCPU that wakes preempt one below it; without, only a pCPU that idles is asked for it',
    isTunable: false,
  },
  {
    // Ongaro, Cox and Rixner (VEE 2008).
    key: 'queue',
    field: 'queue',
    unit: 'choice',
    choices: Object.keys(Queue),
    min: 0,
    max: 1,
    default: Queue.priority,
    description:
      'How equals wait: priority, in the order in which they came; credits, those with more credits first',
    isTunable: false,
  },
  {
    // Up to the longest slice, and for the bands of golden files up to a slice more.
    key: 'acct-phase',
    field: 'acctPhaseNs',
    unit: 'time',
    min: 0,
    max: 2_000 * MS,
    zero: 'none',
    default: 0,
    description: 'How much later than at 0 the accounting timer starts',
    isTunable: false,
    scope: 'simulation',
  },
  {
    // Beyond a tick a phase says nothing new; times of a million pCPUs stay whole numbers.
    key: 'tick-phase',
    field: 'tickPhaseNs',
    unit: 'time',
    min: 0,
    max: 1_000 * MS,
    zero: 'none',
    default: 0,
    description: 'How much later the ticks of each pCPU come than those of the one before',
    isTunable: false,
    scope: 'simulation',
  },
  {
    key: 'boot',
    field: 'bootNs',
    unit: 'time',
    min: 0,
    max: Number.MAX_SAFE_INTEGER,
    zero: 'none',
    default: DEFAULT_BOOT_NS,
    description:
      'How long before the start of the run the machine booted: ticks and accounting count from there',
    isTunable: false,
    scope: 'library',
  },
] as const satisfies readonly Parameter[];

export const VM_PARAMETERS = [
  {
    key: 'weight',
    field: 'weight',
    unit: 'number',
    min: 1,
    max: 65_535,
    default: 256,
    description: 'Share relative to the other VMs, per busy vCPU',
    isTunable: true,
  },
  {
    // A 16-bit number; its highest value means "leave unchanged" in Xen and can't be set.
    key: 'cap',
    field: 'cap',
    unit: 'percent',
    min: 1,
    max: 65_534,
    zero: 'no cap',
    maxPerVcpu: 100,
    default: 0,
    description: 'Most CPU time that the whole VM gets, in percent of one pCPU',
    isTunable: true,
  },
] as const satisfies readonly Parameter[];

type ValuesOf<All extends readonly Parameter[]> = { readonly [Field in All[number]['field']]: number };

export type Credit1Parameters = ValuesOf<typeof PARAMETERS>;
export type Credit1VmParameters = ValuesOf<typeof VM_PARAMETERS>;
