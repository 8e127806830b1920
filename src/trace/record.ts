/**
 * A record of a trace: a kind, an instant, and up to ten numbers, in one row of WIDTH numbers, so that recording
 * allocates nothing and rows travel between threads as they are.
 *
 * Two sources write them. The policy and its loop tell the **intent**; the gates on the real cores tell the **fact**:
 * when a thread really entered and left which core. vCPUs, VMs and pCPUs are numbers (see TraceHeader for their names),
 * IDLE (−1) is the idle vCPU. Times are ns since t = 0, credits are 100 µs each, priorities as in core/credit1/constants.ts.
 */


export const WIDTH = 12;

/** Column of a row: its kind, when, and from there on the fields in the order of FIELDS. */
export const Column = { kind: 0, timeNs: 1, fields: 2 } as const;

/** Kind of a record: its number in a row, and its name in a file. */
export const Kind = {
  // intent
  decide: 0,
  tick: 1,
  acct: 2,
  grant: 3,
  pay: 4,
  park: 5,
  unpark: 6,
  steal: 7,
  migrate: 8,
  wake: 9,
  boost: 10,
  unboost: 11,
  activate: 12,
  deactivate: 13,
  set: 14,
  tune: 15,
  start: 16,
  pause: 17,
  unpause: 18,
  exit: 19,
  // fact
  enter: 20,
  leave: 21,
} as const;
export type Kind = (typeof Kind)[keyof typeof Kind];
export type KindName = keyof typeof Kind;

export const KIND_NAMES = Object.keys(Kind) as readonly KindName[];

/** The fields of each kind, in order. */
export const FIELDS = {
  /** a pCPU decided: priority and credit of both vCPUs as they were then; reason and choice as in core/reason.ts */
  decide: [
    'pcpu',
    'prev',
    'prevPriority',
    'prevCredit',
    'next',
    'nextPriority',
    'nextCredit',
    'reason',
    'choice',
  ],
  /** a tick found this vCPU running: its priority and credit after it */
  tick: ['pcpu', 'vcpu', 'priority', 'credit'],
  /** an accounting pass ended: the sum of weight × active vCPUs as it left it (some may just have left), and of credits */
  acct: ['totalWeight', 'balance'],
  /** in that pass, a VM's part: ⌈toShare × weight ÷ totalWeight⌉ = fair credits, at most peak */
  grant: ['vm', 'toShare', 'weight', 'fair', 'peak'],
  /** in that pass, the part of one vCPU */
  pay: ['vcpu', 'before', 'share', 'after', 'priority'],
  /** over its cap from now on */
  park: ['vcpu'],
  unpark: ['vcpu'],
  /** taken out of another pCPU's queue */
  steal: ['vcpu', 'from', 'to'],
  /** a tick sent it to an idle pCPU */
  migrate: ['vcpu', 'from', 'to'],
  /** a virtual interrupt came for a blocked vCPU */
  wake: ['vcpu', 'priority'],
  boost: ['vcpu'],
  unboost: ['vcpu'],
  /** takes part in accounting from now on; so many of its VM do then */
  activate: ['vcpu', 'activeCount'],
  deactivate: ['vcpu', 'activeCount'],
  set: ['vm', 'weight', 'cap'],
  /** the scheduler's own parameters were changed (0), or the request was refused (−1) */
  tune: ['status'],
  start: ['vm'],
  pause: ['vm'],
  unpause: ['vm'],
  /** left its pCPU of its own accord; why as in Exit (machine/machine.ts) */
  exit: ['vcpu', 'why'],
  /** fact: the vCPU's thread starts to run guest code on this pCPU, with that much on its CPU clock */
  enter: ['pcpu', 'vcpu', 'cpuNs'],
  /**
   * fact: it stops to. Why as in Left; for whom it made room (−1: nobody); how long after the request, if it had to
   * wait for a safe point
   */
  leave: ['pcpu', 'vcpu', 'cpuNs', 'why', 'next', 'lateNs'],
} as const satisfies Record<KindName, readonly string[]>;

/** Why a thread left a core. */
export const Left = { paused: 0, blocked: 1, done: 2 } as const;

/** Where a field of a kind stands in its row. */
export function columnOf<K extends KindName>(kind: K, field: (typeof FIELDS)[K][number]): number {
  return Column.fields + (FIELDS[kind] as readonly string[]).indexOf(field);
}

/** Takes records, one at a time. Numbers that a kind doesn't have are left out. */
export interface RecordSink {
  put(
    kind: Kind,
    timeNs: number,
    a: number,
    b?: number,
    c?: number,
    d?: number,
    e?: number,
    f?: number,
    g?: number,
    h?: number,
    i?: number,
  ): void;
}

/** Write a record into the row that begins at `at`. */
export function fillRow(
  rows: Float64Array,
  at: number,
  kind: Kind,
  timeNs: number,
  a: number,
  b = 0,
  c = 0,
  d = 0,
  e = 0,
  f = 0,
  g = 0,
  h = 0,
  i = 0,
): void {
  rows[at] = kind;
  rows[at + 1] = timeNs;
  rows[at + 2] = a;
  rows[at + 3] = b;
  rows[at + 4] = c;
  rows[at + 5] = d;
  rows[at + 6] = e;
  rows[at + 7] = f;
  rows[at + 8] = g;
  rows[at + 9] = h;
  rows[at + 10] = i;
}

type Columns = { readonly [K in KindName]: Readonly<Record<(typeof FIELDS)[K][number], number>> };

/** By kind and field: its column in a row. */
export const COLUMNS = Object.fromEntries(
  KIND_NAMES.map((kind) => [
    kind,
    Object.fromEntries(FIELDS[kind].map((field) => [field, columnOf(kind, field as never)])),
  ]),
) as unknown as Columns;
