import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { resultSchema } from '../../src/result/result.ts';
import { connectHost } from '../../src/serve/client.ts';
import { readTraces } from '../../src/trace/file-reader.ts';
import { inProcess } from './in-process.ts';
import { creditlab, inTemporaryDirectory, type Ended } from './spawn.ts';

const IS_UP = '.sock';

interface Up {
  readonly dir: string;
  readonly child: ChildProcess;
  readonly stderr: () => string;
  /** Run another command, which finds the host. */
  command(this: void, ...args: string[]): Promise<Ended>;
}

interface Options {
  readonly args?: readonly string[];
  readonly fake?: string;
  readonly command?: 'up' | 'run';
  readonly until?: string;
}

/** Start a host, use it when it is up, and see how it ended. */
function withHost<T>(
  { args = ['--vm', 'A', '--json', 'o.json'], fake = 'quick', command = 'up', until = IS_UP }: Options,
  use: (up: Up) => Promise<T>,
): Promise<{ readonly used: T; readonly ended: Ended; readonly files: ReadonlyMap<string, string> }> {
  return inTemporaryDirectory(async (dir) => {
    const env = { XDG_RUNTIME_DIR: dir };
    let text = '';
    const child = await new Promise<{ child: ChildProcess; ended: Promise<Ended> }>((resolve, reject) => {
      const ended = creditlab([command, '--pcpus', '0', ...args], {
        cwd: dir,
        fake,
        env,
        started: (process) => process.stderr?.on('data', (chunk: Buffer) => (text += chunk.toString())),
        until: {
          text: until,
          then: (process) => {
            resolve({ child: process, ended });
          },
        },
      });
      ended.then(({ stderr }) => {
        reject(new Error(`it never was up: ${stderr}`));
      }, reject);
    });
    const used = await use({
      dir,
      child: child.child,
      stderr: () => text,
      command: (...more) => creditlab(more, { cwd: dir, fake, env }),
    });
    const ended = await child.ended;
    const files = new Map(
      readdirSync(dir)
        .filter((file) => file.includes('.'))
        .map((file) => [file, readFileSync(join(dir, file), 'latin1')]),
    );
    assert.equal(existsSync(join(dir, 'creditlab/lab.sock')), false);
    return { used, ended, files };
  });
}

const completeIn = (files: ReadonlyMap<string, string>) =>
  resultSchema.parse(JSON.parse(files.get('o.json') ?? '')).runs.map(({ complete }) => complete);

