/**
 * The marks of a time axis.
 * @param {import('./range.js').Range} range
 * @param {number} most how many marks there is room for
 * @returns {{ stepNs: number, marks: number[] }}
 */
export function timeMarks({ fromNs, toNs }, most) {
  const least = (toNs - fromNs) / Math.max(1, most);
  const power = 10 ** Math.floor(Math.log10(least));
  const stepNs = Math.max(1, power * ([1, 2, 5].find((factor) => factor * power >= least) ?? 10));
  const first = Math.ceil(fromNs / stepNs);
  const count = Math.max(0, Math.floor(toNs / stepNs) - first + 1);
  return { stepNs, marks: Array.from({ length: count }, (_, i) => (first + i) * stepNs) };
}

/**
 * An instant in seconds, with as many digits as steps of this size need.
 * @param {number} ns
 * @param {number} stepNs
 */
export function instantText(ns, stepNs) {
  const digits = Math.min(9, Math.max(0, Math.ceil(-Math.log10(stepNs / 1e9) - 1e-9)));
  return `${(ns / 1e9).toFixed(digits)} s`;
}

/**
 * A length of time in the unit that suits it.
 * @param {number} ns
 */
export function lengthText(ns) {
  const size = Math.abs(ns);
  if (size < 1e3) return `${ns.toFixed(0)} ns`;
  if (size < 1e6) return `${(ns / 1e3).toFixed(1)} µs`;
  if (size < 1e9) return `${(ns / 1e6).toFixed(2)} ms`;
  return `${(ns / 1e9).toFixed(3)} s`;
}
