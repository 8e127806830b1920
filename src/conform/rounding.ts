/** Golden files round percents, and times in ms; everything else is whole and exact. */
import type { Figures, GoldenResult } from './golden-schema.ts';

export function isRounded(key: string): boolean {
  return key.includes('pct') || key.endsWith('_ms');
}

/** How far a rounded value may be from the exact one. */
export function roundingOf(decimals: number): number {
  return 0.5 * 10 ** -decimals + 1e-9;
}

export function rounded(value: number, decimals: number): number {
  const factor = 10 ** decimals;
  return Math.round(value * factor) / factor;
}

/** A whole `result` as it stands in a file. */
export function roundedResult(result: GoldenResult, decimals: number): GoldenResult {
  const row = (figures: Figures): Figures =>
    Object.fromEntries(
      Object.entries(figures).map(([key, value]) => [
        key,
        typeof value === 'number' && isRounded(key) ? rounded(value, decimals) : value,
      ]),
    );
  return {
    ...result,
    vcpus: result.vcpus.map(row),
    vms: Object.fromEntries(Object.entries(result.vms).map(([name, figures]) => [name, row(figures)])),
    ...(result.pcpus !== undefined && { pcpus: result.pcpus.map(row) }),
  };
}
