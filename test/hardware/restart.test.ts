import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { packageRoot } from '../../src/base/package-root.ts';
import { inTemporaryDirectory } from '../cli/spawn.ts';
import { command } from './command.ts';
import { cpus, needHardware, tell } from './support.ts';

const MAIN = join(packageRoot(), 'dist/src/cli/main.js');
const RUN = ['run', '--pcpus', String(cpus[0] ?? 0), '--vm', 'A', '--vm', 'B', '--duration', '20s'];

describe('the command on real cores', function () {
  this.timeout(60_000);
  before(function () {
    needHardware(this);
  });

  it('runs V8 single-threaded, in the process that was started, with its standard input', async () => {
    let seen = '';
    let stdin = '';
    const ended = await command(RUN, {
      act: (child) => {
        const proc = `/proc/${child.pid ?? assert.fail()}`;
        seen = readFileSync(`${proc}/cmdline`, 'utf8');
        stdin = readlinkSync(`${proc}/fd/0`);
        child.kill('SIGINT');
      },
    });
    assert.match(seen, /--single-threaded\0/);
    assert.equal(stdin, '/dev/null');
    assert.equal(ended.code, 130);
    assert.ok(!ended.result?.runs[0].warnings.some((text) => text.includes('--single-threaded')));
  });

  it('is one process, without children', async () => {
    let children = '?';
    await command(RUN, {
      act: (child) => {
        const pid = child.pid ?? assert.fail();
        children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
        child.kill('SIGTERM');
      },
    });
    assert.equal(children, '');
  });

  it('stops and goes on with the job control of a shell', async function () {
    let state = '';
    const ended = await command(RUN, {
      act: async (child) => {
        const stat = `/proc/${child.pid ?? assert.fail()}/stat`;
        child.kill('SIGTSTP');
        await sleep(300);
        state = / ([A-Za-z]) \d+ /.exec(readFileSync(stat, 'utf8'))?.[1] ?? '';
        child.kill('SIGCONT');
        child.kill('SIGINT');
      },
    });
    assert.equal(ended.code, 130);
    if (state !== 'T') {
      tell(
        'skipped: Ctrl-Z has no effect here, where no shell could continue the process (orphaned process group)',
      );
      this.skip();
    }
  });

  it('takes arguments with blanks and other alphabets as they are, and says 2 for bad ones', () => {
    const { status, stderr } = spawnSync(process.execPath, [MAIN, 'run', 'no such é 文 file.yaml'], {
      encoding: 'utf8',
    });
    assert.equal(status, 2);
    assert.match(stderr, /no such é 文 file\.yaml/);
  });

  it('still has the files that a shell opened for it', async () => {
    await inTemporaryDirectory((dir) => {
      const file = join(dir, 'bad.yaml');
      writeFileSync(file, 'durration: 1s\n');
      const fd = openSync(file, 'r');
      const { status, stderr } = spawnSync(process.execPath, [MAIN, 'run', '/dev/fd/3'], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe', fd],
      });
      closeSync(fd);
      assert.match(stderr, /\/dev\/fd\/3:1:1: unknown key 'durration'/);
      assert.equal(status, 2);
    });
  });

  it('can be interrupted from its first moment on', async () => {
    for (const ms of [0, 20, 40, 60, 80]) {
      const child = spawn(process.execPath, [MAIN, ...RUN], { stdio: 'ignore' });
      await sleep(ms);
      child.kill('SIGINT');
      const [code, signal] = await new Promise<[number | null, string | null]>((resolve) => {
        child.on('close', (...ended) => resolve(ended));
      });
      assert.ok(signal === 'SIGINT' || code === 130, `after ${ms} ms: ${code} ${signal}`);
    }
  });
});
