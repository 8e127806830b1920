/** What a user may set: the one place that has the limits and defaults, which are Xen's. */
import type { Parameter } from '../policy-type.ts';

const US = 1_000;
const MS = 1_000_000;

/** What a new vCPU has until its VM's own values are in force. */
export const DEFAULT_PERIOD_NS = 10 * MS;
export const DEFAULT_BUDGET_NS = 4 * MS;

/** How long the machine has been up at t = 0: the first deadline is a multiple of the period since then. */
const DEFAULT_BOOT_NS = 900 * MS;

/** Xen has no limit. Longer periods say nothing new. */
const LONGEST_NS = 10_000 * MS;

export const PARAMETERS = [
  {
    key: 'wall-time',
    field: 'wallTime',
    unit: 'flag',
    min: 0,
    max: 1,
    default: 0,
    description:
      "Budgets are charged the time on the core, as Xen does, also what the host's other work took of it",
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
    description: 'How long before the start of the run the machine booted: deadlines count from there',
    isTunable: false,
    scope: 'library',
  },
] as const satisfies readonly Parameter[];

export const VM_PARAMETERS = [
  {
    key: 'period',
    field: 'periodNs',
    unit: 'time',
    min: 10 * US,
    max: LONGEST_NS,
    step: US,
    default: DEFAULT_PERIOD_NS,
    description: 'How often each of its vCPUs gets its budget anew; the end of the period is its deadline',
    isTunable: true,
  },
  {
    key: 'budget',
    field: 'budgetNs',
    unit: 'time',
    min: 10 * US,
    max: LONGEST_NS,
    step: US,
    atMost: 'period',
    default: DEFAULT_BUDGET_NS,
    description: 'CPU time that each of its vCPUs may use in a period',
    isTunable: true,
  },
  {
    key: 'extratime',
    field: 'extratime',
    unit: 'flag',
    min: 0,
    max: 1,
    default: 1,
    description:
      'With its budget used up it goes on behind those who have some left, one level lower each time',
    isTunable: true,
    isLimit: true,
  },
] as const satisfies readonly Parameter[];
