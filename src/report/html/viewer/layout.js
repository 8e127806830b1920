/** @import { Timeline } from './decode.js' */

/**
 * A strip of the picture. `intent` and `fact` belong to a pCPU, `credit` to a vCPU; `index` says which.
 * @typedef {{ kind: 'intent' | 'fact' | 'credit', index: number, y: number, height: number }} Lane
 */

export const GUTTER = 124;
export const AXIS_HEIGHT = 26;

const INTENT_HEIGHT = 26;
const FACT_HEIGHT = 20;
const CREDIT_HEIGHT = 58;
const PCPU_GAP = 14;
const CREDIT_GAP = 10;

/**
 * @param {Timeline} timeline
 * @returns {{ lanes: Lane[], height: number }} in CSS pixels
 */
export function layoutOf({ pcpus, vcpus }) {
  /** @type {Lane[]} */
  const lanes = [];
  let y = AXIS_HEIGHT;
  pcpus.forEach(({ stays }, index) => {
    lanes.push({ kind: 'intent', index, y, height: INTENT_HEIGHT });
    y += INTENT_HEIGHT + 1;
    if (stays !== null) {
      lanes.push({ kind: 'fact', index, y, height: FACT_HEIGHT });
      y += FACT_HEIGHT;
    }
    y += PCPU_GAP;
  });
  vcpus.forEach((_, index) => {
    lanes.push({ kind: 'credit', index, y, height: CREDIT_HEIGHT });
    y += CREDIT_HEIGHT + CREDIT_GAP;
  });
  return { lanes, height: y };
}

/**
 * @param {readonly Lane[]} lanes
 * @param {number} y
 */
export function laneAt(lanes, y) {
  return lanes.findIndex((lane) => y >= lane.y && y < lane.y + lane.height);
}
