import assert from 'node:assert/strict';
import { packageRoot } from '../../src/base/package-root.ts';
import { inProcess } from '../cli/in-process.ts';
import { codeBlocks, readMarkdown } from './markdown.ts';
import { stepsOf } from './transcript.ts';

describe('docs/compare.md', function () {
  this.timeout(20_000);

  it('shows what its commands print', async () => {
    const steps = codeBlocks(readMarkdown('docs/compare.md'), 'console').flatMap(stepsOf);
    assert.ok(steps.length > 0);
    for (const { command, printed } of steps) {
      const { stdout, stderr } = await inProcess(command.split(' ').slice(1), packageRoot());
      assert.equal(stdout.trim(), printed, `${command}\n${stderr}`);
    }
  });
});
