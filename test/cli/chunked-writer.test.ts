import assert from 'node:assert/strict';
import { closeSync, openSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ChunkedWriter } from '../../src/cli/chunked-writer.ts';
import { inTemporaryDirectory } from './spawn.ts';

describe('text written in chunks', () => {
  it('is in the file but for less than a chunk, at any time, and all of it after the flush', () =>
    inTemporaryDirectory((dir) => {
      const path = join(dir, 'f');
      const fd = openSync(path, 'w');
      try {
        const writer = new ChunkedWriter(fd, 100);
        let text = '';
        for (let i = 0; i < 500; i++) {
          const piece = `µ${'x'.repeat(i % 40)}`;
          writer.put(piece);
          text += piece;
          const behind = Buffer.byteLength(text) - statSync(path).size;
          assert.ok(behind >= 0 && behind < 100, `${behind} bytes behind after ${i}`);
        }
        writer.flush();
        assert.equal(readFileSync(path, 'utf8'), text);
      } finally {
        closeSync(fd);
      }
    }));

  it('is written a chunk at a time, not a piece at a time', () =>
    inTemporaryDirectory((dir) => {
      const path = join(dir, 'f');
      const fd = openSync(path, 'w');
      try {
        const writer = new ChunkedWriter(fd, 100);
        const sizes = new Set<number>();
        for (let i = 0; i < 100; i++) {
          writer.put('0123456789');
          sizes.add(statSync(path).size);
        }
        assert.deepEqual([...sizes], [0, 100, 200, 300, 400, 500, 600, 700, 800, 900, 1000]);
      } finally {
        closeSync(fd);
      }
    }));
});
