import { readFileSync } from 'node:fs';

/** @returns a file's text without white space around it; null: not there, or not for this user */
export function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return null;
  }
}

/** @returns the file's whole number; null too when it holds something else, such as `max` */
export function readNumber(file: string): number | null {
  const text = readText(file);
  return text === null || !/^-?\d+$/.test(text) ? null : Number(text);
}
