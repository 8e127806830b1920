/** The timeline: its state, and what it does when it is told to. */
import { decodeTimeline } from './decode.js';
import { describe, spoken } from './describe.js';
import { draw } from './draw.js';
import { watchGestures } from './gestures.js';
import { GUTTER, laneAt, layoutOf } from './layout.js';
import { listSlices } from './list.js';
import { moved, showing, zoomed } from './range.js';
import { spanNear, stayOfSlice } from './search.js';
import { SharedView } from './shared.js';
import { readTheme } from './theme.js';
import { showTip } from './tip.js';
import { instantText, lengthText } from './units.js';

/** @import { ViewData } from '../view-data.ts' */

const STEP_FACTOR = 1.5;
/** Part of the view that an arrow key moves by. */
const STEP_PART = 0.15;
/** Pixels within which the nearest slice counts as hit. */
const REACH = 3;
/** Canvases beyond that many pixels are refused by browsers. */
const MOST_PIXELS = 16_000;

/** All timelines of a page in one place, one at a time. @param {ViewData} data */
export function startTimeline(data) {
  const select = /** @type {HTMLSelectElement} */ (byId('timeline-select'));
  // A browser that comes back to the page may have kept the choice.
  const { show } = startCanvas(data, { index: Number(select.value), suffix: '', shared: null });
  select.addEventListener('change', () => show(Number(select.value)));
}

/** All of them under one another on one time axis. @param {ViewData} data */
export function startTimelines(data) {
  const { timelines } = data;
  const box = /** @type {HTMLInputElement} */ (byId('timeline-readings'));
  const shared = new SharedView(
    boundsOf({
      startNs: Math.min(...timelines.map(({ startNs }) => startNs)),
      endNs: Math.max(...timelines.map(({ endNs }) => endNs)),
    }),
  );
  const canvases = timelines.map((_, index) =>
    startCanvas(data, { index, suffix: `-${index}`, shared, hasReadings: box.checked }),
  );
  box.addEventListener('change', () => {
    for (const { showReadings } of canvases) showReadings(box.checked);
  });
}

/**
 * One of the timelines, in a canvas of its own.
 * @param {ViewData} data
 * @param {object} place
 * @param {number} place.index of the timeline
 * @param {string} place.suffix of the ids of what belongs to this canvas alone
 * @param {SharedView | null} place.shared with others; null: there are none
 * @param {boolean} [place.hasReadings] whether vCPUs have lanes; default: they have
 */
