/**
 * What became of each vCPU, spell by spell: replayed from the intent, as the scheduler saw it.
 *
 *     wake                decide: next        decide: prev            decide: prev, parked      unpark
 *      │ woken             │ running            │ preempted, requeued …     │ parked              │ woken
 *      └───────────────────┴────────────────────┴── … ──────────────────────┴─────────────────────┴──
 */
import type { ReasonKind } from '../core/policy-terms.ts';
import { IDLE } from '../core/policy.ts';
import { Exit } from '../machine/machine.ts';
import { Column, COLUMNS, Kind, WIDTH } from './record.ts';
import { endOf } from './timeline.ts';
import type { Trace } from './trace.ts';
import { vocabularyOf, type Vocabulary } from './vocabulary.ts';

export const RUN_STATES = [
  'running',
  /** waits since it woke up, was unparked, unpaused or started */
  'woken',
  /** waits since another vCPU was put before it in the middle of its slice */
  'preempted',
  /** waits since its slice was over, or it yielded, or a tick moved it */
  'requeued',
  'parked',
  'paused',
  'blocked',
  'done',
  'absent',
  /** the records that would tell are missing */
  'unknown',
] as const;
export type RunState = (typeof RUN_STATES)[number];

export interface Spell {
  readonly vcpu: number;
  readonly state: RunState;
  readonly fromNs: number;
  readonly toNs: number;
  /** where it runs or waits; else where it was last; −1: nowhere yet */
  readonly pcpu: number;
  /** the records (rows) that it began and ended with; −1: the trace did */
  readonly beginRow: number;
  readonly endRow: number;
}

export function isWaiting(state: RunState): boolean {
  return state === 'woken' || state === 'preempted' || state === 'requeued';
}

/**
 * @returns per vCPU its spells, in order of time and without gaps. What took no time is left out, but for waits
 * after a wake-up: that a vCPU ran at once is worth counting.
 */
