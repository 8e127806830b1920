/**
 * What a change did to a share: how long until it acted, how far it went too far, how long until the share had settled.
 *
 * A scheduler hands a CPU out in whole slices, so a share is one only over a while. In a stretch without changes the
 * slices repeat: that pattern is the while. A change ends one pattern and begins another.
 *
 *     30 ms each   B A B B A B B A│B A A B A A A B A A B A A B A A
 *                                 │ change: A from 1:2 to 2:1
 *     old pattern       └─B A B─┘ │ └──┘ the last with the old share ends here: delay
 *     new pattern                 │           └─B A A─┘  from here on each has the new one: settling
 *
 * - The old value is the mean over the second half of the stretch before the change, the new one that over the second
 *   half of the stretch after it: whole patterns, up to the end of the stretch.
 * - The pattern of a half is the smallest multiple of the slice over which the share moves no more than ½ point,
 *   however the window lies. If there is none, it is the one over which it moves least.
 * - Delay: until the share over the last old pattern begins to move off, to more than 1 point beyond where it moved
 *   before.
 * - Settling: until each new pattern that begins from then on has the new value, give or take 1 point.
 * - Overshoot: how far a new pattern that begins after the delay goes beyond the new value.
 *
 * So neither figure has the length of a window in it: of a share that jumps at once, both are (almost) 0.
 */
import { type CpuTime, movingShare } from './cpu-time.ts';

export const SETTLED_POINTS = 1;
const EVEN_POINTS = 0.5;
/** Points by which sums of times may differ. */
const ROUNDING = 1e-6;
/** Patterns are looked for in so much of a stretch that went on for long. */
const LONGEST_HALF_NS = 10e9;
/** Up to so many slices each multiple is tried, then each power of two. */
const ALL_MULTIPLES = 64;

export interface StepInput {
  /** since when nothing else was changed */
  readonly fromNs: number;
  /** of several changes that count as one the first; default: `atNs` */
  readonly beginNs?: number;
  /** the change, or the last of several */
  readonly atNs: number;
  /** from when on it can act */
  readonly actsNs: number;
  /** the next change, or the end */
  readonly toNs: number;
  /** how long a slice is before and after the change */
  readonly sliceNs: readonly [before: number, after: number];
}

/** Shares in percent of one CPU; times from the change on. */
export interface StepFigures {
  readonly fromPercent: number;
  readonly toPercent: number;
  /** null: it never left its old value */
  readonly delayNs: number | null;
  readonly overshootPoints: number;
  /** null: it had not settled when the next change came, or the end */
  readonly settlingNs: number | null;
  /** how long the pattern was before and after */
  readonly patternNs: readonly [before: number, after: number];
}

/** A stretch of a schedule that repeats. */
export interface Pattern {
  readonly windowNs: number;
  readonly percent: number;
  /** how far a window's share is from it at most */
  readonly ripplePoints: number;
}

/** The pattern that the change ended; null: the stretch is too short to have one. */
export function patternBefore(used: CpuTime, input: StepInput): Pattern | null {
  const { fromNs, atNs, beginNs = atNs, sliceNs } = input;
  return patternOf(used, secondHalf(fromNs, beginNs), beginNs, sliceNs[0]);
}

/**
 * @param before for who looks at one change again and again: patternBefore(), which takes long
 * @returns null where a stretch is too short to have a share: less than four slices
 */
export function stepResponse(
  used: CpuTime,
  input: StepInput,
  before = patternBefore(used, input),
): StepFigures | null {
  const { atNs, beginNs = atNs, actsNs, toNs, sliceNs } = input;
  const after = patternOf(used, secondHalf(atNs, toNs), toNs, sliceNs[1]);
  if (before === null || after === null) return null;
  const leftNs = leaves(used, before, beginNs < atNs ? beginNs : Math.max(atNs, actsNs), toNs);
  const movedNs = Math.max(atNs, leftNs ?? atNs);
  const settledNs = settles(used, after, atNs, toNs);
  return {
    fromPercent: before.percent,
    toPercent: after.percent,
    delayNs: leftNs === null ? null : movedNs - atNs,
    overshootPoints: overshoot(used, after, {
      fromNs: movedNs,
      toNs,
      isRise: after.percent > before.percent,
    }),
    settlingNs: settledNs === null ? null : Math.max(settledNs, movedNs) - atNs,
    patternNs: [before.windowNs, after.windowNs],
  };
}

