/** Names and lines that people wrote (what was meant, what can be shown), and numbers with their nouns. */
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

/** `1 vCPU`, `2 vCPUs` */
export function counted(count: number, one: string): string {
  return count === 1 ? `1 ${one}` : `${String(count)} ${one}s`;
}

// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/g;

/** Tabs and control characters become one column each, so that a caret stands right and no terminal is upset. */
export function printable(text: string): string {
  return text.replace(CONTROL, ' ');
}

export function hasControlCharacters(text: string): boolean {
  return text !== printable(text);
}
