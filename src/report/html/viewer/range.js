/**
 * The part of the run that is shown.
 * @typedef {{ fromNs: number, toNs: number }} Range
 */

/** Nothing in a run is shorter. */
const LEAST_SPAN_NS = 2_000;

/**
 * Zoom so that the instant under the pointer stays where it is.
 * @param {Range} range
 * @param {Range} bounds
 * @param {number} factor above 1: closer
 * @param {number} aroundNs
 * @returns {Range}
 */
export function zoomed(range, bounds, factor, aroundNs) {
  const whole = bounds.toNs - bounds.fromNs;
  const old = range.toNs - range.fromNs;
  const span = Math.min(whole, Math.max(Math.min(LEAST_SPAN_NS, whole), old / factor));
  const fromNs = aroundNs - ((aroundNs - range.fromNs) * span) / old;
  return inside({ fromNs, toNs: fromNs + span }, bounds);
}

/**
 * @param {Range} range
 * @param {Range} bounds
 * @param {number} byNs ±Infinity: to an end
 * @returns {Range}
 */
export function moved({ fromNs, toNs }, bounds, byNs) {
  const first = Math.min(Math.max(fromNs + byNs, bounds.fromNs), bounds.toNs);
  return inside({ fromNs: first, toNs: first + toNs - fromNs }, bounds);
}

/**
 * Moved as little as possible so that a span is in view, with some room around it.
 * @param {Range} range
 * @param {Range} bounds
 * @param {Range} span
 * @returns {Range}
 */
export function showing(range, bounds, span) {
  const length = range.toNs - range.fromNs;
  const room = Math.max(0, Math.min(length / 10, (length - (span.toNs - span.fromNs)) / 2));
  if (span.fromNs < range.fromNs) return moved(range, bounds, span.fromNs - room - range.fromNs);
  if (span.toNs <= range.toNs) return range;
  return moved(range, bounds, Math.min(span.toNs + room - range.toNs, span.fromNs - room - range.fromNs));
}

/**
 * @param {Range} range
 * @param {Range} bounds
 * @returns {Range}
 */
function inside({ fromNs, toNs }, bounds) {
  const span = Math.min(toNs - fromNs, bounds.toNs - bounds.fromNs);
  const first = Math.min(Math.max(fromNs, bounds.fromNs), bounds.toNs - span);
  return { fromNs: first, toNs: first + span };
}
