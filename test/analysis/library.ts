import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/base/package-root.ts';

type Numbers = readonly number[];

/** What independent implementations say of some samples: see fixtures/make.py, which made it. */
interface Statistics {
  readonly normal: readonly { readonly z: number; readonly pValue: number }[];
  readonly mannWhitney: readonly {
    readonly a: Numbers;
    readonly b: Numbers;
    readonly u: number;
    readonly pValue: number;
    readonly exact: boolean;
  }[];
  readonly mannKendall: readonly {
    readonly series: Numbers;
    readonly s: number;
    readonly pValue: number;
    readonly slope: number;
    readonly exact: boolean;
  }[];
  readonly dip: readonly { readonly sample: Numbers; readonly dip: number }[];
  readonly dipPValue: readonly { readonly sample: Numbers; readonly pValue: number }[];
  readonly medianInterval: readonly {
    readonly sample: Numbers;
    readonly low: number;
    readonly high: number;
  }[];
  readonly ratioInterval: readonly {
    readonly a: Numbers;
    readonly b: Numbers;
    readonly low: number;
    readonly high: number;
  }[];
  readonly holm: readonly { readonly pValues: Numbers; readonly adjusted: Numbers }[];
  readonly warmUp: readonly { readonly series: Numbers; readonly end: number | null }[];
}

export const library = JSON.parse(
  readFileSync(join(packageRoot(), 'test/analysis/fixtures/statistics.json'), 'utf8'),
) as Statistics;

/** Both round differently: equal to 1e-9 of the greater one. */
export function isSame(a: number, b: number): boolean {
  return Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b));
}
