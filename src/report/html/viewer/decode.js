/** @import { Packed, PackedArray, TimelineData } from '../view-data.ts' */

const ARRAYS = {
  f64: Float64Array,
  i32: Int32Array,
  u32: Uint32Array,
  u16: Uint16Array,
  i8: Int8Array,
  u8: Uint8Array,
};

/** @typedef {Float64Array | Int32Array | Uint32Array | Uint16Array | Int8Array | Uint8Array} Numbers */
/** @typedef {Record<import('../view-data.ts').SliceColumn, Numbers>} Slices */
/** @typedef {Record<import('../view-data.ts').StayColumn, Numbers>} Stays */
/** @typedef {Record<import('../view-data.ts').SpanColumn, Numbers>} Spans */

/**
 * @typedef {object} Timeline
 * @property {string} title
 * @property {number} policy
 * @property {number} startNs
 * @property {number} endNs
 * @property {{ name: string, slices: Slices, readings: Numbers[], stays: Stays | null }[]} pcpus
 * @property {{ name: string, vm: number, index: number, toldNs: Numbers, readings: Numbers[], parked: Spans }[]} vcpus
 * @property {Numbers} marksNs
 * @property {string | null} note
 */

/**
 * @param {TimelineData} data
 * @returns {Timeline}
 */
export function decodeTimeline(data) {
  return {
    ...data,
    pcpus: data.pcpus.map(({ name, slices, readings, stays }) => ({
      name,
      slices: decodeColumns(slices),
      readings: readings.map(decodeArray),
      stays: stays === null ? null : decodeColumns(stays),
    })),
    vcpus: data.vcpus.map((vcpu) => ({
      ...vcpu,
      toldNs: decodeArray(vcpu.toldNs),
      readings: vcpu.readings.map(decodeArray),
      parked: decodeColumns(vcpu.parked),
    })),
    marksNs: decodeArray(data.marksNs),
  };
}

/**
 * @template {string} Column
 * @param {Packed<Column>} packed
 * @returns {Record<Column, Numbers>}
 */
function decodeColumns(packed) {
  const columns = /** @type {Record<Column, Numbers>} */ ({});
  for (const name of /** @type {Column[]} */ (Object.keys(packed))) columns[name] = decodeArray(packed[name]);
  return columns;
}

/**
 * @param {PackedArray} packed
 * @returns {Numbers}
 */
export function decodeArray({ type, base64 }) {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return new ARRAYS[type](bytes.buffer);
}
