import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { OutputFile } from '../../src/cli/output-file.ts';
import { errorOf } from '../scenario/attempt.ts';
import { inTemporaryDirectory } from './spawn.ts';

describe('an output that is made piece by piece', () => {
  it('replaces the old file only when it is whole', () =>
    inTemporaryDirectory((dir) => {
      const path = join(dir, 'f');
      writeFileSync(path, 'old');
      new OutputFile('--x', path).stream((put) => {
        put('new '.repeat(50_000));
        assert.equal(readFileSync(path, 'utf8'), 'old');
        put('end');
      });
      assert.equal(readFileSync(path, 'utf8'), `${'new '.repeat(50_000)}end`);
      assert.deepEqual(readdirSync(dir), ['f']);
    }));

  it('leaves the old file as it was, and nothing else, when it could not be made', () =>
    inTemporaryDirectory((dir) => {
      const path = join(dir, 'f');
      writeFileSync(path, 'old');
      const failure = new Error('no content');
      assert.throws(
        () =>
          new OutputFile('--x', path).stream((put) => {
            put('new '.repeat(50_000));
            throw failure;
          }),
        failure,
      );
      assert.equal(readFileSync(path, 'utf8'), 'old');
      assert.deepEqual(readdirSync(dir), ['f']);
    }));

  it('ends with the first piece that a full device refuses', () => {
    let pieces = 0;
    const { code, message, details } = errorOf(() =>
      new OutputFile('--x', '/dev/full').stream((put) => {
        for (; pieces < 100; pieces++) put('x'.repeat(30_000));
      }),
    );
    assert.deepEqual([code, details.where], ['RUN_FAILED', '--x /dev/full']);
    assert.match(message, /could not be written \(ENOSPC\)/);
    assert.equal(pieces, 2);
  });
});
