/** Draws the timeline: what is visible, from nothing, once per frame. */
import { layOut } from './columns.js';
import { Density, pixelOf } from './density.js';
import { drawReadings, levelExtent, levelScale } from './draw-readings.js';
import { AXIS_HEIGHT, GUTTER } from './layout.js';
import { laneText, numberText, shown } from './reading.js';
import { placeOf } from './scene.js';
import { firstAbove } from './search.js';
import { hatchings, looksOf } from './theme.js';
import { instantText, timeMarks } from './units.js';

/** @import { Timeline } from './decode.js' */
/** @import { Lane, ReadingLane } from './layout.js' */
/** @import { ReadingData } from '../view-data.ts' */
/** @import { Scene } from './scene.js' */
/** @import { Theme } from './theme.js' */

const density = new Density();

const MARK_ROOM = 110;
const LABEL_ROOM = 14;
const HATCH_ROOM = 6;

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Scene} scene
 */
export function draw(context, scene) {
  const { lanes, theme, width, height } = scene;
  context.fillStyle = theme.surface;
  context.fillRect(0, 0, width, height);
  context.font = `12px ${theme.font}`;
  context.textBaseline = 'middle';
  drawAxis(context, scene);
  context.save();
  context.beginPath();
  context.rect(GUTTER, 0, width - GUTTER, height);
  context.clip();
  const hatches = hatchings(context, theme.text);
  for (const [i, lane] of lanes.entries()) {
    if (lane.kind === 'readings') drawReadings(context, scene, lane, hatches[1]);
    else drawSpans(context, scene, lane, hatches);
    for (const mark of scene.marks) if (mark.lane === i) drawMark(context, scene, lane, mark.span);
  }
  drawMoments(context, scene);
  if (scene.cursorNs !== null) {
    context.fillStyle = theme.muted;
    context.fillRect(Math.round(placeOf(scene, scene.cursorNs)), AXIS_HEIGHT, 1, height - AXIS_HEIGHT);
  }
  context.restore();
  drawLabels(context, scene);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Scene} scene
 */
