import type { Band } from '../../analysis/band.ts';
import { MS_BELOW_NS } from '../../result/metrics.ts';

/** `33.4 % [33.3–33.5]`: median, least and greatest; a dash for none. */
export function shareBandCell(band: Band | null | undefined): string {
  return bandCell(band, '%', () => 1, 1);
}

/** `2.020 s [2.010–2.030]`, `8.2 ms [7.5–9.1]`; long times are rounded to keep the column narrow. */
export function wallBandCell(band: Band | null | undefined): string {
  if (band !== null && band !== undefined && band.max < MS_BELOW_NS) {
    return bandCell(band, 'ms', () => (band.max < 1e6 ? 3 : 1), 1e6);
  }
  return bandCell(band, 's', (seconds) => (seconds < 10 ? 3 : seconds < 100 ? 2 : 1), 1e9);
}

function bandCell(
  band: Band | null | undefined,
  unit: string,
  digitsFor: (value: number) => number,
  scale: number,
): string {
  if (band === null || band === undefined) return '–';
  const digits = digitsFor(band.max / scale);
  const [median, min, max] = [band.median, band.min, band.max].map((value) =>
    (value / scale).toFixed(digits),
  );
  return `${median} ${unit} [${min}–${max}]`;
}
