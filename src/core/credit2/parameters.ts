/** What a user may set: the one place that has the limits and defaults, which are Xen's where Xen has any. */
import type { Parameter } from '../policy-type.ts';
import { DEFAULT_BOOT_NS, DEFAULT_WEIGHT, MS, US } from './constants.ts';
import { ARRANGEMENTS } from './runqueues.ts';

export const PARAMETERS = [
  {
    // Xen's boot option sched_ratelimit_us
    key: 'ratelimit',
    field: 'ratelimitNs',
    unit: 'time',
    min: 100 * US,
    max: 500_000 * US,
    zero: 'off',
    default: 1_000 * US,
    description: 'Context-switch rate limit: a vCPU that was switched in keeps its pCPU that long',
    isTunable: true,
  },
  {
    // Xen's boot option credit2_runqueue
    key: 'runqueue',
    field: 'runqueue',
    unit: 'choice',
    choices: ARRANGEMENTS,
    min: 0,
    max: ARRANGEMENTS.length - 1,
    default: ARRANGEMENTS.indexOf('socket'),
    description: 'Which pCPUs share a runqueue; between runqueues the load is balanced',
    isTunable: false,
  },
  {
    // Xen's boot option sched_credit2_migrate_resist. More than the longest slice changes nothing any more.
    key: 'migrate-resist',
    field: 'migrateResistNs',
    unit: 'time',
    min: 0,
    max: 100_000 * US,
    zero: 'none',
    default: 500 * US,
    description: 'How much more credit a vCPU needs to run on a pCPU that is not its own',
    isTunable: false,
  },
  {
    // Xen's boot option credit2_cap_period_ms
    key: 'cap-period',
    field: 'capPeriodNs',
    unit: 'time',
    min: 1 * MS,
    max: 1_000 * MS,
    step: 1 * MS,
    default: 10 * MS,
    description: "How often a capped VM's budget is filled up",
    isTunable: false,
  },
  {
    key: 'wall-time',
    field: 'wallTime',
    unit: 'flag',
    min: 0,
    max: 1,
    default: 0,
    description:
      'Charge the time for which a vCPU was on its pCPU, as Xen does, and not the CPU time that it got',
    isTunable: false,
  },
  {
    key: 'boot',
    field: 'bootNs',
    unit: 'time',
    min: 0,
    max: Number.MAX_SAFE_INTEGER,
    zero: 'none',
    default: DEFAULT_BOOT_NS,
    description: 'How long before the start of the run the machine booted: averages of load count from there',
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
    default: DEFAULT_WEIGHT,
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

export type Credit2Parameters = ValuesOf<typeof PARAMETERS>;
export type Credit2VmParameters = ValuesOf<typeof VM_PARAMETERS>;
