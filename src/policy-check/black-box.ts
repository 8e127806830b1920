/**
 * What is known of a policy's check from outside of its thread, also when that thread hangs or is gone: which scenario
 * is under way, which call, at which instant, and what was decided last. It lies in shared memory:
 *
 *     check's thread    begin(case) ──► at(instant), pulse of the guard ──► policy … ──► decided() ──► at(instant) …
 *     main thread       beats() again and again: the same number for seconds means that a call hangs
 */
import { GUARDED_CALLS, Pulse } from '../core/guarded.ts';
import type { Case } from './case.ts';

/** A decision: the pCPU runs this vCPU from then on. */
export interface Decision {
  readonly atNs: number;
  readonly pcpu: number;
  readonly vcpu: number;
}

/** Behind the guard's pulse. */
const Int = {
  decisions: Pulse.size,
  caseBytes: Pulse.size + 1,
  index: Pulse.size + 2,
  phase: Pulse.size + 3,
} as const;
const INTS = 8;

/** What is going on outside of a policy's calls. */
export const Phase = { nothing: 0, load: 1, create: 2 } as const;
export type Phase = (typeof Phase)[keyof typeof Phase];

/** Decisions that are kept, and numbers of each. */
const KEPT = 4096;
const FIELDS = 3;
const CASE_BYTES = 64 * 1024;

export class BlackBox {
  readonly memory: SharedArrayBuffer;
  /** for guarded(): which call is under way */
  readonly pulse: Int32Array;
  private readonly ints: Int32Array;
  /** the instant of the call under way, then the decisions */
  private readonly times: Float64Array;
  private readonly caseText: Uint8Array;

  /** @param memory of another thread's black box; default: a new one */
  constructor(memory?: SharedArrayBuffer) {
    const timesFrom = INTS * Int32Array.BYTES_PER_ELEMENT;
    const timesLength = 1 + KEPT * FIELDS;
    const caseFrom = timesFrom + timesLength * Float64Array.BYTES_PER_ELEMENT;
    this.memory = memory ?? new SharedArrayBuffer(caseFrom + CASE_BYTES);
    this.ints = new Int32Array(this.memory, 0, INTS);
    this.pulse = new Int32Array(this.memory, 0, Pulse.size);
    this.times = new Float64Array(this.memory, timesFrom, timesLength);
    this.caseText = new Uint8Array(this.memory, caseFrom, CASE_BYTES);
  }

  /** @param index of the case, where there is a list of them */
  begin(scenario: Case | null, index = 0): void {
    const { ints } = this;
    const text = scenario === null ? '' : JSON.stringify(scenario);
    ints[Int.caseBytes] = new TextEncoder().encodeInto(text, this.caseText).written;
    ints[Int.index] = index;
    ints[Int.decisions] = 0;
    this.times[0] = 0;
    this.beat();
  }

  enter(phase: Phase): void {
    this.ints[Int.phase] = phase;
    this.beat();
  }

  /** A call is about to be made, at that instant. */
  at(nowNs: number): void {
    this.times[0] = nowNs;
  }

  /** Something goes on, though no call is seen. */
  beat(): void {
    Atomics.add(this.ints, Pulse.count, 1);
  }

  decided(nowNs: number, pcpu: number, vcpu: number): void {
    const { ints, times } = this;
    const at = 1 + FIELDS * (ints[Int.decisions]++ % KEPT);
    times[at] = nowNs;
    times[at + 1] = pcpu;
    times[at + 2] = vcpu;
  }

  beats(): number {
    return Atomics.load(this.ints, Pulse.count);
  }

  /** The call under way, '' for none. */
  call(): string {
    return GUARDED_CALLS[Atomics.load(this.ints, Pulse.call)];
  }

  phase(): number {
    return Atomics.load(this.ints, Int.phase);
  }

  /** The instant that the call under way was told, or the last one. */
  nowNs(): number {
    return this.times[0];
  }

  index(): number {
    return this.ints[Int.index];
  }

  case(): Case | null {
    const bytes = this.caseText.slice(0, this.ints[Int.caseBytes]);
    return bytes.length === 0 ? null : (JSON.parse(new TextDecoder().decode(bytes)) as Case);
  }

  /** The last ones, in order. */
  decisions(): Decision[] {
    const count = this.ints[Int.decisions];
    const kept = Math.min(count, KEPT);
    return Array.from({ length: kept }, (_, i) => {
      const at = 1 + FIELDS * ((count - kept + i) % KEPT);
      return { atNs: this.times[at], pcpu: this.times[at + 1], vcpu: this.times[at + 2] };
    });
  }
}
