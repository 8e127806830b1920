import { closest, distance } from 'fastest-levenshtein';

/** The known name that was probably meant, or null when none is near. */
export function nearestName(written: string, known: readonly string[]): string | null {
  if (known.length === 0) return null;
  const lowerCase = known.map((name) => name.toLowerCase());
  const candidate = known[lowerCase.indexOf(closest(written.toLowerCase(), lowerCase))];
  const limit = Math.floor(Math.max(written.length, candidate.length) / 2.5);
  return distance(written.toLowerCase(), candidate.toLowerCase()) <= limit ? candidate : null;
}

/** A hint that names what was probably meant, and else all that is known. */
export function suggest(written: string, known: readonly string[]): string {
  const near = nearestName(written, known);
  return near === null ? `known: ${known.join(', ')}` : `did you mean '${near}'?`;
}
