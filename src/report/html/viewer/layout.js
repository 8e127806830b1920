/** @import { Timeline } from './decode.js' */

/** @import { ReadingData } from '../view-data.ts' */

/**
 * A strip of the picture. `intent` and `fact` belong to a pCPU, `readings` to a vCPU; `index` says which. A lane of
 * readings has a level as its line, or none (−1), and the classes that are bars at its foot, by their places in the
 * policy.
 * @typedef {{ kind: 'intent' | 'fact', index: number, y: number, height: number }} SpanLane
 * @typedef {{ kind: 'readings', index: number, y: number, height: number, level: number, classes: number[] }}
 *   ReadingLane
 * @typedef {SpanLane | ReadingLane} Lane
 */

export const GUTTER = 124;
export const AXIS_HEIGHT = 26;

const INTENT_HEIGHT = 26;
const FACT_HEIGHT = 20;
/** Of the line of a level, or of a lane without one. */
const LEVEL_HEIGHT = 47;
/** Of a class. */
export const BAR_HEIGHT = 9;
export const BAR_GAP = 2;
const PCPU_GAP = 14;
const READINGS_GAP = 10;

/**
 * @param {Timeline} timeline
 * @param {readonly ReadingData[]} readings of its policy
 * @param {boolean} hasReadings false: pCPUs alone
 * @returns {{ lanes: Lane[], height: number }} in CSS pixels
 */
export function layoutOf({ pcpus, vcpus }, readings, hasReadings) {
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
  if (!hasReadings) return { lanes, height: y };
  const classes = placesOf(readings, 'class');
  const levels = placesOf(readings, 'level');
  vcpus.forEach((_, index) => {
    (levels.length === 0 ? [-1] : levels).forEach((level, i) => {
      const bars = i === 0 ? classes : [];
      const height = LEVEL_HEIGHT + bars.length * (BAR_HEIGHT + BAR_GAP);
      lanes.push({ kind: 'readings', index, y, height, level, classes: bars });
      y += height + READINGS_GAP;
    });
  });
  return { lanes, height: y };
}

/**
 * @param {readonly ReadingData[]} readings
 * @param {ReadingData['kind']} kind
 */
function placesOf(readings, kind) {
  return readings.flatMap((reading, place) => (reading.kind === kind ? [place] : []));
}

/**
 * @param {readonly Lane[]} lanes
 * @param {number} y
 */
export function laneAt(lanes, y) {
  return lanes.findIndex((lane) => y >= lane.y && y < lane.y + lane.height);
}
