import type { PolicyTerms } from '../../core/policy-terms.ts';
import { Left } from '../../trace/record.ts';
import type { PolicyData } from './view-data.ts';

/** Why a thread left its core. */
const STOPPED_BY: Readonly<Record<keyof typeof Left, string>> = {
  paused: 'paused by the scheduler',
  blocked: 'blocked of its own accord',
  done: 'done with its work',
};

export const STOPPED: readonly string[] = byValue(
  Object.entries(Left).map(([key, value]) => [value, STOPPED_BY[key as keyof typeof Left]]),
  '',
);

export function policyData({ vcpuReadings, reasons, choices, records }: PolicyTerms): PolicyData {
  return {
    readings: vcpuReadings.map(({ key, unit, kind, description, classes = [] }) => ({
      key,
      unit,
      kind,
      description,
      classes,
    })),
    began: byValue(
      reasons.map(({ value, began }) => [value, began]),
      null,
    ),
    ended: byValue(
      reasons.map(({ value, ended }) => [value, ended]),
      null,
    ),
    chosen: byValue(
      choices.map(({ value, words }) => [value, words]),
      null,
    ),
    parked: records.find(({ effect }) => effect === 'park')?.description ?? 'it may not run',
  };
}

/** A list with each text at its value. */
function byValue<None>(
  texts: readonly (readonly [value: number, text: string])[],
  none: None,
): (string | None)[] {
  const length = texts.reduce((most, [value]) => Math.max(most, value + 1), 0);
  const list: (string | None)[] = Array.from({ length }, () => none);
  for (const [value, text] of texts) list[value] = text;
  return list;
}
