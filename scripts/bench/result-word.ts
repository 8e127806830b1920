import { fold } from '../../workloads/digest.ts';

/** A text that a step made, as the 32-bit word that goes into the checksum: every character counts. */
export function wordOfText(text: string): number {
  let word = text.length | 0;
  for (let i = 0; i < text.length; i++) word = fold(word, text.charCodeAt(i));
  return word;
}

/** The same of bytes. */
export function wordOfBytes(bytes: Uint8Array): number {
  let word = bytes.length | 0;
  for (let i = 0; i < bytes.length; i++) word = fold(word, bytes[i]);
  return word;
}
