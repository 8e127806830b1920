/** As many VM colours as style.css has. */
const VM_COLORS = 8;

/**
 * @typedef {object} Theme
 * @property {string} text
 * @property {string} muted
 * @property {string} line
 * @property {string} surface
 * @property {string} track
 * @property {string} warn
 * @property {string} font
 * @property {readonly string[]} fill per VM
 * @property {readonly string[]} ink on these
 */

/**
 * Colours as the style sheet has them just now: light, dark or on paper.
 * @param {Element} element
 * @returns {Theme}
 */
export function readTheme(element) {
  const style = getComputedStyle(element);
  /** @param {string} name */
  const color = (name) => style.getPropertyValue(name).trim();
  const numbers = Array.from({ length: VM_COLORS }, (_, i) => i);
  return {
    text: color('--text'),
    muted: color('--muted'),
    line: color('--line'),
    surface: color('--surface'),
    track: color('--track'),
    warn: color('--warn'),
    font: style.fontFamily,
    fill: numbers.map((i) => color(`--vm-${i}`)),
    ink: numbers.map((i) => color(`--ink-${i}`)),
  };
}

/**
 * Stripes that tell apart what has the same colour: the vCPUs of a VM, and VMs beyond the last colour.
 * @param {CanvasRenderingContext2D} context
 * @param {string} color
 * @returns {readonly (CanvasPattern | null)[]} by number of the pattern; 0 is plain
 */
export function hatchings(context, color) {
  let tiles = hatchedTiles.get(color);
  if (tiles === undefined) hatchedTiles.set(color, (tiles = tilesOf(color)));
  return tiles.map((tile) => (tile === null ? null : context.createPattern(tile, 'repeat')));
}

/** They are drawn once: every frame of every canvas needs them. @type {Map<string, (OffscreenCanvas | null)[]>} */
const hatchedTiles = new Map();

/** @param {string} color */
function tilesOf(color) {
  return [null, [0, 8, 8, 0], [0, 0, 8, 8], [0, 4, 8, 4]].map((line) => {
    if (line === null) return null;
    const tile = new OffscreenCanvas(8, 8);
    const pen = /** @type {OffscreenCanvasRenderingContext2D} */ (tile.getContext('2d'));
    pen.strokeStyle = color;
    pen.globalAlpha = 0.55;
    pen.lineWidth = 1.5;
    pen.beginPath();
    // Drawn three times, so that slanting lines meet at the tile's corners.
    for (const shift of line[1] === line[3] ? [0] : [-8, 0, 8]) {
      pen.moveTo(line[0] + shift, line[1]);
      pen.lineTo(line[2] + shift, line[3]);
    }
    pen.stroke();
    return tile;
  });
}

/**
 * @param {{ vm: number, index: number }} vcpu
 * @returns {{ color: number, hatching: number }}
 */
export function looksOf({ vm, index }) {
  return { color: vm % VM_COLORS, hatching: (Math.floor(vm / VM_COLORS) + index) % 4 };
}
