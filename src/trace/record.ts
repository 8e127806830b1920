/**
 * A record of a trace: a kind, an instant, and up to 14 numbers, in one row of WIDTH numbers, so that recording
 * allocates nothing and rows travel between threads as they are.
 *
 * Two sources write them. The policy and its loop tell the **intent**; the gates on the real cores tell the **fact**:
 * when a thread really entered and left which core. vCPUs, VMs and pCPUs are numbers (see TraceHeader for their names),
 * IDLE (−1) is the idle vCPU. Times are ns since t = 0. Readings are what the policy keeps of a vCPU or a VM: what they
 * mean, and which kinds of records the policy adds, stands in the header (vocabulary.ts puts both together).
 */

export const WIDTH = 16;

/** Columns that each list of readings has, whether the policy uses them or not: fields have fixed places in a row. */
export const MAX_READINGS = 4;

/** Column of a row: its kind, when, and from there on the fields. */
export const Column = { kind: 0, timeNs: 1, fields: 2 } as const;

/** Kind of a record: its number in a row, and its name in a file. */
export const Kind = {
  // intent
  decide: 0,
  tick: 1,
  steal: 2,
  migrate: 3,
  wake: 4,
  set: 5,
  tune: 6,
  start: 7,
  pause: 8,
  unpause: 9,
  exit: 10,
  // fact
  enter: 11,
  leave: 12,
  // intent again
  destroy: 13,
  pin: 14,
} as const;
export type Kind = (typeof Kind)[keyof typeof Kind];
export type KindName = keyof typeof Kind;

export const KIND_NAMES = Object.keys(Kind) as readonly KindName[];

/** The kinds that only the policy makes have numbers from here on, in the order of its terms. */
export const OWN_KINDS = 16;

/** The fields of each kind, in order. Readings take MAX_READINGS columns; each other field takes one. */
export const FIELDS = {
  /** a pCPU decided: the readings of both vCPUs as they were then; reason and choice are the policy's */
  decide: ['pcpu', 'prev', 'prevReadings', 'next', 'nextReadings', 'reason', 'choice'],
  /** a tick found this vCPU running: its readings after it */
  tick: ['pcpu', 'vcpu', 'readings'],
  /** taken out of another pCPU's queue */
  steal: ['vcpu', 'from', 'to'],
  /** a tick sent it to an idle pCPU */
  migrate: ['vcpu', 'from', 'to'],
  /** a virtual interrupt came for a blocked vCPU: its readings before that changed anything */
  wake: ['vcpu', 'readings'],
  /** the readings of a VM whose parameters were changed (0), or kept since the request was refused (−1) */
  set: ['vm', 'vmReadings', 'status'],
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
  /** a VM is gone for good */
  destroy: ['vm'],
  /** a vCPU may run on so many pCPUs from now on; which ones is in the scenario's events */
  pin: ['vcpu', 'pcpuCount'],
} as const satisfies Record<KindName, readonly string[]>;

/** Per kind how many of its last fields files from before they were recorded lack. They are 0 there. */
export const LATER_FIELDS: Readonly<Partial<Record<string, number>>> = { set: 1 };

export type FieldOf<K extends KindName> = (typeof FIELDS)[K][number];

/** Why a thread left a core. */
export const Left = { paused: 0, blocked: 1, done: 2 } as const;

export function isReadings(field: string): boolean {
  return field.toLowerCase().endsWith('readings');
}

type Columns = { readonly [K in KindName]: Readonly<Record<FieldOf<K>, number>> };

/** By kind and field: its column in a row; of readings the first. */
export const COLUMNS = Object.fromEntries(
  KIND_NAMES.map((kind) => {
    let column: number = Column.fields;
    const columns: Record<string, number> = {};
    for (const field of FIELDS[kind]) {
      columns[field] = column;
      column += isReadings(field) ? MAX_READINGS : 1;
    }
    return [kind, columns];
  }),
) as unknown as Columns;

/** Takes records, one at a time. */
export interface RecordSink {
  /** @param row WIDTH numbers, valid only during the call */
  put(row: Float64Array): void;
}

/** Memory in which records are written where they stay, one at a time: nothing is copied. */
export interface RecordPlace {
  readonly rows: Float64Array;
  /** Where in `rows` the next record begins. Its row is all zeros. */
  place(): number;
  /** The record is written. */
  commit(): void;
}

/** A place whose records are passed on. */
export class PassedOn implements RecordPlace {
  readonly rows = new Float64Array(WIDTH);
  private readonly sink: RecordSink;

  constructor(sink: RecordSink) {
    this.sink = sink;
  }

  place(): number {
    this.rows.fill(0);
    return 0;
  }

  commit(): void {
    this.sink.put(this.rows);
  }
}

/** A row of a kind whose fields are plain numbers. Allocates: not for the loop. */
export function rowOf(kind: number, timeNs: number, ...fields: readonly number[]): Float64Array {
  const row = new Float64Array(WIDTH);
  row.set([kind, timeNs, ...fields]);
  return row;
}
