/** What a figure is held against. */
export interface Goal {
  readonly comparison: '≤' | '≥';
  readonly bound: number;
  /** what is to be so: the figure itself, or how many times its yardstick it is */
  readonly of: 'value' | 'ratio';
  /** where it ought to be one day */
  readonly aim?: number;
}

/** The limit that this machine sets just now: measured in the same run, in turns with the figure. */
export interface Yardstick {
  readonly name: string;
  /** in the figure's unit */
  readonly value: number;
}

/** One measured number, with what it was to be. */
export interface Figure {
  readonly figure: string;
  /** null: could not be measured here, and `how` says why */
  readonly value: number | null;
  readonly unit: string;
  /** null: held against none */
  readonly yardstick: Yardstick | null;
  /** value ÷ yardstick; null without one of them */
  readonly ratio: number | null;
  /** null: for information */
  readonly goal: Goal | null;
  /** null: no goal, or not measured */
  readonly met: boolean | null;
  /** how it was measured, and what qualifies it */
  readonly how: string;
}

export type Measurement = Omit<Figure, 'met' | 'goal' | 'yardstick' | 'ratio'> & {
  readonly goal?: Goal;
  readonly yardstick?: Yardstick;
};

export function figureOf({ figure, value, unit, yardstick, goal, how }: Measurement): Figure {
  const ratio = ratioOf(value, yardstick);
  return {
    figure,
    value,
    unit,
    yardstick: yardstick ?? null,
    ratio,
    goal: goal ?? null,
    met: isMet(goal?.of === 'ratio' ? ratio : value, goal),
    how,
  };
}

export function atMost(bound: number, aim?: number): Goal {
  return { comparison: '≤', bound, of: 'value', ...(aim === undefined ? {} : { aim }) };
}

export function atLeast(bound: number): Goal {
  return { comparison: '≥', bound, of: 'value' };
}

/** At most so many times the yardstick. */
export function atMostTimes(bound: number): Goal {
  return { comparison: '≤', bound, of: 'ratio' };
}

function ratioOf(value: number | null, yardstick: Yardstick | undefined): number | null {
  if (value === null || yardstick === undefined || yardstick.value === 0) return null;
  return value / yardstick.value;
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
