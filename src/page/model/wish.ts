/**
 * A value that a hand changes and the host has: shown at once, sent in good time, and given up for what the host says.
 *
 *     slider ──► wanted ──(10 a second, one at a time; the last one always)──► flying ──► accepted
 *                  │                                                             │          │ until a state holds it
 *     shown:    wanted, or else flying, or else accepted, or else what the host has ◄───────┘
 *                                                               ├─► refused: the host's, and the error
 *                                                               └─► too busy: wanted, and sent again a little later
 */
import { signal, type ReadonlySignal } from '@preact/signals';

/** What is shown beside the control when the host refuses. */
export interface Refused {
  readonly message: string;
  readonly expected?: string;
  readonly hint?: string;
  /** Nothing was done, and the same may be sent again after so long; absent: it would be refused again. */
  readonly againMs?: number;
}

/** Sends a value. Throws Refused's like; the number is the Change's. */
export type Send<T> = (value: T) => Promise<{ readonly number: number }>;

export interface Clock {
  nowMs(): number;
  /** @returns forgets it */
  after(ms: number, call: () => void): () => void;
}

/** Between two commands of one control. */
export const PACE_MS = 100;

export class Wish<T> {
  /** null: what the host has is shown */
  readonly own: ReadonlySignal<{ readonly value: T } | null>;
  readonly error: ReadonlySignal<Refused | null>;
  private readonly ownSignal = signal<{ readonly value: T } | null>(null);
  private readonly errorSignal = signal<Refused | null>(null);
  private readonly send: Send<T>;
  private readonly clock: Clock;
  private readonly refusalOf: (error: unknown) => Refused;
  private wanted: { readonly value: T } | null = null;
  private flying: { readonly value: T } | null = null;
  private accepted: { readonly value: T; readonly number: number } | null = null;
  private held: { readonly value: T } | null = null;
  /** The next command isn't sent before. */
  private notBeforeMs = -Infinity;
  private seen = 0;
  private cancel: (() => void) | null = null;
  private isGivenUp = false;

  constructor(send: Send<T>, clock: Clock, refusalOf: (error: unknown) => Refused) {
    this.send = send;
    this.clock = clock;
    this.refusalOf = refusalOf;
    this.own = this.ownSignal;
    this.error = this.errorSignal;
  }

  /** A hand is on the control: what others do doesn't move it away. */
  hold(value: T): void {
    this.held = { value };
    this.show();
  }

  release(): void {
    this.held = null;
    this.show();
  }

  set(value: T): void {
    if (this.held !== null) this.held = { value };
    this.wanted = { value };
    this.errorSignal.value = null;
    this.show();
    this.next();
  }

  /** A state came; it holds the changes up to this one. */
  see(changeNumber: number): void {
    this.seen = changeNumber;
    if (this.accepted !== null && this.accepted.number <= changeNumber) this.accepted = null;
    this.show();
  }

  /** Its VM, or its host, is gone. */
  giveUp(): void {
    this.cancel?.();
    this.cancel = null;
    this.wanted = null;
    this.isGivenUp = true;
  }

  /** Sends what is wanted, as soon as its time has come. */
  private next(): void {
    if (this.wanted === null || this.flying !== null || this.cancel !== null) return;
    const waitMs = this.notBeforeMs - this.clock.nowMs();
    if (waitMs <= 0) {
      this.fly(this.wanted);
      return;
    }
    this.cancel = this.clock.after(waitMs, () => {
      this.cancel = null;
      this.next();
    });
  }

  private fly(wanted: { readonly value: T }): void {
    this.flying = wanted;
    this.wanted = null;
    this.notBeforeMs = this.clock.nowMs() + PACE_MS;
    this.send(wanted.value).then(
      ({ number }) => {
        this.flying = null;
        this.accepted = number > this.seen ? { value: wanted.value, number } : null;
        this.landed();
      },
      (error: unknown) => {
        this.flying = null;
        this.accepted = null;
        this.refused(wanted, this.refusalOf(error));
        this.landed();
      },
    );
  }

  private refused(wanted: { readonly value: T }, refused: Refused): void {
    if (refused.againMs !== undefined && !this.isGivenUp) {
      this.wanted ??= wanted;
      this.notBeforeMs = this.clock.nowMs() + refused.againMs;
    } else if (this.wanted === null) {
      this.held = null;
      this.errorSignal.value = refused;
    }
  }

  private landed(): void {
    this.show();
    this.next();
  }

  private show(): void {
    this.ownSignal.value = this.held ?? this.wanted ?? this.flying ?? this.accepted;
  }
}
