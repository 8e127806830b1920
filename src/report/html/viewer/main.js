import { startTimeline, startTimelines } from './timeline.js';

/** @import { ViewData } from '../view-data.ts' */

const text = document.getElementById('view-data')?.textContent ?? '';
/** @type {unknown} */
const parsed = JSON.parse(text);
const data = /** @type {ViewData} */ (parsed);
if (data.timelines.length > 0) (data.areTogether ? startTimelines : startTimeline)(data);
