import type { GoldenRecord } from './golden-file.ts';

/** The first thing in which a simulation and a golden file differ. */
export type Difference =
  | {
      readonly kind: 'record';
      /** its number among the compared records */
      readonly index: number;
      /** null: there should be none any more */
      readonly expected: GoldenRecord | null;
      /** null: there is none any more */
      readonly actual: GoldenRecord | null;
      /** up to five records before it, which are the same in both */
      readonly before: readonly GoldenRecord[];
    }
  | {
      readonly kind: 'quantity';
      /** for example `A.0 cpu_ns` */
      readonly what: string;
      /** a value, or the least and greatest allowed */
      readonly expected: number | readonly [number, number];
      /** null: the simulation has no such quantity */
      readonly actual: number | null;
    };
