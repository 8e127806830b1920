/** @import { Numbers } from './decode.js' */

/**
 * Index of the first value above `limit`; their number if there is none.
 * @param {Numbers} ascending
 * @param {number} limit
 */
export function firstAbove(ascending, limit) {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ascending[middle] > limit) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * Index of the span that holds the instant, −1 if none does. Spans are in order and don't overlap.
 * @param {{ fromNs: Numbers, toNs: Numbers }} spans
 * @param {number} timeNs
 */
export function spanAt({ fromNs, toNs }, timeNs) {
  const index = firstAbove(fromNs, timeNs) - 1;
  return index >= 0 && timeNs < toNs[index] ? index : -1;
}

/**
 * The same, or the nearest span that is not farther than `reachNs`: narrow ones are hard to hit.
 * @param {{ fromNs: Numbers, toNs: Numbers }} spans
 * @param {number} timeNs
 * @param {number} reachNs
 */
export function spanNear(spans, timeNs, reachNs) {
  const inside = spanAt(spans, timeNs);
  if (inside >= 0) return inside;
  const after = firstAbove(spans.fromNs, timeNs);
  const gapAfter = after < spans.fromNs.length ? spans.fromNs[after] - timeNs : Infinity;
  const gapBefore = after > 0 ? timeNs - spans.toNs[after - 1] : Infinity;
  if (Math.min(gapAfter, gapBefore) > reachNs) return -1;
  return gapAfter < gapBefore ? after : after - 1;
}

/**
 * The stay that a slice became: of those of this vCPU the one that has most time in common with it. −1: there is none.
 * @param {import('./decode.js').Stays} stays of the same pCPU
 * @param {import('./decode.js').Slices} slices
 * @param {number} slice
 */
export function stayOfSlice(stays, slices, slice) {
  const vcpu = slices.vcpu[slice];
  const fromNs = slices.fromNs[slice];
  const toNs = slices.toNs[slice];
  let best = -1;
  let bestNs = 0;
  for (let i = firstAbove(stays.toNs, fromNs); i < stays.toNs.length && stays.fromNs[i] < toNs; i++) {
    const commonNs = Math.min(stays.toNs[i], toNs) - Math.max(stays.fromNs[i], fromNs);
    if (stays.vcpu[i] === vcpu && commonNs > bestNs) {
      best = i;
      bestNs = commonNs;
    }
  }
  return best;
}
