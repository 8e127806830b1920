/** Readings in words. */

/** @import { ReadingData } from '../view-data.ts' */

/**
 * A value without saying what it is: a class by its name, a level with its unit. Times are recorded in ns.
 * @param {ReadingData} reading
 * @param {number} value
 */
export function valueText({ kind, classes, unit }, value) {
  if (kind === 'class') return classes.find((each) => each.value === value)?.name ?? numberText(value);
  const number = numberText(shown(unit, value));
  return unit === '' ? number : `${number} ${unit}`;
}

/**
 * The same, saying what it is where neither the name of a class nor the unit does.
 * @param {ReadingData} reading
 * @param {number} value
 */
export function readingText(reading, value) {
  const text = valueText(reading, value);
  return reading.kind === 'class' || saysWhat(reading) ? text : `${reading.key} ${text}`;
}

/**
 * What a lane of it is called: `credits`, `deadline, ms`.
 * @param {ReadingData} reading
 */
export function laneText(reading) {
  const { key, unit } = reading;
  if (unit === '') return key;
  return saysWhat(reading) ? unit : `${key}, ${unit}`;
}

/**
 * @param {string} unit
 * @param {number} value
 */
export function shown(unit, value) {
  const scaled = unit === 'ms' ? value / 1e6 : value;
  return Number.isInteger(scaled) ? scaled : Number(scaled.toFixed(3));
}

/** @param {number} value with a real minus sign */
export function numberText(value) {
  return value < 0 ? `−${-value}` : String(value);
}

/** @param {ReadingData} reading */
function saysWhat({ key, unit }) {
  return unit.startsWith(key);
}
