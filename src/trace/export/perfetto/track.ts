/**
 * What a timeline viewer draws: tracks, in groups, with spans, instants and samples on them. Times in ns since t = 0.
 */

/** What else is known of a span or an instant. Quantities end in their unit. */
export type Details = Readonly<Record<string, string | number>>;

export interface Span {
  readonly name: string;
  readonly fromNs: number;
  readonly toNs: number;
  readonly details: Details;
}

export interface Instant {
  readonly name: string;
  readonly atNs: number;
  readonly details: Details;
}

/** A counter has this value from then on. */
export interface Sample {
  readonly atNs: number;
  readonly value: number;
}

/** Everything on a track is in order of time, and spans don't overlap. */
export type Track =
  | (Timeline & {
      /** lane: of a pCPU, or the scheduler; vm: of a VM as a whole */
      readonly kind: 'lane' | 'vm';
    })
  | (Timeline & {
      readonly kind: 'vcpu';
      /** its number as a thread */
      readonly tid: number;
    })
  | {
      /** belongs to the last vCPU before it */
      readonly kind: 'counter';
      readonly name: string;
      /** for people; `ns` for a time */
      readonly unit: string;
      readonly samples: readonly Sample[];
    };

export interface Timeline {
  readonly name: string;
  readonly spans: readonly Span[];
  readonly instants: readonly Instant[];
}

export interface TrackGroup {
  readonly name: string;
  /** of a VM: its number as a process; else null */
  readonly pid: number | null;
  readonly tracks: readonly Track[];
}
