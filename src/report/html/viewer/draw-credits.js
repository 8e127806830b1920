/** A vCPU's credits as a line, its priority as a bar at the foot, and when it was parked. */
import { steps } from './columns.js';
import { Density, pixelOf } from './density.js';
import { GUTTER } from './layout.js';
import { placeOf } from './scene.js';
import { firstAbove } from './search.js';
import { looksOf } from './theme.js';

/** @import { Timeline } from './decode.js' */
/** @import { Lane } from './layout.js' */
/** @import { Scene } from './scene.js' */

/** @typedef {{ least: number, greatest: number }} Extent */

const PRIORITY_HEIGHT = 9;
/** By priority + 2: OVER, UNDER, BOOST. */
const PRIORITY_PARTS = [0.3, 0.6, 1];
/** With more points than that per pixel a line costs too much. */
const LINE_POINTS = 0.25;

const density = new Density();

/** @type {WeakMap<Timeline, Extent>} */
const extents = new WeakMap();

/**
 * The least and greatest credit of all vCPUs, so that their lanes compare.
 * @param {Timeline} timeline
 */
export function creditExtent(timeline) {
  let extent = extents.get(timeline);
  if (extent === undefined) {
    extent = { least: -1, greatest: 1 };
    for (const { credits } of timeline.vcpus) {
      for (const credit of credits.credit) {
        if (credit < extent.least) extent.least = credit;
        if (credit > extent.greatest) extent.greatest = credit;
      }
    }
    extents.set(timeline, extent);
  }
  return extent;
}

/**
 * @param {number} height of the lane
 * @param {Extent} extent
 * @returns {(credit: number) => number} pixels below the lane's top
 */
export function creditScale(height, { least, greatest }) {
  const room = height - PRIORITY_HEIGHT - 6;
  return (credit) => 2 + (room * (greatest - credit)) / (greatest - least);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Scene} scene
 * @param {Lane} lane
 * @param {CanvasPattern | null} hatch
 */
export function drawCredits(context, scene, lane, hatch) {
  const { timeline, range, theme, width } = scene;
  const { y, height } = lane;
  const { timeNs } = timeline.vcpus[lane.index].credits;
  const room = width - GUTTER;
  context.fillStyle = theme.track;
  context.fillRect(GUTTER, y, room, height);
  drawParked(context, scene, lane, hatch);
  const zero = creditScale(height, creditExtent(timeline))(0);
  context.fillStyle = theme.muted;
  context.globalAlpha = 0.6;
  context.fillRect(GUTTER, Math.round(y + zero), room, 1);
  context.globalAlpha = 1;
  const points = firstAbove(timeNs, range.toNs) - firstAbove(timeNs, range.fromNs);
  density.clear(Math.ceil(room), height);
  if (points < LINE_POINTS * room) drawLine(context, scene, lane);
  else fillLine(scene, lane);
  fillPriorities(scene, lane);
  density.show(context, GUTTER, y);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Scene} scene
 * @param {Lane} lane
 */
function drawLine(context, { timeline, range, theme, width }, lane) {
  const vcpu = timeline.vcpus[lane.index];
  const { timeNs, credit } = vcpu.credits;
  const scale = creditScale(lane.height, creditExtent(timeline));
  let lineY = NaN;
  context.strokeStyle = theme.fill[looksOf(vcpu).color];
  context.lineWidth = 1.75;
  context.beginPath();
  steps(timeNs, credit, range, width - GUTTER, (at, first, least, greatest, last) => {
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
 * @param {Lane} lane
 */
function fillLine({ timeline, range, theme, width }, lane) {
  const vcpu = timeline.vcpus[lane.index];
  const { timeNs, credit } = vcpu.credits;
  const room = Math.ceil(width - GUTTER);
  const scale = creditScale(lane.height, creditExtent(timeline));
  const color = pixelOf(theme.fill[looksOf(vcpu).color]);
  let column = -1;
  let held = 0;
  /** @param {number} end */
  const hold = (end) => {
    if (column < 0) return;
    for (column++; column < end; column++) density.add(column, scale(held) - 1, scale(held) + 1, color);
  };
  steps(timeNs, credit, range, width - GUTTER, (at, _first, least, greatest, last) => {
    const here = Math.min(room - 1, Math.floor(at));
    hold(here);
    const top = Math.max(greatest, column < 0 ? greatest : held);
    const bottom = Math.min(least, column < 0 ? least : held);
    density.add(here, scale(top) - 1, scale(bottom) + 1, color);
    column = here;
    held = last;
  });
  hold(room);
}

/**
 * The highest priority of each pixel column.
 * @param {Scene} scene
 * @param {Lane} lane
 */
function fillPriorities({ timeline, range, theme, width }, { index, height }) {
  const { timeNs, priority } = timeline.vcpus[index].credits;
  const room = Math.ceil(width - GUTTER);
  const color = pixelOf(theme.muted);
  let column = 0;
  let held = NaN;
  /**
   * @param {number} end
   * @param {number} value
   */
  const bar = (end, value) => {
    const part = PRIORITY_PARTS[value + 2];
    for (; column < end; column++) {
      if (part !== undefined) density.add(column, height - PRIORITY_HEIGHT * part, height, color);
    }
  };
  steps(timeNs, priority, range, width - GUTTER, (at, _first, _least, greatest, last) => {
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
 * @param {Lane} lane
 * @param {CanvasPattern | null} hatch
 */
function drawParked(context, scene, { index, y, height }, hatch) {
  const { parked } = scene.timeline.vcpus[index];
  const { range, theme } = scene;
  const end = firstAbove(parked.fromNs, range.toNs);
  context.globalAlpha = 0.5;
  for (let i = firstAbove(parked.toNs, range.fromNs); i < end; i++) {
    const x = placeOf(scene, parked.fromNs[i]);
    const width = Math.max(0.5, placeOf(scene, parked.toNs[i]) - x);
    context.fillStyle = width < 4 || hatch === null ? theme.line : hatch;
    context.fillRect(x, y, width, height - PRIORITY_HEIGHT - 2);
  }
  context.globalAlpha = 1;
}
