/**
 * Columns of pixels of a timeline that is wider than any canvas: column c is the time from c × nsPerColumn on, and is
 * kept at c mod width of a canvas, so that what has been painted stays where it is while the window moves on.
 *
 *     held   …│ 40 41 42 43 44 45 │…        canvas of 6:  │42 43 44 45 40 41│
 */

export interface Range {
  readonly from: number;
  /** not included */
  readonly to: number;
}

/**
 * What must be painted, and what is held then, for a range to be shown.
 * @param held null: nothing is
 * @param width how many columns can be held
 */
export function toPaint(held: Range | null, wanted: Range, width: number): { paint: Range[]; held: Range } {
  const isApart = held === null || wanted.to < held.from || wanted.from > held.to;
  if (isApart) return { paint: wanted.to > wanted.from ? [wanted] : [], held: wanted };
  const paint: Range[] = [];
  if (wanted.from < held.from) paint.push({ from: wanted.from, to: held.from });
  if (wanted.to > held.to) paint.push({ from: held.to, to: wanted.to });
  const from = Math.min(wanted.from, held.from);
  const to = Math.max(wanted.to, held.to);
  // What doesn't fit is forgotten, on the side that isn't looked at.
  if (to - from <= width) return { paint, held: { from, to } };
  return {
    paint,
    held: wanted.to > held.to ? { from: to - width, to } : { from, to: from + width },
  };
}

/** A range of columns as it lies in a canvas: in one piece or in two. */
export function pieces({ from, to }: Range, width: number): { at: number; from: number; count: number }[] {
  const count = to - from;
  if (count <= 0) return [];
  const at = ((from % width) + width) % width;
  const first = Math.min(count, width - at);
  return first === count
    ? [{ at, from, count }]
    : [
        { at, from, count: first },
        { at: 0, from: from + first, count: count - first },
      ];
}