describe('creditlab up', function () {
  this.timeout(30_000);

  it('says where it can be reached, and creditlab down ends it and says where the results are', async () => {
    const args = [
      '--vm',
      'A',
      '--json',
      'o.json',
      '--save',
      'played.yaml',
      '--html',
      'o.html',
      '--trace',
      't',
    ];
    const { used, ended, files } = await withHost({ args }, async ({ dir, command, stderr }) => {
      assert.match(stderr(), /'creditlab down --name lab' ends it/);
      assert.match(stderr(), new RegExp(`socket: ${dir}/creditlab/lab.sock`));
      const down = await command('down');
      // It waits until they are written.
      for (const file of ['o.json', 'played.yaml', 'o.html', 't'])
        assert.ok(existsSync(join(dir, file)), file);
      assert.deepEqual(
        readTraces(join(dir, 't'))[0].header.scenario.vms.map(({ name }) => name),
        ['A', 'late'],
      );
      return down;
    });
    assert.equal(used.code, 0, used.stderr);
    assert.match(used.stdout, /The host 'lab' has ended; its results:\n {2}--json .*\/o\.json\n/);
    for (const option of ['--trace', '--save', '--html'])
      assert.ok(used.stdout.includes(`  ${option} /`), option);
    assert.equal(ended.code, 0, ended.stderr);
    assert.deepEqual(completeIn(files), [true]);
    assert.match(files.get('played.yaml') ?? '', /name: late/);
    assert.match(ended.stdout, /late/);
  });

  it('has in its result the scenario as it was played', async () => {
    const { files } = await withHost({}, ({ command }) => command('down'));
    const { scenario, runs } = resultSchema.parse(JSON.parse(files.get('o.json') ?? ''));
    assert.deepEqual(
      scenario.vms.map(({ name }) => name),
      ['A', 'late'],
    );
    assert.equal(runs[0].vms.length, 2);
  });

  it('may begin without VMs', async () => {
    const { ended } = await withHost({ args: [] }, ({ command }) => command('down'));
    assert.equal(ended.code, 0, ended.stderr);
  });

  it('is broken off by Ctrl-C, with what was measured', async () => {
    const { ended, files } = await withHost({}, ({ child }) => Promise.resolve(child.kill('SIGINT')));
    assert.equal(ended.code, 130);
    assert.deepEqual(completeIn(files), [false]);
  });

  it('ends quietly on Ctrl-C while it is starting', async () => {
    const { ended } = await withHost({ fake: 'slow-start', until: 'warming up' }, ({ child }) =>
      Promise.resolve(child.kill('SIGINT')),
    );
    assert.equal(ended.code, 130);
    assert.ok(!ended.stderr.includes('error'), ended.stderr);
  });

  it('leaves what was measured, and what was played, when it is not heard', async () => {
    const args = ['--vm', 'A', '--json', 'o.json', '--save', 'played.yaml'];
    const { ended, files } = await withHost({ args, fake: 'deaf' }, ({ child }) =>
      Promise.resolve(child.kill('SIGTERM')),
    );
    assert.equal(ended.code, 143);
    assert.deepEqual(completeIn(files), [false]);
    assert.match(files.get('played.yaml') ?? '', /late/);
  });

  it('leaves them when main crashes', async () => {
    const { ended, files } = await withHost({ fake: 'crashes' }, () => Promise.resolve());
    assert.equal(ended.code, 1);
    assert.deepEqual(completeIn(files), [false]);
  });

  it('tells whoever ends it that its run failed', async () => {
    const { used, ended, files } = await withHost({ fake: 'fails' }, ({ command }) => command('down'));
    assert.equal(ended.code, 1);
    assert.match(ended.stderr, /a vCPU fell over/);
    assert.equal(used.code, 1);
    assert.match(used.stderr, /the host 'lab' failed\n.*got a vCPU fell over/);
    assert.deepEqual(completeIn(files), [false]);
  });

  it('refuses a name and pCPUs that a host has already', async () => {
    await withHost({}, async ({ command }) => {
      const same = await command('up', '--pcpus', '1', '--vm', 'A');
      assert.equal(same.code, 2);
      assert.match(same.stderr, /a host named 'lab' is running/);
      const other = await command('up', '--name', 'other', '--pcpus', '0', '--vm', 'A');
      assert.equal(other.code, 2);
      assert.match(other.stderr, /CPU 0 has a host already: 'lab'/);
      assert.doesNotMatch(other.stderr, /warming up/);
      await command('down');
    });
  });

  it('says what is wrong before anything starts', async () => {
    await inTemporaryDirectory(async (dir) => {
      const cases: readonly (readonly [args: string[], says: RegExp])[] = [
        [['--name', 'a/b'], /no name for a host/],
        [['--serve', 'file.yaml'], /a scenario file stands before --serve/],
        [['--serve', '70000'], /0 to 65535/],
        [['--listen', '0.0.0.0'], /add --serve/],
        [['--serve', '0', '--listen', '0.0.0.0'], /other machines could reach the page/],
        [['--serve', '0', '--token', 'short'], /not a token/],
        [['--serve', '0', '--token', '@missing'], /no such file/],
        [['--save', 'missing/x.yaml'], /no directory/],
        [['--save', 'x', '--json', 'x'], /name the same file/],
      ];
      for (const [args, says] of cases) {
        const { code, stderr } = await inProcess(['up', '--pcpus', '0', ...args], dir);
        assert.equal(code, 2, `${args.join(' ')}: ${stderr}`);
        assert.match(stderr, says);
        assert.doesNotMatch(stderr, /OPENED/);
      }
    });
  });

  it('gives back its name when it could not start', async () => {
    await inTemporaryDirectory(async (dir) => {
      const options = { cwd: dir, fake: 'bad-workload-at-once', env: { XDG_RUNTIME_DIR: dir } };
      const { code, stderr } = await creditlab(['up', '--pcpus', '0', '--vm', 'A'], options);
      assert.equal(code, 2, stderr);
      assert.match(stderr, /no such workload/);
      assert.deepEqual(readdirSync(join(dir, 'creditlab')), []);
    });
  });
});

describe('creditlab down', () => {
  it('says that no host is running, and how to start one', () =>
    inTemporaryDirectory(async (dir) => {
      const { code, stderr } = await creditlab(['down'], { cwd: dir, env: { XDG_RUNTIME_DIR: dir } });
      assert.equal(code, 2);
      assert.match(stderr, /no host is running\n {2}hint: 'creditlab up' starts one/);
    }));
});

describe('creditlab run --name', function () {
  this.timeout(30_000);

  it('can be joined, and ends by itself', async () => {
    const args = ['--vm', 'A:work=1s', '--name', 'lab', '--json', 'o.json'];
    const { used, ended, files } = await withHost({ command: 'run', args }, async ({ dir }) =>
      (await connectHost(null, join(dir, 'creditlab'))).state(),
    );
    assert.equal(used.name, 'lab');
    assert.equal(ended.code, 0, ended.stderr);
    assert.deepEqual(completeIn(files), [true]);
  });

  it('runs once', () =>
    inTemporaryDirectory(async (dir) => {
      const args = ['run', '--pcpus', '0', '--vm', 'A:work=1s', '--name', 'x', '--repeat', '2'];
      const { code, stderr } = await creditlab(args, { cwd: dir, fake: 'quick' });
      assert.equal(code, 2);
      assert.match(stderr, /--repeat: a host runs once/);
    }));
});
