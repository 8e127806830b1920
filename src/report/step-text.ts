/** A step response for people: what terminal and page say of it. */
import type { StepFigures } from '../analysis/step-response.ts';

export const STEP_COLUMNS = [
  {
    key: 'share',
    title: 'share',
    description: 'of one pCPU, before the change and after it',
  },
  { key: 'delay', title: 'delay', description: 'from the change until the share leaves its old value' },
  {
    key: 'overshoot',
    title: 'overshoot',
    description: 'how far the share went beyond its new value, in points',
  },
  {
    key: 'settling',
    title: 'settling',
    description: 'from the change until the share stays within 1 point of its new value; –: it did not',
  },
  {
    key: 'pattern',
    title: 'pattern',
    description:
      'how long the pattern of slices is, before the change and after it, over which a share is taken',
  },
] as const;

export type StepCells = Readonly<Record<(typeof STEP_COLUMNS)[number]['key'], string>>;

const UNKNOWN: StepCells = { share: '–', delay: '–', overshoot: '–', settling: '–', pattern: '–' };

/** @param figures null: there are none */
export function stepCells(figures: StepFigures | null): StepCells {
  if (figures === null) return UNKNOWN;
  const { fromPercent, toPercent, delayNs, overshootPoints, settlingNs, patternNs } = figures;
  const [before, after] = patternNs.map(millis);
  return {
    share: `${fromPercent.toFixed(1)} → ${toPercent.toFixed(1)} %`,
    delay: time(delayNs),
    overshoot: overshootPoints.toFixed(1),
    settling: time(settlingNs),
    pattern: before === after ? `${after} ms` : `${before} → ${after} ms`,
  };
}

/** `4.000 s`: when a change was made. */
export function changeInstant(ns: number): string {
  return `${(ns / 1e9).toFixed(3)} s`;
}

function time(ns: number | null): string {
  if (ns === null) return '–';
  return ns >= 1e9 ? `${(ns / 1e9).toFixed(2)} s` : `${millis(ns)} ms`;
}

/** Whole, or with what the schedule's times have behind the point. */
function millis(ns: number): string {
  return String(Number((ns / 1e6).toFixed(1)));
}