function startCanvas({ policies, stopped, timelines }, { index, suffix, shared, hasReadings = true }) {
  const root = byId('timeline');
  const canvas = /** @type {HTMLCanvasElement} */ (byId(`timeline-canvas${suffix}`));
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d', { alpha: false }));
  const tip = byId('timeline-tip');
  const live = byId('timeline-live');
  const note = byId(`timeline-note${suffix}`);
  const shownRange = byId('timeline-range');
  const list = /** @type {HTMLDetailsElement} */ (byId(`timeline-list${suffix}`));
  root.hidden = false;

  let timeline = decodeTimeline(timelines[index]);
  /** What its numbers mean. */
  let words = { ...policies[timeline.policy], stopped };
  let layout = layoutOf(timeline, words.readings, hasReadings);
  let bounds = shared?.bounds ?? boundsOf(timeline);
  let range = bounds;
  let theme = readTheme(root);
  let width = 0;
  /** @type {{ lane: number, span: number } | null} */
  let chosen = null;
  /** @type {{ lane: number, span: number } | null} */
  let hovered = null;
  /** @type {number | null} */
  let cursorNs = null;
  let isAsked = false;

  const redraw = () => {
    isAsked = false;
    const { height } = layout;
    draw(context, {
      timeline,
      readings: words.readings,
      lanes: layout.lanes,
      range,
      theme,
      width,
      height,
      marks: marksOf(hovered ?? chosen),
      cursorNs,
    });
    const span = range.toNs - range.fromNs;
    shownRange.textContent =
      `${instantText(range.fromNs, span / 1000)} – ${instantText(range.toNs, span / 1000)} ` +
      `(${lengthText(span)})`;
    canvas.dataset.fromNs = String(range.fromNs);
    canvas.dataset.toNs = String(range.toNs);
    if (list.open) askForList();
  };
  const ask = () => {
    if (isAsked) return;
    isAsked = true;
    requestAnimationFrame(redraw);
  };

  /**
   * A slice, and the stay that it became.
   * @param {{ lane: number, span: number } | null} place
   */
  const marksOf = (place) => {
    if (place === null || place.span < 0) return [];
    const { kind, index } = layout.lanes[place.lane];
    const { slices, stays } = timeline.pcpus[index];
    const stay = kind === 'intent' && stays !== null ? stayOfSlice(stays, slices, place.span) : -1;
    return stay < 0 ? [place] : [place, { lane: place.lane + 1, span: stay }];
  };

  let listTimer = 0;
  const askForList = () => {
    clearTimeout(listTimer);
    // Not while it is still being dragged.
    listTimer = setTimeout(() => {
      const place = list.querySelector('div');
      if (place !== null) listSlices(place, timeline, words, range);
    }, 150);
  };

  const resize = () => {
    const { height } = layout;
    width = canvas.clientWidth;
    const ratio = Math.min(window.devicePixelRatio || 1, MOST_PIXELS / Math.max(width, height));
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    canvas.style.height = `${height}px`;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    redraw();
  };

  /** @param {number} x */
  const timeAt = (x) => range.fromNs + ((x - GUTTER) * (range.toNs - range.fromNs)) / (width - GUTTER);
  /** @param {import('./range.js').Range} next */
  const show = (next) => {
    const isNew = next.fromNs !== range.fromNs || next.toNs !== range.toNs;
    range = next;
    if (isNew) {
      ask();
      tellOthers?.({ range, cursorNs });
    }
    return isNew;
  };
  const tellOthers = shared?.join((view) => {
    ({ range, cursorNs } = view);
    ask();
  });
  /** @param {number} lane */
  const spansOf = (lane) => {
    const { kind, index } = layout.lanes[lane];
    const { slices, stays } = timeline.pcpus[index];
    return kind === 'fact' && stays !== null ? stays : slices;
  };
  /**
   * @param {number} x
   * @param {number} y
   * @returns {{ lane: number, span: number } | null}
   */
  const hit = (x, y) => {
    const lane = laneAt(layout.lanes, y);
    if (lane < 0 || x < GUTTER) return null;
    if (layout.lanes[lane].kind === 'readings') return { lane, span: -1 };
    const reachNs = (REACH * (range.toNs - range.fromNs)) / (width - GUTTER);
    return { lane, span: spanNear(spansOf(lane), timeAt(x), reachNs) };
  };
  /**
   * @param {{ lane: number, span: number } | null} place
   * @param {number} timeNs
   */
  const describePlace = (place, timeNs) =>
    place === null ? null : describe(timeline, words, layout.lanes[place.lane], place.span, timeNs);
  /**
   * Choose a slice: bring it into view, and tell it.
   * @param {number} lane
   * @param {number} span
   */
  const choose = (lane, span) => {
    const spans = spansOf(lane);
    if (span < 0 || span >= spans.fromNs.length) return;
    chosen = { lane, span };
    hovered = null;
    show(showing(range, bounds, { fromNs: spans.fromNs[span], toNs: spans.toNs[span] }));
    const description = describePlace(chosen, spans.fromNs[span]);
    live.textContent = description === null ? '' : spoken(description);
    ask();
  };
  /** @param {number} by */
  const step = (by) => {
    if (chosen === null) chooseNearest(0);
    else choose(chosen.lane, chosen.span + by);
  };
  /** @param {number} lane */
  const chooseNearest = (lane) => {
    const spans = chosen === null ? null : spansOf(chosen.lane);
    const aroundNs =
      chosen === null || spans === null
        ? range.fromNs
        : (spans.fromNs[chosen.span] + spans.toNs[chosen.span]) / 2;
    choose(lane, spanNear(spansOf(lane), aroundNs, Infinity));
  };
  /** @param {number} by */
  const changeLane = (by) => {
    let lane = chosen === null ? 0 : chosen.lane + by;
    /** @param {number} at */
    const hasSpans = (at) => layout.lanes[at].kind !== 'readings' && spansOf(at).fromNs.length > 0;
    // Past pCPUs where nobody ever was.
    while (layout.lanes[lane] !== undefined && !hasSpans(lane)) lane += by;
    if (layout.lanes[lane] !== undefined) chooseNearest(lane);
  };
  const middle = () => {
    if (chosen === null) return (range.fromNs + range.toNs) / 2;
    const spans = spansOf(chosen.lane);
    const at = (spans.fromNs[chosen.span] + spans.toNs[chosen.span]) / 2;
    return at >= range.fromNs && at <= range.toNs ? at : (range.fromNs + range.toNs) / 2;
  };
  const length = () => range.toNs - range.fromNs;

  /** @type {Record<string, () => void>} */
  const actions = {
    'zoom-in': () => show(zoomed(range, bounds, STEP_FACTOR, middle())),
    'zoom-out': () => show(zoomed(range, bounds, 1 / STEP_FACTOR, middle())),
    left: () => show(moved(range, bounds, -STEP_PART * length())),
    right: () => show(moved(range, bounds, STEP_PART * length())),
    start: () => show(moved(range, bounds, -Infinity)),
    end: () => show(moved(range, bounds, Infinity)),
    all: () => show(bounds),
    previous: () => step(-1),
    next: () => step(1),
    'lane-up': () => changeLane(-1),
    'lane-down': () => changeLane(1),
    'zoom-to': () => {
      if (chosen === null) return;
      const spans = spansOf(chosen.lane);
      const spanNs = spans.toNs[chosen.span] - spans.fromNs[chosen.span];
      show(zoomed(range, bounds, length() / Math.max(1, 3 * spanNs), middle()));
      show(moved(range, bounds, middle() - (range.fromNs + range.toNs) / 2));
    },
    'let-go': () => {
      chosen = null;
      live.textContent = '';
      ask();
    },
  };
  /** @param {string} name */
  const act = (name) => {
    hovered = null;
    cursorNs = null;
    showTip(tip, null, 0, 0);
    const action = actions[name];
    action?.();
    return action !== undefined;
  };

  watchGestures(canvas, {
    zoom: (factor, x) => show(zoomed(range, bounds, factor, timeAt(Math.max(x, GUTTER)))),
    pan: (pixels) => show(moved(range, bounds, (pixels * length()) / (width - GUTTER))),
    hover: (x, y) => {
      const place = hit(x, y);
      const description = describePlace(place, timeAt(x));
      hovered = place !== null && place.span >= 0 && description !== null ? place : null;
      cursorNs = x < GUTTER ? null : timeAt(x);
      const { left, top } = canvas.getBoundingClientRect();
      showTip(tip, description, left + x, top + y);
      ask();
      tellOthers?.({ range, cursorNs });
    },
    leave: () => {
      hovered = null;
      cursorNs = null;
      showTip(tip, null, 0, 0);
      ask();
      tellOthers?.({ range, cursorNs });
    },
    choose: (x, y) => {
      const place = hit(x, y);
      if (place === null || place.span < 0) act('let-go');
      else choose(place.lane, place.span);
    },
    act,
  });
  // What the first of several does, all do.
  for (const button of index === 0 || shared === null ? root.querySelectorAll('button') : []) {
    button.addEventListener('click', () => act(button.dataset.action ?? ''));
  }
  list.addEventListener('toggle', () => {
    if (list.open) askForList();
  });

  const tellNote = () => {
    note.hidden = timeline.note === null;
    note.textContent = timeline.note;
  };
  const letGo = () => {
    chosen = null;
    hovered = null;
    live.textContent = '';
  };
  new ResizeObserver(() => {
    if (canvas.clientWidth !== width) resize();
  }).observe(canvas);
  const retheme = () => {
    theme = readTheme(root);
    resize();
  };
  for (const query of ['(prefers-color-scheme: dark)', 'print']) {
    matchMedia(query).addEventListener('change', retheme);
  }
  tellNote();
  resize();
  return {
    /** Another one of the timelines. @param {number} other */
    show: (other) => {
      timeline = decodeTimeline(timelines[other]);
      words = { ...policies[timeline.policy], stopped };
      layout = layoutOf(timeline, words.readings, hasReadings);
      bounds = boundsOf(timeline);
      range = bounds;
      letGo();
      tellNote();
      resize();
    },
    /** @param {boolean} areShown */
    showReadings: (areShown) => {
      layout = layoutOf(timeline, words.readings, areShown);
      letGo();
      resize();
    },
  };
}

/** @param {{ startNs: number, endNs: number }} timeline */
function boundsOf({ startNs, endNs }) {
  return { fromNs: startNs, toNs: Math.max(endNs, startNs + 1) };
}

/** @param {string} id */
function byId(id) {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`no element #${id}`);
  return element;
}
