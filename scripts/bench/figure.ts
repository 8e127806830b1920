/** What a figure is held against. */
export interface Goal {
  readonly comparison: '≤' | '≥';
  readonly bound: number;
  /** where it ought to be one day */
  readonly aim?: number;
}

/** One measured number, with what it was to be. */
export interface Figure {
  readonly figure: string;
  /** null: could not be measured here, and `how` says why */
  readonly value: number | null;
  readonly unit: string;
  /** null: for information */
  readonly goal: Goal | null;
  /** null: no goal, or not measured */
  readonly met: boolean | null;
  /** how it was measured, and what qualifies it */
  readonly how: string;
}

export type Measurement = Omit<Figure, 'met' | 'goal'> & { readonly goal?: Goal };

export function figureOf({ figure, value, unit, goal, how }: Measurement): Figure {
  return { figure, value, unit, goal: goal ?? null, met: isMet(value, goal), how };
}

export function atMost(bound: number, aim?: number): Goal {
  return { comparison: '≤', bound, ...(aim === undefined ? {} : { aim }) };
}

export function atLeast(bound: number): Goal {
  return { comparison: '≥', bound };
}

function isMet(value: number | null, goal: Goal | undefined): boolean | null {
  if (value === null || goal === undefined) return null;
  switch (goal.comparison) {
    case '≤':
      return value <= goal.bound;
    case '≥':
      return value >= goal.bound;
  }
}
