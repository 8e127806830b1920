import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { creditlab, inTemporaryDirectory } from './spawn.ts';

/** Names of the modules that a command loads, by what V8 tells of its functions. */
async function modulesOf(args: readonly string[]): Promise<readonly string[]> {
  return inTemporaryDirectory(async (dir) => {
    const { code, stderr } = await creditlab(args, { env: { NODE_V8_COVERAGE: dir } });
    assert.equal(code, 0, stderr);
    return readdirSync(dir).flatMap((name) => {
      const { result } = JSON.parse(readFileSync(join(dir, name), 'utf8')) as { result: { url: string }[] };
      return result.map(({ url }) => url);
    });
  });
}

describe('a command that starts', function () {
  this.timeout(20_000);

  it('loads no schema when it has none to check', async () => {
    const modules = await modulesOf(['--version']);
    assert.ok(modules.some((url) => /\/cli\/program\.[jt]s/.test(url)));
    assert.deepEqual(
      modules.filter((url) => url.includes('/node_modules/zod/')),
      [],
    );
  });

  it('loads no other command', async () => {
    const modules = await modulesOf(['sim', '--pcpus', '1', '--vm', 'A:work=10ms']);
    const commands = modules.flatMap((url) => /\/cli\/(\w+)-command\.[jt]s/.exec(url)?.[1] ?? []);
    assert.deepEqual([...new Set(commands)], ['sim']);
  });
});
