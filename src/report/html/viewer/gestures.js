/** What mouse, fingers and keys do. */

/**
 * @typedef {object} Hands
 * @property {(factor: number, x: number) => boolean} zoom false: nothing changed
 * @property {(pixels: number) => boolean} pan
 * @property {(x: number, y: number) => void} hover
 * @property {() => void} leave
 * @property {(x: number, y: number) => void} choose
 * @property {(action: string) => boolean} act false: no such action
 */

/** Pixels of a wheel for a factor of e. */
const WHEEL_PIXELS = 320;
/** A line or a page of a wheel that counts in these. */
const WHEEL_UNITS = [1, 24, 240];
const CLICK_REACH = 4;

/** @type {Readonly<Record<string, string>>} */
const KEYS = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  'Shift+ArrowLeft': 'previous',
  'Shift+ArrowRight': 'next',
  ArrowUp: 'lane-up',
  ArrowDown: 'lane-down',
  '+': 'zoom-in',
  '=': 'zoom-in',
  '-': 'zoom-out',
  Home: 'start',
  End: 'end',
  0: 'all',
  Enter: 'zoom-to',
  Escape: 'let-go',
};

/** @typedef {{ x: number, y: number }} Point */

/**
 * @param {Point} a
 * @param {Point} b
 */
function distance(a, b) {
  return Math.max(1, Math.hypot(a.x - b.x, a.y - b.y));
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Hands} hands
 */
export function watchGestures(canvas, hands) {
  /** @type {Map<number, Point>} */
  const down = new Map();
  let travelled = 0;

  canvas.addEventListener(
    'wheel',
    (event) => {
      const unit = WHEEL_UNITS[event.deltaMode] ?? 1;
      const sideways = Math.abs(event.deltaX) > Math.abs(event.deltaY) || event.shiftKey;
      const isDone = sideways
        ? hands.pan((event.deltaX || event.deltaY) * unit)
        : hands.zoom(Math.exp((-event.deltaY * unit) / WHEEL_PIXELS), event.offsetX);
      // At the end of its way the wheel scrolls the page again.
      if (isDone) event.preventDefault();
    },
    { passive: false },
  );

  canvas.addEventListener('pointerdown', (event) => {
    canvas.setPointerCapture(event.pointerId);
    down.set(event.pointerId, { x: event.offsetX, y: event.offsetY });
    travelled = 0;
  });
  canvas.addEventListener('pointermove', (event) => {
    const here = { x: event.offsetX, y: event.offsetY };
    const before = down.get(event.pointerId);
    if (before === undefined) {
      hands.hover(here.x, here.y);
      return;
    }
    travelled += Math.abs(here.x - before.x);
    const other = [...down].find(([id]) => id !== event.pointerId)?.[1];
    down.set(event.pointerId, here);
    if (other === undefined) {
      hands.pan(before.x - here.x);
      return;
    }
    hands.zoom(distance(here, other) / distance(before, other), (before.x + other.x) / 2);
    hands.pan((before.x - here.x) / 2);
  });
  canvas.addEventListener('pointerup', (event) => {
    if (down.size === 1 && travelled < CLICK_REACH) hands.choose(event.offsetX, event.offsetY);
    down.delete(event.pointerId);
  });
  canvas.addEventListener('pointercancel', (event) => down.delete(event.pointerId));
  canvas.addEventListener('pointerleave', () => hands.leave());

  canvas.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const isArrow = event.key.startsWith('Arrow');
    const action = KEYS[isArrow && event.shiftKey ? `Shift+${event.key}` : event.key];
    if (action !== undefined && hands.act(action)) event.preventDefault();
  });
}
