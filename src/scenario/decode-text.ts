import { LabError } from '../base/errors.ts';

/** Text out of a file's bytes. @throws LabError BAD_FILE when they are no UTF-8 */
export function decodeText(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new LabError('BAD_FILE', 'the file is not UTF-8 text', {
      where: file,
      expected: 'a text file in UTF-8',
      cause,
    });
  }
}
