import { LabError } from '../errors.ts';

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
