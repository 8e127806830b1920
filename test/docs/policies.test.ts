import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { forgetPolicies } from '../../src/policies.ts';
import { creditlab, inTemporaryDirectory } from '../cli/spawn.ts';
import { inProcess } from '../cli/in-process.ts';
import { choosing } from '../policy-file/modules.ts';
import { codeBlocks, inlineCode, readMarkdown } from './markdown.ts';
import { stepsOf } from './transcript.ts';

const page = readMarkdown('docs/policies.md');

describe('docs/policies.md', function () {
  this.timeout(30_000);
  afterEach(forgetPolicies);

  it('shows what is printed, and a scheduler that runs', async () => {
    const [fair] = codeBlocks(page, 'js');
    assert.ok(fair.trimEnd().split('\n').length < 60);
    const steps = codeBlocks(page, 'console').flatMap(stepsOf);
    assert.equal(steps.length, 3);
    await inTemporaryDirectory(async (dir) => {
      writeFileSync(join(dir, 'fair.mjs'), fair);
      for (const { command, printed } of steps) {
        const { stdout, code } = await creditlab(command.split(' ').slice(1), { cwd: dir });
        assert.equal(code, 0, command);
        assert.equal(stdout.trim(), printed, command);
      }
    });
  });

  it('has the words in which a broken one is told', async () => {
    const codes = inlineCode(page);
    assert.ok(codes.includes('a vCPU that does not wait') && codes.includes('it decides again and again'));
    await inTemporaryDirectory(async (dir) => {
      writeFileSync(join(dir, 'mine.mjs'), choosing('return 7;'));
      const args = ['sim', '--scheduler', './mine.mjs', '--pcpus', '1', '--duration', '1s', '--vm', 'A'];
      const { stderr, code } = await inProcess(args, dir);
      assert.equal(code, 1);
      assert.match(stderr, /choose\(0\) returned 7, and no vCPU/);
    });
  });
});
