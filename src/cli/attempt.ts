import { LabError } from '../base/errors.ts';

/** Do something that may be refused, such as writing a file. @returns the refusal, or null @throws anything else */
export function refusalOf(action: () => unknown): LabError | null {
  try {
    action();
    return null;
  } catch (error) {
    if (error instanceof LabError) return error;
    throw error;
  }
}

/**
 * One refusal for several, each of a file of its own: the first, and below it what the others say. Null: there is none.
 */
export function joined(refusals: readonly (LabError | null)[]): LabError | null {
  const [first, ...more] = refusals.filter((refusal) => refusal !== null);
  if (first === undefined || more.length === 0) return first ?? null;
  const { code, message, details } = first;
  const others = more.map((refusal) => refusal.describe());
  const hint = [...(details.hint === undefined ? [] : [details.hint]), ...others].join('\n');
  return new LabError(code, message, { ...details, hint });
}
