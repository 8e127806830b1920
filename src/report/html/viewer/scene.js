import { GUTTER } from './layout.js';

/** @import { Timeline } from './decode.js' */
/** @import { Lane } from './layout.js' */
/** @import { Range } from './range.js' */
/** @import { Theme } from './theme.js' */
/** @import { ReadingData } from '../view-data.ts' */

/**
 * @typedef {object} Scene
 * @property {Timeline} timeline
 * @property {readonly ReadingData[]} readings of its policy
 * @property {readonly Lane[]} lanes
 * @property {Range} range
 * @property {Theme} theme
 * @property {number} width
 * @property {number} height
 * @property {readonly { lane: number, span: number }[]} marks slices and stays with a frame around them
 * @property {number | null} cursorNs
 */

/**
 * Where an instant is, in pixels.
 * @param {Scene} scene
 * @param {number} timeNs
 */
export function placeOf({ range, width }, timeNs) {
  return GUTTER + ((timeNs - range.fromNs) * (width - GUTTER)) / (range.toNs - range.fromNs);
}
