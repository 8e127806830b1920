/** A vCPU's readings: a level as a line, classes as bars at the foot, and when it was parked. */
import { steps } from './columns.js';
import { Density, pixelOf } from './density.js';
import { BAR_GAP, BAR_HEIGHT, GUTTER } from './layout.js';
import { placeOf } from './scene.js';
import { firstAbove } from './search.js';
import { looksOf } from './theme.js';

/** @import { Timeline } from './decode.js' */
/** @import { ReadingLane } from './layout.js' */
/** @import { Scene } from './scene.js' */

/** @typedef {{ least: number, greatest: number }} Extent */

/** With more points than that per pixel a line costs too much. */
const LINE_POINTS = 0.25;

const density = new Density();

/** @type {WeakMap<Timeline, Extent[]>} */
const extents = new WeakMap();

/**
 * The least and greatest value of a level of all vCPUs, so that their lanes compare.
 * @param {Timeline} timeline
 * @param {number} level
 */
export function levelExtent(timeline, level) {
  const known = extents.get(timeline) ?? [];
  extents.set(timeline, known);
  let extent = known[level];
  if (extent === undefined) {
    extent = { least: 0, greatest: 0 };
    for (const { readings } of timeline.vcpus) {
      for (const value of readings[level]) {
        if (value < extent.least) extent.least = value;
        if (value > extent.greatest) extent.greatest = value;
      }
    }
    if (extent.least === extent.greatest) extent.greatest = 1;
    known[level] = extent;
  }
  return extent;
}

/**
 * @param {ReadingLane} lane
 * @param {Extent} extent
 * @returns {(value: number) => number} pixels below the lane's top
 */
export function levelScale({ height, classes }, { least, greatest }) {
  const room = height - classes.length * (BAR_HEIGHT + BAR_GAP) - 4;
  return (value) => 2 + (room * (greatest - value)) / (greatest - least);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Scene} scene
 * @param {ReadingLane} lane
 * @param {CanvasPattern | null} hatch
 */
export function drawReadings(context, scene, lane, hatch) {
  const { timeline, range, theme, width } = scene;
  const { y, height, level } = lane;
  const { toldNs } = timeline.vcpus[lane.index];
  const room = width - GUTTER;
  context.fillStyle = theme.track;
  context.fillRect(GUTTER, y, room, height);
  drawParked(context, scene, lane, hatch);
  density.clear(Math.ceil(room), height);
  if (level >= 0) {
    const zero = levelScale(lane, levelExtent(timeline, level))(0);
    context.fillStyle = theme.muted;
    context.globalAlpha = 0.6;
    context.fillRect(GUTTER, Math.round(y + zero), room, 1);
    context.globalAlpha = 1;
    const points = firstAbove(toldNs, range.toNs) - firstAbove(toldNs, range.fromNs);
    if (points < LINE_POINTS * room) drawLine(context, scene, lane);
    else fillLine(scene, lane);
  }
  lane.classes.forEach((place, i) => {
    const below = lane.classes.length - 1 - i;
    fillClasses(scene, lane, place, height - below * (BAR_HEIGHT + BAR_GAP));
  });
  density.show(context, GUTTER, y);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Scene} scene
 * @param {ReadingLane} lane
 */
function drawLine(context, { timeline, range, theme, width }, lane) {
  const vcpu = timeline.vcpus[lane.index];
  const scale = levelScale(lane, levelExtent(timeline, lane.level));
  let lineY = NaN;
  context.strokeStyle = theme.fill[looksOf(vcpu).color];
  context.lineWidth = 1.75;
  context.beginPath();
  steps(vcpu.toldNs, vcpu.readings[lane.level], range, width - GUTTER, (at, first, least, greatest, last) => {
    const x = GUTTER + at;
    if (Number.isNaN(lineY)) context.moveTo(x, lane.y + scale(first));
    else context.lineTo(x, lineY);
    for (const value of least === greatest ? [first] : [first, least, greatest, last]) {
      context.lineTo(x, lane.y + scale(value));
    }
    lineY = lane.y + scale(last);
  });
  if (!Number.isNaN(lineY)) context.lineTo(width, lineY);
  context.stroke();
}

/**
 * The same line as pixels.
 * @param {Scene} scene
 * @param {ReadingLane} lane
 */
function fillLine({ timeline, range, theme, width }, lane) {
  const vcpu = timeline.vcpus[lane.index];
  const room = Math.ceil(width - GUTTER);
  const scale = levelScale(lane, levelExtent(timeline, lane.level));
  const color = pixelOf(theme.fill[looksOf(vcpu).color]);
  let column = -1;
  let held = 0;
  /** @param {number} end */
  const hold = (end) => {
    if (column < 0) return;
    for (column++; column < end; column++) density.add(column, scale(held) - 1, scale(held) + 1, color);
  };
  steps(
    vcpu.toldNs,
    vcpu.readings[lane.level],
    range,
    width - GUTTER,
    (at, _first, least, greatest, last) => {
      const here = Math.min(room - 1, Math.floor(at));
      hold(here);
      const top = Math.max(greatest, column < 0 ? greatest : held);
      const bottom = Math.min(least, column < 0 ? least : held);
      density.add(here, scale(top) - 1, scale(bottom) + 1, color);
      column = here;
      held = last;
    },
  );
  hold(room);
}

/**
 * The class that goes first of each pixel column, as a bar: the sooner it goes, the higher.
 * @param {Scene} scene
 * @param {ReadingLane} lane
 * @param {number} place of the reading
 * @param {number} bottom of the bar, in rows
 */
function fillClasses({ timeline, readings, range, theme, width }, { index }, place, bottom) {
  const { toldNs, readings: values } = timeline.vcpus[index];
  const { classes } = readings[place];
  /** @type {Map<number, number>} */
  const parts = new Map(classes.map(({ value }, i) => [value, (classes.length - i) / classes.length]));
  const ranks = Float64Array.from(values[place], (value) => parts.get(value) ?? 0);
  const room = Math.ceil(width - GUTTER);
  const color = pixelOf(theme.muted);
  let column = 0;
  let held = 0;
  /**
   * @param {number} end
   * @param {number} part
   */
  const bar = (end, part) => {
    for (; column < end; column++) {
      if (part > 0) density.add(column, bottom - BAR_HEIGHT * part, bottom, color);
    }
  };
  steps(toldNs, ranks, range, width - GUTTER, (at, _first, _least, greatest, last) => {
    const here = Math.min(room - 1, Math.floor(at));
    bar(here, held);
    bar(here + 1, greatest);
    held = last;
  });
  bar(room, held);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Scene} scene
 * @param {ReadingLane} lane
 * @param {CanvasPattern | null} hatch
 */
function drawParked(context, scene, { index, y, height, classes }, hatch) {
  const { parked } = scene.timeline.vcpus[index];
  const { range, theme } = scene;
  const end = firstAbove(parked.fromNs, range.toNs);
  context.globalAlpha = 0.5;
  for (let i = firstAbove(parked.toNs, range.fromNs); i < end; i++) {
    const x = placeOf(scene, parked.fromNs[i]);
    const width = Math.max(0.5, placeOf(scene, parked.toNs[i]) - x);
    context.fillStyle = width < 4 || hatch === null ? theme.line : hatch;
    context.fillRect(x, y, width, height - classes.length * (BAR_HEIGHT + BAR_GAP));
  }
  context.globalAlpha = 1;
}
