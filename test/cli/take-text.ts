import type { PassThrough } from 'node:stream';

/**
 * All that was written to a stream and not yet taken. One read() takes all of it in some versions of Node, one piece in
 * others.
 */
export function takeText(stream: PassThrough): string {
  const pieces: Buffer[] = [];
  for (let piece; (piece = stream.read() as Buffer | null) !== null;) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}
