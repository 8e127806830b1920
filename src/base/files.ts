/** Files that may not be there, or not be readable. */
import { readFileSync } from 'node:fs';
import { LabError } from './errors.ts';

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

/**
 * Why a file can't be read, in the same words wherever one is read.
 * @param cause what the file system threw
 * @param expected what kind of file it should have been
 */
export function unreadable(file: string, cause: unknown, expected: string): LabError {
  const { code, errno } = cause as NodeJS.ErrnoException;
  const isDirectory = code === 'EISDIR';
  const reason = isDirectory
    ? 'this is a directory'
    : code === 'ENOENT'
      ? 'there is no such file'
      : `the file cannot be read (${code ?? String(cause)})`;
  return new LabError('BAD_FILE', reason, {
    where: file,
    ...(isDirectory && { expected }),
    ...(file === '-' && { hint: 'standard input is called /dev/stdin' }),
    ...(errno !== undefined && { errno: -errno }),
    cause,
  });
}
