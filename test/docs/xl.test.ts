import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { packageRoot } from '../../src/base/package-root.ts';
import { XL_COMMANDS } from '../../src/xl/commands.ts';
import { tell } from '../hardware/support.ts';
import { creditlab, inTemporaryDirectory } from '../cli/spawn.ts';
import { codeBlocks, readMarkdown } from './markdown.ts';
import { hostStarted, stepsOf } from './transcript.ts';

const page = readMarkdown('docs/xl.md');

/** Numbers, states, queues and how columns are filled may be others: an instant is shown. */
function alike(text: string): string {
  return text
    .replace(/ run: .*|^\t +\d+: .*\n?/gm, '')
    .replace(/^\trun: .*|^in no queue:\n?/gm, '')
    .replace(/ [r-][b-][p-](?:[s-]--)?(?= )/g, ' STATE')
    .replace(/-?\d+(?:\.\d+)?/g, 'N')
    .replace(/N µs/g, 'N ms')
    .replace(/[ \t]+/g, ' ')
    .trim();
}

function shell(command: string, cwd: string, env: NodeJS.ProcessEnv): Promise<string> {
  return new Promise((resolve) => {
    const child = spawn('sh', ['-c', `${command} 2>&1`], { cwd, env: { ...process.env, ...env } });
    let text = '';
    child.stdout.on('data', (data: Buffer) => (text += data.toString()));
    child.on('close', () => {
      resolve(text);
    });
  });
}

describe('docs/xl.md', function () {
  this.timeout(60_000);

  it('shows what is printed', async function () {
    if (spawnSync('curl', ['--version']).status !== 0) tell('there is no curl: Node does it all');
    const [first, ...steps] = stepsOf(codeBlocks(page, 'console')[0]);
    await inTemporaryDirectory(async (dir) => {
      const env = { XDG_RUNTIME_DIR: dir, CREDITLAB_HOST: '' };
      const [, ...args] = first.command.replace(/ &$/, '').split(' ');
      const { ended } = await hostStarted(args, dir, env);
      try {
        // Until then nobody has had a CPU for a whole second.
        await pause(1500);
        const path = [join(packageRoot(), 'bin'), process.env.PATH].join(delimiter);
        for (const { command, printed } of steps) {
          const text = command.startsWith('creditlab ')
            ? (await creditlab(command.split(' ').slice(1), { cwd: dir, env })).stdout
            : await shell(command, dir, { ...env, PATH: path });
          assert.equal(alike(text), alike(printed), command);
        }
        assert.ok(steps.length > 10);
      } finally {
        // The session's own last command, if it came to that.
        await creditlab(['down'], { env });
      }
      assert.equal((await ended).code, 0);
    });
  });

  it('has a row for every command', () => {
    const rows = [...page.matchAll(/^\| (.*?) +\|/gm)].map(([, cell]) => cell).join('\n');
    const missing = XL_COMMANDS.filter(({ name }) => !new RegExp(`\`${name}\\b`).test(rows));
    assert.deepEqual(
      missing.map(({ name }) => name),
      [],
    );
  });

  it('has every option', () => {
    const missing = XL_COMMANDS.flatMap(({ name, options }) =>
      options
        .filter(
          ({ refusal, short, long }) => refusal === undefined && !page.includes(`-${short ?? `-${long}`}`),
        )
        .map(({ long }) => `${name} --${long}`),
    );
    assert.deepEqual(missing, []);
  });
});
