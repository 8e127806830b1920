import assert from 'node:assert/strict';
import { creditlab, inTemporaryDirectory } from '../cli/spawn.ts';
import { codeBlocks, readMarkdown } from './markdown.ts';
import { hostStarted, stepsOf } from './transcript.ts';

describe('docs/hosts.md', function () {
  this.timeout(60_000);

  it('shows what is printed where a host runs its VMs again', async () => {
    const console = codeBlocks(readMarkdown('docs/hosts.md'), 'console').find((text) => text.includes('$ '));
    const [first, ...steps] = stepsOf(console ?? assert.fail('there is none'));
    await inTemporaryDirectory(async (dir) => {
      const env = { XDG_RUNTIME_DIR: dir };
      const [, ...args] = first.command.replace(/ &$/, '').split(' ');
      const { ended } = await hostStarted(args, dir, env);
      for (const { command, printed } of steps) {
        const { stdout } = await creditlab(command.split(' ').slice(1), { cwd: dir, env });
        assert.equal(stdout.trim(), printed, command);
      }
      assert.equal((await ended).code, 0);
    });
  });
});