function secondHalf(fromNs: number, toNs: number): number {
  return toNs - Math.min((toNs - fromNs) / 2, LONGEST_HALF_NS);
}

function patternOf(used: CpuTime, fromNs: number, toNs: number, sliceNs: number): Pattern | null {
  let best: Pattern | null = null;
  // There must be two of them at least: otherwise whatever it was would be the pattern.
  for (
    let slices = 1;
    slices * sliceNs <= (toNs - fromNs) / 2;
    slices += slices < ALL_MULTIPLES ? 1 : slices
  ) {
    const windowNs = slices * sliceNs;
    const whole = Math.floor((toNs - fromNs) / windowNs);
    const percent = used.percent(toNs - whole * windowNs, toNs);
    const moving = movingShare(used, windowNs, fromNs, toNs - windowNs);
    const ripplePoints = greatest(moving.percent.map((each) => Math.abs(each - percent)));
    if (best === null || ripplePoints < best.ripplePoints) best = { windowNs, percent, ripplePoints };
    if (ripplePoints <= EVEN_POINTS) break;
  }
  return best;
}

/** When the share over the last pattern begins to be another one; null: it never is. */
function leaves(
  used: CpuTime,
  { windowNs, percent, ripplePoints }: Pattern,
  fromNs: number,
  toNs: number,
): number | null {
  const { beginNs, percent: shares } = movingShare(used, windowNs, fromNs - windowNs, toNs - windowNs);
  const away = shares.map((each) => Math.abs(each - percent));
  const gone = away.findIndex((points) => points > ripplePoints + SETTLED_POINTS);
  if (gone < 0) return null;
  const usual = ripplePoints + ROUNDING;
  const last = away.slice(0, gone).findLastIndex((points) => points <= usual);
  return (last < 0 ? beginNs[0] : crossing(beginNs, away, last + 1, usual)) + windowNs;
}

/** From when on each pattern has its share; null: never, as far as one can see. */
function settles(used: CpuTime, { windowNs, percent }: Pattern, fromNs: number, toNs: number): number | null {
  const { beginNs, percent: shares } = movingShare(used, windowNs, fromNs, toNs - windowNs);
  const away = shares.map((each) => Math.abs(each - percent));
  const place = away.findLastIndex((points) => points > SETTLED_POINTS);
  if (place < 0) return fromNs;
  return place === away.length - 1 ? null : crossing(beginNs, away, place + 1, SETTLED_POINTS);
}

function overshoot(
  used: CpuTime,
  { windowNs, percent }: Pattern,
  { fromNs, toNs, isRise }: { readonly fromNs: number; readonly toNs: number; readonly isRise: boolean },
): number {
  if (fromNs > toNs - windowNs) return 0;
  const { percent: shares } = movingShare(used, windowNs, fromNs, toNs - windowNs);
  return Math.max(0, greatest(shares.map((each) => (isRise ? each - percent : percent - each))));
}

/** Of any number of values: as arguments of a function there may be too many. */
function greatest(values: readonly number[]): number {
  return values.reduce((most, each) => Math.max(most, each), -Infinity);
}

/** Where the line from the point before it crosses a level. */
function crossing(times: readonly number[], values: readonly number[], place: number, level: number): number {
  const [from, to] = [values[place - 1], values[place]];
  return times[place - 1] + ((level - from) / (to - from)) * (times[place] - times[place - 1]);
}
