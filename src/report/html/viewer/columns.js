/** @import { Numbers } from './decode.js' */
/** @import { Range } from './range.js' */
import { firstAbove } from './search.js';

/**
 * What a lane looks like at this zoom. Spans of a pixel or more are drawn as they are; narrower ones are gathered per
 * pixel column, and the column shows how its time was divided. So there are never more rectangles than pixels allow,
 * however many spans are in view.
 *
 * @param {{ fromNs: Numbers, toNs: Numbers, vcpu: Numbers }} spans
 * @param {Range} range
 * @param {number} width in pixels
 * @param {number} vcpuCount
 * @param {(span: number, x: number, width: number) => void} wide
 * @param {(vcpu: number, x: number, from: number, part: number) => void} narrow a part of a column, 0..1 from below
 */
export function layOut(spans, range, width, vcpuCount, wide, narrow) {
  const { fromNs, toNs, vcpu } = spans;
  const scale = width / (range.toNs - range.fromNs);
  const parts = new Float64Array(vcpuCount);
  let column = -1;
  const flush = () => {
    if (column < 0) return;
    let below = 0;
    for (let i = 0; i < vcpuCount; i++) {
      const part = Math.min(parts[i], 1 - below);
      if (part > 0) narrow(i, column, below, part);
      below += part;
      parts[i] = 0;
    }
    column = -1;
  };
  const end = firstAbove(fromNs, range.toNs);
  for (let i = firstAbove(toNs, range.fromNs); i < end; i++) {
    const x = Math.max(0, (fromNs[i] - range.fromNs) * scale);
    const right = Math.min(width, (toNs[i] - range.fromNs) * scale);
    if (right - x >= 1) {
      flush();
      wide(i, x, right - x);
      continue;
    }
    const here = Math.floor(x);
    if (here !== column) {
      flush();
      column = here;
    }
    parts[vcpu[i]] += right - x;
  }
  flush();
}

/**
 * A step function per pixel column: each column that has a point gives its first, least, greatest and last value.
 * @param {Numbers} timeNs
 * @param {Numbers} values
 * @param {Range} range
 * @param {number} width in pixels
 * @param {(x: number, first: number, least: number, greatest: number, last: number) => void} each
 *   the first call has x = 0 and the value that holds there, if one is known
 */
export function steps(timeNs, values, range, width, each) {
  const scale = width / (range.toNs - range.fromNs);
  const begin = firstAbove(timeNs, range.fromNs);
  const end = firstAbove(timeNs, range.toNs);
  if (begin > 0) {
    const held = values[begin - 1];
    each(0, held, held, held, held);
  }
  for (let i = begin; i < end;) {
    const x = (timeNs[i] - range.fromNs) * scale;
    const column = Math.floor(x);
    const first = values[i];
    let least = first;
    let greatest = first;
    let last = first;
    for (i++; i < end && Math.floor((timeNs[i] - range.fromNs) * scale) === column; i++) {
      last = values[i];
      if (last < least) least = last;
      if (last > greatest) greatest = last;
    }
    each(x, first, least, greatest, last);
  }
}