function drawAxis(context, scene) {
  const { theme, width, height, range } = scene;
  const { stepNs, marks } = timeMarks(range, (width - GUTTER) / MARK_ROOM);
  context.textAlign = 'center';
  for (const ns of marks) {
    const x = Math.round(placeOf(scene, ns));
    context.fillStyle = theme.line;
    context.fillRect(x, AXIS_HEIGHT - 6, 1, height);
    const text = instantText(ns, stepNs);
    const half = context.measureText(text).width / 2;
    context.fillStyle = theme.muted;
    context.fillText(text, Math.min(Math.max(x, GUTTER + half), width - half), 10);
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Scene} scene
 * @param {Lane} lane
 * @param {readonly (CanvasPattern | null)[]} hatches
 */
function drawSpans(context, scene, lane, hatches) {
  const { timeline, range, theme, width } = scene;
  const { y, height } = lane;
  const pcpu = timeline.pcpus[lane.index];
  const spans = lane.kind === 'fact' && pcpu.stays !== null ? pcpu.stays : pcpu.slices;
  context.fillStyle = theme.track;
  context.fillRect(GUTTER, y, width - GUTTER, height);
  const looks = timeline.vcpus.map(looksOf);
  /** Rectangles per colour, four numbers each: changing the colour of the pen is what costs. */
  /** @type {number[][]} */
  const rects = theme.fill.map(() => []);
  /** @type {number[]} */
  const roomy = [];
  const pixels = theme.fill.map(pixelOf);
  const hatched = pixelOf(theme.text);
  density.clear(Math.ceil(width - GUTTER), height);
  layOut(
    spans,
    range,
    width - GUTTER,
    looks.length,
    (span, x, w) => {
      // A hair between neighbours, where there is room for it.
      rects[looks[spans.vcpu[span]].color].push(GUTTER + x, y, w > 3 ? w - 0.75 : w, height);
      if (w >= HATCH_ROOM) roomy.push(span, GUTTER + x, w);
    },
    (vcpu, x, from, part) =>
      density.add(
        x,
        height * (1 - from - part),
        height * (1 - from),
        pixels[looks[vcpu].color],
        looks[vcpu].hatching > 0 ? hatched : undefined,
      ),
  );
  density.show(context, GUTTER, y);
  rects.forEach((list, color) => {
    context.fillStyle = theme.fill[color];
    for (let i = 0; i < list.length; i += 4) context.fillRect(list[i], list[i + 1], list[i + 2], list[i + 3]);
  });
  context.textAlign = 'left';
  for (let i = 0; i < roomy.length; i += 3) {
    const [span, x, w] = [roomy[i], roomy[i + 1], roomy[i + 2]];
    const vcpu = spans.vcpu[span];
    const hatch = hatches[looks[vcpu].hatching];
    if (hatch !== null) {
      context.fillStyle = hatch;
      context.fillRect(x, y, w - 0.75, height);
    }
    if (spans === pcpu.stays)
      drawLateness(context, scene, lane, pcpu.stays.lateNs[span], pcpu.stays.toNs[span]);
    drawName(context, theme, looks[vcpu].color, timeline.vcpus[vcpu].name, x, y + height / 2, w);
  }
}

/**
 * The name in a slice, if it fits.
 * @param {CanvasRenderingContext2D} context
 * @param {Theme} theme
 * @param {number} color
 * @param {string} name
 * @param {number} x
 * @param {number} y its middle
 * @param {number} width
 */
function drawName(context, theme, color, name, x, y, width) {
  if (width < LABEL_ROOM || width < textWidth(context, name) + 8) return;
  context.fillStyle = theme.fill[color];
  context.fillRect(x + 2, y - 8, textWidth(context, name) + 4, 16);
  context.fillStyle = theme.ink[color];
  context.fillText(name, x + 4, y + 0.5);
}

/** @type {Map<string, number>} */
const widths = new Map();

/**
 * Measuring text costs more than drawing it.
 * @param {CanvasRenderingContext2D} context
 * @param {string} text
 */
function textWidth(context, text) {
  let width = widths.get(text);
  if (width === undefined) {
    width = context.measureText(text).width;
    widths.set(text, width);
  }
  return width;
}

/**
 * The end of a stay that was to be over already.
 * @param {CanvasRenderingContext2D} context
 * @param {Scene} scene
 * @param {Lane} lane
 * @param {number} lateNs
 * @param {number} toNs
 */
function drawLateness(context, scene, { y, height }, lateNs, toNs) {
  if (lateNs === 0) return;
  const x = placeOf(scene, toNs - lateNs);
  context.fillStyle = scene.theme.warn;
  context.fillRect(x, y + height - 5, Math.max(1.5, placeOf(scene, toNs) - x), 5);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Scene} scene
 * @param {Lane} lane
 * @param {number} span
 */
function drawMark(context, scene, lane, span) {
  const pcpu = scene.timeline.pcpus[lane.index];
  const spans = lane.kind === 'fact' && pcpu.stays !== null ? pcpu.stays : pcpu.slices;
  const x = placeOf(scene, spans.fromNs[span]);
  const width = Math.max(2, placeOf(scene, spans.toNs[span]) - x);
  context.strokeStyle = scene.theme.surface;
  context.lineWidth = 4;
  context.strokeRect(x, lane.y, width, lane.height);
  context.strokeStyle = scene.theme.text;
  context.lineWidth = 2;
  context.strokeRect(x, lane.y, width, lane.height);
}

/**
 * What concerns all vCPUs.
 * @param {CanvasRenderingContext2D} context
 * @param {Scene} scene
 */
function drawMoments(context, scene) {
  const { timeline, range, theme, width, lanes, height } = scene;
  const first = firstAbove(timeline.marksNs, range.fromNs);
  const count = firstAbove(timeline.marksNs, range.toNs) - first;
  const top = lanes.find(({ kind }) => kind === 'readings');
  // Closer than this they would be a grey veil.
  if (top === undefined || count > (width - GUTTER) / 12) return;
  context.fillStyle = theme.muted;
  context.globalAlpha = 0.45;
  for (let i = first; i < first + count; i++) {
    context.fillRect(Math.round(placeOf(scene, timeline.marksNs[i])), top.y, 1, height - top.y);
  }
  context.globalAlpha = 1;
}

/**
 * What is left of the picture: the names of the lanes.
 * @param {CanvasRenderingContext2D} context
 * @param {Scene} scene
 */
function drawLabels(context, { timeline, readings, lanes, theme }) {
  context.textAlign = 'right';
  const right = GUTTER - 8;
  for (const lane of lanes) {
    const middle = lane.y + lane.height / 2;
    if (lane.kind === 'readings') {
      context.fillStyle = theme.text;
      context.fillText(
        shortened(context, timeline.vcpus[lane.index].name, GUTTER - 52),
        right - 36,
        middle - 5,
      );
      if (lane.level >= 0) drawScale(context, timeline, readings[lane.level], lane, theme);
    } else {
      const { name, stays } = timeline.pcpus[lane.index];
      context.fillStyle = lane.kind === 'intent' ? theme.text : theme.muted;
      context.fillText(lane.kind === 'fact' ? 'was' : stays === null ? name : `${name} meant`, right, middle);
    }
  }
}

/**
 * What a lane's line is of, and the ends of its scale.
 * @param {CanvasRenderingContext2D} context
 * @param {Timeline} timeline
 * @param {ReadingData} reading
 * @param {ReadingLane} lane
 * @param {Theme} theme
 */
function drawScale(context, timeline, reading, lane, theme) {
  const extent = levelExtent(timeline, lane.level);
  const scale = levelScale(lane, extent);
  const right = GUTTER - 8;
  const [least, greatest] = [extent.least, extent.greatest].map((value) =>
    numberText(shown(reading.unit, value)),
  );
  context.fillStyle = theme.muted;
  context.font = `10px ${theme.font}`;
  context.fillText(
    shortened(context, laneText(reading), GUTTER - 52),
    right - 36,
    lane.y + lane.height / 2 + 9,
  );
  context.fillText(greatest, right, lane.y + 6);
  const zero = scale(0);
  const isApart = zero > 14 && scale(extent.least) - zero > 12;
  if (isApart) context.fillText('0', right, lane.y + zero);
  context.fillText(least, right, lane.y + scale(extent.least) - 2);
  context.font = `12px ${theme.font}`;
}

/**
 * A name with its middle left out, if it is too long: VMs and vCPUs differ at the end of their names.
 * @param {CanvasRenderingContext2D} context
 * @param {string} text
 * @param {number} room
 */
function shortened(context, text, room) {
  if (textWidth(context, text) <= room) return text;
  for (let kept = text.length - 1; kept > 2; kept--) {
    const tail = Math.ceil(kept / 2);
    const shown = `${text.slice(0, kept - tail)}…${text.slice(-tail)}`;
    if (context.measureText(shown).width <= room) return shown;
  }
  return `…${text.slice(-2)}`;
}
