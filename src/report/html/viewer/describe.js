/** What a slice, a stay or a reading is, in words. */
import { spanAt, firstAbove, stayOfSlice } from './search.js';
import { readingText, valueText } from './reading.js';
import { instantText, lengthText } from './units.js';

/** @import { Timeline } from './decode.js' */
/** @import { Lane } from './layout.js' */
/** @import { PolicyData } from '../view-data.ts' */

/** @typedef {PolicyData & { stopped: readonly string[] }} Words of a timeline's policy, and of any */
/** @typedef {{ title: string, lines: [name: string, text: string][] }} Description */

/** Instants are told to the microsecond. */
const STEP_NS = 1_000;

/**
 * @param {Timeline} timeline
 * @param {Words} words
 * @param {number} pcpu
 * @param {number} slice
 * @returns {Description}
 */
export function describeSlice(timeline, words, pcpu, slice) {
  const { name, slices, readings, stays } = timeline.pcpus[pcpu];
  const [fromNs, toNs] = [slices.fromNs[slice], slices.toNs[slice]];
  const renewals = slices.renewals[slice];
  const left = words.ended[slices.endReason[slice]];
  const had = words.readings.map((reading, i) => readingText(reading, readings[i][slice]));
  /** @type {Description['lines']} */
  const lines = [
    ['time', spanText(fromNs, toNs)],
    ['length', lengthText(toNs - fromNs) + (renewals === 0 ? '' : `, renewed ${renewals} ×`)],
    ...(had.length === 0 ? [] : [/** @type {[string, string]} */ (['began with', had.join(', ')])]),
    [
      'came on',
      `because ${words.began[slices.reason[slice]] ?? 'of something unknown'}; ` +
        `${words.chosen[slices.choice[slice]] ?? ''}`,
    ],
    ['left', left === undefined || left === null ? 'with the end of the trace' : `because ${left}`],
  ];
  if (stays !== null) {
    const stay = stayOfSlice(stays, slices, slice);
    lines.push([
      'in fact',
      stay < 0
        ? 'it never came onto the core'
        : `came ${offset(stays.fromNs[stay] - fromNs)}, stopped ${offset(stays.toNs[stay] - toNs)}; stolen ` +
          `${stolenText(stays, stay)}`,
    ]);
    if (stay >= 0 && stays.lateNs[stay] > 0) lines.push(['deferred', deferralText(stays.lateNs[stay])]);
  }
  return { title: `${timeline.vcpus[slices.vcpu[slice]].name} on ${name}, meant`, lines };
}

/**
 * @param {Timeline} timeline
 * @param {Words} words
 * @param {number} pcpu
 * @param {number} stay
 * @returns {Description}
 */
export function describeStay(timeline, words, pcpu, stay) {
  const { name, stays } = timeline.pcpus[pcpu];
  if (stays === null) throw new Error('a simulation has no stays');
  const [fromNs, toNs] = [stays.fromNs[stay], stays.toNs[stay]];
  /** @type {Description['lines']} */
  const lines = [
    ['time', spanText(fromNs, toNs)],
    ['length', lengthText(toNs - fromNs)],
    ['CPU time', `${lengthText(stays.cpuNs[stay])}; stolen ${stolenText(stays, stay)}`],
    ['stopped', words.stopped[stays.why[stay]] ?? 'with the end of the trace'],
  ];
  if (stays.lateNs[stay] > 0) lines.push(['deferred', deferralText(stays.lateNs[stay])]);
  return { title: `${timeline.vcpus[stays.vcpu[stay]].name} on ${name}, as it was`, lines };
}

/**
 * @param {Timeline} timeline
 * @param {Words} words
 * @param {number} vcpu
 * @param {number} timeNs
 * @returns {Description | null}
 */
export function describeReadings(timeline, words, vcpu, timeNs) {
  const { name, toldNs, readings, parked } = timeline.vcpus[vcpu];
  const point = firstAbove(toldNs, timeNs) - 1;
  if (point < 0) return null;
  return {
    title: name,
    lines: [
      ['at', instantText(timeNs, STEP_NS)],
      ...words.readings.map((reading, i) => {
        const since = instantText(toldNs[sameSince(readings[i], point)], STEP_NS);
        return /** @type {[string, string]} */ ([
          reading.key,
          `${valueText(reading, readings[i][point])} since ${since}`,
        ]);
      }),
      ...(spanAt(parked, timeNs) < 0 ? [] : [/** @type {[string, string]} */ (['parked', words.parked])]),
    ],
  };
}

/**
 * The first of the points up to this one that have its value.
 * @param {import('./decode.js').Numbers} values
 * @param {number} point
 */
function sameSince(values, point) {
  let first = point;
  while (first > 0 && values[first - 1] === values[point]) first--;
  return first;
}

/**
 * What is under the pointer, or chosen by keys.
 * @param {Timeline} timeline
 * @param {Words} words
 * @param {Lane} lane
 * @param {number} span −1 in a lane of slices: nothing
 * @param {number} timeNs
 */
export function describe(timeline, words, lane, span, timeNs) {
  if (lane.kind === 'readings') return describeReadings(timeline, words, lane.index, timeNs);
  if (span < 0) return null;
  return lane.kind === 'intent'
    ? describeSlice(timeline, words, lane.index, span)
    : describeStay(timeline, words, lane.index, span);
}

/** @param {Description} description */
export function spoken({ title, lines }) {
  return `${title}: ${lines.map(([name, text]) => `${name} ${text}`).join('; ')}.`;
}

/**
 * @param {number} fromNs
 * @param {number} toNs
 */
function spanText(fromNs, toNs) {
  return `${instantText(fromNs, STEP_NS).replace(' s', '')} – ${instantText(toNs, STEP_NS)}`;
}

/** @param {number} ns after what was meant */
function offset(ns) {
  return ns < 0 ? `${lengthText(-ns)} before` : `${lengthText(ns)} after the decision`;
}

/**
 * @param {import('./decode.js').Stays} stays
 * @param {number} stay
 */
function stolenText(stays, stay) {
  const ns = stays.toNs[stay] - stays.fromNs[stay];
  const stolen = Math.max(0, ns - stays.cpuNs[stay]);
  const percent = ns === 0 ? '0' : ((100 * stolen) / ns).toFixed(1);
  return `${lengthText(stolen)} (${percent}\u00a0%)`;
}

/** @param {number} lateNs */
function deferralText(lateNs) {
  return `its pause waited ${lengthText(lateNs)} for a safe point`;
}
