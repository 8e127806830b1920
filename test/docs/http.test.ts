import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { creditlab, inTemporaryDirectory } from '../cli/spawn.ts';
import { codeBlocks, readMarkdown } from './markdown.ts';
import { hostStarted, stepsOf } from './transcript.ts';

/** Numbers may be others, and `…` is anything. */
function likeness(printed: string): RegExp {
  const parts = printed.split('…').map((part) =>
    part
      .split(/\b[\da-f]{12}-\d+|\d+(?:\.\d+)?/)
      .map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('[\\da-f.-]+'),
  );
  return new RegExp(`^${parts.join('[^]*')}`);
}

describe('docs/http.md', function () {
  this.timeout(60_000);

  it('shows what curl prints', function () {
    if (spawnSync('curl', ['--version']).status !== 0) this.skip();
    const [first, ...steps] = stepsOf(codeBlocks(readMarkdown('docs/http.md'), 'console')[0]);
    const [program, ...args] = first.command.replace(/ &$/, '').split(' ');
    assert.equal(program, 'creditlab');
    return inTemporaryDirectory(async (dir) => {
      const env = { XDG_RUNTIME_DIR: dir };
      const { ended } = await hostStarted(args, dir, env);
      const seen: string[] = [];
      for (const { command, printed } of steps) {
        if (command === 'cd $XDG_RUNTIME_DIR/creditlab') continue;
        const text = command.startsWith('creditlab ')
          ? (await creditlab(command.split(' ').slice(1), { cwd: dir, env })).stdout
          : curl(command, join(dir, 'creditlab'));
        assert.match(text, likeness(printed), command);
        seen.push(command.split(' ')[0]);
      }
      assert.deepEqual(seen, ['curl', 'curl', 'curl', 'curl', 'creditlab']);
      assert.equal((await ended).code, 0);
    });
  });
});

/** One that reads the stream ends with an error: its time is over. */
function curl(command: string, cwd: string): string {
  assert.match(command, /^curl /);
  try {
    return execFileSync('sh', ['-c', command], { cwd, encoding: 'utf8' });
  } catch (error) {
    const { status, stdout } = error as { status: number; stdout: string };
    assert.equal(status, 28, command);
    return stdout;
  }
}
