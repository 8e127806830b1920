import { writeSync } from 'node:fs';

/** A system call per record would be slow; a whole trace in memory could be too much. */
const CHUNK_BYTES = 65_536;

/** Writes text to an open file as it comes, in chunks; never more than one chunk and one piece are held back. */
export class ChunkedWriter {
  private readonly fd: number;
  private readonly chunkBytes: number;
  private pieces: string[] = [];
  private heldBytes = 0;

  constructor(fd: number, chunkBytes = CHUNK_BYTES) {
    this.fd = fd;
    this.chunkBytes = chunkBytes;
  }

  /** @throws the file system's error */
  put(text: string): void {
    this.pieces.push(text);
    this.heldBytes += Buffer.byteLength(text);
    if (this.heldBytes >= this.chunkBytes) this.flush();
  }

  /** @throws the file system's error */
  putBytes(bytes: Uint8Array): void {
    this.flush();
    this.write(bytes);
  }

  /** @throws the file system's error */
  flush(): void {
    const bytes = Buffer.from(this.pieces.join(''));
    this.pieces = [];
    this.heldBytes = 0;
    this.write(bytes);
  }

  private write(bytes: Uint8Array): void {
    // A pipe may take only a part at a time.
    for (let at = 0; at < bytes.length;) at += writeSync(this.fd, bytes, at);
  }
}
