import type { Grid } from './gantt-cells.ts';

/** Cells between two labels, at least. */
const LEAST_APART = 11;

/** A line of ticks at round times, each with its label behind it: `|1.00 s      |1.05 s`. */
export function timeAxis({ fromNs, cellNs, count }: Grid): string {
  const stepNs = roundStep(LEAST_APART * cellNs);
  const decimals = Math.min(9, Math.max(0, Math.ceil(-Math.log10(stepNs / 1e9) - 1e-9)));
  let line = '';
  for (let tick = Math.ceil(fromNs / stepNs - 1e-9); ; tick++) {
    const cell = Math.floor((tick * stepNs - fromNs) / cellNs + 1e-6);
    const label = `|${((tick * stepNs) / 1e9).toFixed(decimals)} s`;
    if (cell + label.length > count) return line.padEnd(count);
    line = line.padEnd(cell) + label;
  }
}

/** 1, 2 or 5 times a power of ten, not less than this. */
function roundStep(leastNs: number): number {
  const power = 10 ** Math.floor(Math.log10(leastNs));
  return power * ([1, 2, 5, 10].find((factor) => factor * power >= leastNs) ?? 10);
}
