/**
 * What was played: the latest slices of each pCPU, in rings that are made once. However long a session, they take the
 * same memory.
 *
 *     stream ──► ends at 40 ms ─► ring of pCPU 0: … |20 A 30|30 B 40|      goes on: A since 40
 *            └─► goes on       ─► replaces what went on before
 */
import type { LiveSlice } from '../../control/state.ts';

/** All pCPUs together, and of one at least and at most. A slice takes 22 bytes. */
const ALL_SLICES = 1 << 17;
const LEAST_SLICES = 1 << 12;
const MOST_SLICES = 1 << 15;

/** One slice, as it is told to whoever looks. */
export interface Slice {
  readonly pcpu: number;
  /** −1: the pCPU idled */
  readonly vcpu: number;
  readonly fromNs: number;
  /** null: it goes on */
  readonly toNs: number | null;
  /** keys of the policy's reasons; null: not known, or it goes on */
  readonly began: string | null;
  readonly ended: string | null;
}

export class Lane {
  readonly capacity: number;
  private readonly from: Float64Array;
  private readonly to: Float64Array;
  private readonly who: Int32Array;
  private readonly why: Uint16Array;
  private first = 0;
  private used = 0;
  /** what goes on */
  private open: { vcpu: number; fromNs: number; began: string } | null = null;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.from = new Float64Array(capacity);
    this.to = new Float64Array(capacity);
    this.who = new Int32Array(capacity);
    this.why = new Uint16Array(capacity);
  }

  get count(): number {
    return this.used;
  }

  /** The earliest instant that is still known; Infinity: none is. */
  get startNs(): number {
    return this.used > 0 ? this.from[this.first] : (this.open?.fromNs ?? Infinity);
  }

  add({ vcpu, fromNs, toNs, reason }: LiveSlice, reasons: Words): void {
    if (toNs === null) {
      if (fromNs >= this.lastToNs()) this.open = { vcpu, fromNs, began: reason };
      return;
    }
    if (this.open !== null && this.open.fromNs <= fromNs) this.open = null;
    // Told twice, after a new connection: what is known already stays.
    if (fromNs < this.lastToNs() || toNs < fromNs) return;
    const at = (this.first + this.used) % this.capacity;
    if (this.used < this.capacity) this.used++;
    else this.first = (this.first + 1) % this.capacity;
    this.from[at] = fromNs;
    this.to[at] = toNs;
    this.who[at] = vcpu;
    this.why[at] = reasons.numberOf(reason);
  }

  /** Calls with each slice that has a part in the range; the one that goes on ends at `nowNs`. */
  each(
    fromNs: number,
    toNs: number,
    nowNs: number,
    take: (vcpu: number, fromNs: number, toNs: number, isOpen: boolean) => void,
  ): void {
    for (let i = this.firstEndingAfter(fromNs); i < this.used; i++) {
      const at = (this.first + i) % this.capacity;
      if (this.from[at] >= toNs) return;
      take(this.who[at], this.from[at], this.to[at], false);
    }
    const { open } = this;
    if (open !== null && open.fromNs < toNs && nowNs > fromNs && nowNs > open.fromNs)
      take(open.vcpu, open.fromNs, nowNs, true);
  }

  /** What was on at an instant. */
  at(pcpu: number, ns: number, reasons: Words): Slice | null {
    const i = this.firstEndingAfter(ns);
    if (i < this.used) {
      const at = (this.first + i) % this.capacity;
      if (this.from[at] > ns) return null;
      const before = (at + this.capacity - 1) % this.capacity;
      const isAdjacent = i > 0 && this.to[before] === this.from[at];
      return {
        pcpu,
        vcpu: this.who[at],
        fromNs: this.from[at],
        toNs: this.to[at],
        began: isAdjacent ? reasons.of(this.why[before]) : null,
        ended: reasons.of(this.why[at]),
      };
    }
    const { open } = this;
    if (open === null || open.fromNs > ns) return null;
    return { pcpu, vcpu: open.vcpu, fromNs: open.fromNs, toNs: null, began: open.began, ended: null };
  }

  private lastToNs(): number {
    return this.used === 0 ? -Infinity : this.to[(this.first + this.used - 1) % this.capacity];
  }

  /** Its place in order, of the first slice that ends after an instant. */
  private firstEndingAfter(ns: number): number {
    let low = 0;
    let high = this.used;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.to[(this.first + middle) % this.capacity] > ns) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

/** Words that come again and again, as numbers. A policy has a few reasons. */
export class Words {
  private readonly words: string[] = [];
  private readonly numbers = new Map<string, number>();

  numberOf(word: string): number {
    const known = this.numbers.get(word);
    if (known !== undefined) return known;
    const number = this.words.push(word) - 1;
    this.numbers.set(word, number);
    return number;
  }

  of(number: number): string {
    return this.words[number];
  }
}

export class SliceStore {
  readonly lanes: readonly Lane[];
  /** until when it is known what the pCPUs did */
  untilNs = 0;
  private readonly reasons = new Words();

  constructor(pcpuCount: number) {
    const each = Math.floor(ALL_SLICES / Math.max(1, pcpuCount));
    const capacity = Math.min(MOST_SLICES, Math.max(LEAST_SLICES, each));
    this.lanes = Array.from({ length: pcpuCount }, () => new Lane(capacity));
  }

  /** The earliest instant that is still known. */
  get startNs(): number {
    const first = Math.min(...this.lanes.map(({ startNs }) => startNs));
    return Math.min(first, this.untilNs);
  }

  add(slices: readonly LiveSlice[], untilNs: number): void {
    for (const slice of slices) this.lanes.at(slice.pcpu)?.add(slice, this.reasons);
    this.untilNs = Math.max(this.untilNs, untilNs);
  }

  at(pcpu: number, ns: number): Slice | null {
    return this.lanes.at(pcpu)?.at(pcpu, ns, this.reasons) ?? null;
  }
}