export function spellsOf(trace: Trace): Spell[][] {
  const replay = new Replay(trace);
  for (let row = 0; row < trace.count; row++) replay.take(row);
  return replay
    .finish(endOf(trace))
    .map((spells) => spells.filter(({ state, fromNs, toNs }) => toNs > fromNs || state === 'woken'));
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

/** Why a vCPU is not runnable, as in the policy. */
const Stop = { blocked: 1, paused: 2, parked: 4, absent: 8 } as const;

/** By what a vCPU does that had to leave its pCPU. */
const STOP_AFTER: Readonly<Record<ReasonKind['after'], number>> = {
  blocked: Stop.blocked,
  paused: Stop.paused,
  parked: Stop.parked,
  preempted: 0,
  requeued: 0,
};

class Replay {
  private readonly trace: Trace;
  private readonly vocabulary: Vocabulary;
  private readonly stops: Uint8Array;
  private readonly isDone: Uint8Array;
  /** Index vCPU: the pCPU that it is assigned to, −1 = not known yet. */
  private readonly pcpuOf: Int32Array;
  private readonly running: Int32Array;
  private readonly spells: Writable<Spell>[][];

  constructor(trace: Trace) {
    const { vcpus, scenario, policy } = trace.header;
    const isWhole = trace.lost.forgotten === 0;
    this.trace = trace;
    this.vocabulary = vocabularyOf(policy);
    this.stops = new Uint8Array(vcpus.length).fill(isWhole ? Stop.absent | Stop.blocked : 0);
    this.isDone = new Uint8Array(vcpus.length);
    this.pcpuOf = new Int32Array(vcpus.length).fill(-1);
    this.running = new Int32Array(scenario.pcpus.length).fill(IDLE);
    this.spells = vcpus.map((_, vcpu) => [
      {
        vcpu,
        state: isWhole ? 'absent' : 'unknown',
        fromNs: 0,
        toNs: NaN,
        pcpu: -1,
        beginRow: -1,
        endRow: -1,
      },
    ]);
    if (!isWhole && trace.count > 0)
      for (const [spell] of this.spells) spell.fromNs = trace.rows[Column.timeNs];
  }

  take(row: number): void {
    const { rows } = this.trace;
    const at = row * WIDTH;
    switch (rows[at + Column.kind]) {
      case Kind.decide:
        this.decide(row);
        break;
      case Kind.start:
        this.forVm(rows[at + COLUMNS.start.vm], (vcpu) => {
          this.allow(row, vcpu, Stop.absent);
        });
        break;
      case Kind.wake:
        this.allow(row, rows[at + COLUMNS.wake.vcpu], Stop.blocked);
        break;
      case Kind.pause:
        this.forVm(rows[at + COLUMNS.pause.vm], (vcpu) => {
          this.forbid(row, vcpu, Stop.paused);
        });
        break;
      case Kind.unpause:
        this.forVm(rows[at + COLUMNS.unpause.vm], (vcpu) => {
          this.allow(row, vcpu, Stop.paused);
        });
        break;
      case Kind.exit: {
        const why = rows[at + COLUMNS.exit.why];
        const vcpu = rows[at + COLUMNS.exit.vcpu];
        if (why === Exit.yielded) break;
        if (why === Exit.done) this.isDone[vcpu] = 1;
        this.forbid(row, vcpu, Stop.blocked);
        break;
      }
      case Kind.steal:
        this.assign(
          rows[at + COLUMNS.steal.vcpu],
          rows[at + COLUMNS.steal.from],
          rows[at + COLUMNS.steal.to],
        );
        break;
      case Kind.migrate:
        this.assign(
          rows[at + COLUMNS.migrate.vcpu],
          rows[at + COLUMNS.migrate.from],
          rows[at + COLUMNS.migrate.to],
        );
        this.waitElsewhere(rows[at + COLUMNS.migrate.vcpu], rows[at + COLUMNS.migrate.to]);
        break;
      default:
        this.own(row);
    }
  }

  /** What only the policy tells: whom it parks, and whom no longer. */
  private own(row: number): void {
    const { rows } = this.trace;
    const at = row * WIDTH;
    const shape = this.vocabulary.shapes[rows[at + Column.kind]];
    const effect = shape?.own?.effect;
    const about = shape?.about ?? null;
    if (effect === undefined || about === null || about.what !== 'vCPU') return;
    if (effect === 'park') this.forbid(row, rows[at + about.column], Stop.parked);
    else this.allow(row, rows[at + about.column], Stop.parked);
  }

  finish(endNs: number): Spell[][] {
    for (const spells of this.spells) {
      const last = spells[spells.length - 1];
      last.toNs = Math.max(last.fromNs, endNs);
    }
    return this.spells;
  }

  private decide(row: number): void {
    const { rows } = this.trace;
    const at = row * WIDTH;
    const { decide } = COLUMNS;
    const pcpu = rows[at + decide.pcpu];
    const prev = rows[at + decide.prev];
    const next = rows[at + decide.next];
    const after = this.vocabulary.reasons.get(rows[at + decide.reason])?.after ?? 'requeued';
    const believed = this.running[pcpu];
    // A record is missing: who was believed to run here isn't known any more, unless it was told to run elsewhere.
    if (believed !== IDLE && believed !== prev && believed !== next && this.runsOn(believed, pcpu))
      this.change(row, believed, 'unknown');
    if (prev !== IDLE && prev !== next) {
      this.assign(prev, pcpu, pcpu);
      this.stops[prev] |= STOP_AFTER[after];
      this.change(row, prev, this.stops[prev] === 0 ? waitAfter(after) : this.stateOf(prev));
    }
    this.running[pcpu] = next;
    if (next === IDLE) return;
    this.stops[next] = 0;
    this.assign(next, pcpu, pcpu);
    if (!this.runsOn(next, pcpu)) this.change(row, next, 'running');
  }

  private runsOn(vcpu: number, pcpu: number): boolean {
    const spell = this.open(vcpu);
    return spell.state === 'running' && spell.pcpu === pcpu;
  }

  private forVm(vm: number, act: (vcpu: number) => void): void {
    this.trace.header.vcpus.forEach((vcpu, index) => {
      if (vcpu.vm === vm) act(index);
    });
  }

  private allow(row: number, vcpu: number, stop: number): void {
    const { state } = this.open(vcpu);
    // Unpausing a VM that isn't paused changes nothing.
    if ((this.stops[vcpu] & stop) === 0 && state !== 'unknown') return;
    this.stops[vcpu] &= ~stop;
    if (state === 'running') return;
    this.change(row, vcpu, this.stops[vcpu] === 0 ? 'woken' : this.stateOf(vcpu));
  }

  /** One that runs goes on until the decision that follows. */
  private forbid(row: number, vcpu: number, stop: number): void {
    this.stops[vcpu] |= stop;
    if (this.open(vcpu).state !== 'running') this.change(row, vcpu, this.stateOf(vcpu));
  }

  private assign(vcpu: number, from: number, to: number): void {
    if (this.pcpuOf[vcpu] === -1) {
      // Where a VM's start placed it isn't recorded, but it has been there ever since.
      for (const spell of this.spells[vcpu]) if (spell.state !== 'absent') spell.pcpu = from;
    }
    this.pcpuOf[vcpu] = to;
  }

  /** It has just left its pCPU to go to another one. */
  private waitElsewhere(vcpu: number, pcpu: number): void {
    const spell = this.open(vcpu);
    if (isWaiting(spell.state)) spell.pcpu = pcpu;
  }

  private open(vcpu: number): Writable<Spell> {
    return this.spells[vcpu][this.spells[vcpu].length - 1];
  }

  private change(row: number, vcpu: number, state: RunState): void {
    const last = this.open(vcpu);
    const pcpu = this.pcpuOf[vcpu];
    if (last.state === state && last.pcpu === pcpu) return;
    const timeNs = this.trace.rows[row * WIDTH + Column.timeNs];
    last.toNs = timeNs;
    last.endRow = row;
    this.spells[vcpu].push({ vcpu, state, fromNs: timeNs, toNs: NaN, pcpu, beginRow: row, endRow: -1 });
  }

  private stateOf(vcpu: number): RunState {
    const stops = this.stops[vcpu];
    if (this.isDone[vcpu] === 1) return 'done';
    if ((stops & Stop.absent) !== 0) return 'absent';
    if ((stops & Stop.paused) !== 0) return 'paused';
    return (stops & Stop.blocked) !== 0 ? 'blocked' : 'parked';
  }
}

/** The scheduler may have been told meanwhile that what stopped the vCPU is over. */
function waitAfter(after: ReasonKind['after']): RunState {
  return after === 'preempted' ? 'preempted' : 'requeued';
}
