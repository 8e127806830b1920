import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { HostServer } from '../../src/serve/host-server.ts';
import { runningHosts, type HostNote } from '../../src/serve/host-names.ts';
import { ensureDirectory, runtimeDirectory } from '../../src/serve/runtime-directory.ts';
import { inTemporaryDirectory } from '../cli/spawn.ts';

type Note = Omit<HostNote, 'pid' | 'startedAt'>;

const note = (name: string, change: Partial<Note> = {}): Note => ({
  name,
  pcpus: [1],
  machine: 'hardware',
  ...change,
});

/** Hosts in a directory of their own, closed afterwards. */
function withHosts(
  use: (open: (note: Note) => Promise<HostServer>, directory: string) => Promise<void>,
): Promise<void> {
  return inTemporaryDirectory(async (dir) => {
    const directory = join(dir, 'creditlab');
    const servers: HostServer[] = [];
    try {
      await use(async (of) => {
        const server = await HostServer.open({ note: of, port: null, say: assert.fail, directory });
        servers.push(server);
        return server;
      }, directory);
    } finally {
      await Promise.all(servers.map((server) => server.close()));
    }
  });
}

/** Leaves a socket as a process does that is killed. */
function leaveSocket(path: string): void {
  const script = `require('net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))`;
  spawnSync(process.execPath, ['-e', script, path]);
  assert.ok(lstatSync(path).isSocket());
}

describe('the socket of a host', () => {
  it('is for its user alone, and gone with the host', () =>
    withHosts(async (open, directory) => {
      const server = await open(note('lab'));
      assert.equal(statSync(directory).mode & 0o777, 0o700);
      assert.equal(statSync(join(directory, 'lab.sock')).mode & 0o777, 0o600);
      assert.equal(statSync(join(directory, 'lab.json')).mode & 0o777, 0o600);
      await server.close();
      assert.deepEqual(readdirSync(directory), []);
    }));

  it('tells who holds which pCPUs', () =>
    withHosts(async (open, directory) => {
      await open(note('lab'));
      const [host, ...others] = await runningHosts(directory);
      assert.deepEqual(others, []);
      assert.equal(host.name, 'lab');
      assert.equal(host.note?.pid, process.pid);
      assert.deepEqual(host.note.pcpus, [1]);
    }));

  it('is replaced when it is left from a host that was killed', () =>
    withHosts(async (open, directory) => {
      ensureDirectory(directory);
      leaveSocket(join(directory, 'lab.sock'));
      writeFileSync(join(directory, 'lab.json'), JSON.stringify({ ...note('lab'), pid: 1, startedAt: '' }));
      assert.deepEqual(await runningHosts(directory), []);
      await open(note('lab'));
      assert.equal((await runningHosts(directory))[0].note?.pid, process.pid);
      assert.deepEqual(readdirSync(directory).sort(), ['lab.json', 'lab.sock']);
    }));

  it('holds no pCPU when it is left from a host that was killed', () =>
    withHosts(async (open, directory) => {
      ensureDirectory(directory);
      leaveSocket(join(directory, 'old.sock'));
      writeFileSync(join(directory, 'old.json'), JSON.stringify({ ...note('old'), pid: 1, startedAt: '' }));
      await open(note('lab'));
    }));

  it('is not replaced while its host lives, and stays as it was', () =>
    withHosts(async (open, directory) => {
      await open(note('lab'));
      await assert.rejects(open(note('lab', { pcpus: [0] })), /a host named 'lab' is running/);
      assert.equal((await runningHosts(directory)).length, 1);
      assert.deepEqual(readdirSync(directory).sort(), ['lab.json', 'lab.sock']);
    }));

  it('is left to another host that has taken its name, with the note', () =>
    withHosts(async (open, directory) => {
      const first = await open(note('lab'));
      rmSync(join(directory, 'lab.sock'));
      await open(note('lab', { pcpus: [2] }));
      await first.close();
      const [host] = await runningHosts(directory);
      assert.deepEqual(host.note?.pcpus, [2]);
      assert.deepEqual(readdirSync(directory).sort(), ['lab.json', 'lab.sock']);
    }));

  it('goes to one of several that start at the same time', () =>
    withHosts(async (open, directory) => {
      ensureDirectory(directory);
      leaveSocket(join(directory, 'lab.sock'));
      const tries = await Promise.allSettled(
        Array.from({ length: 8 }, (_, i) => open(note('lab', { pcpus: [i] }))),
      );
      assert.equal(tries.filter(({ status }) => status === 'fulfilled').length, 1);
      assert.equal((await runningHosts(directory)).length, 1);
    }));
});

describe('two hosts', () => {
  it('run side by side on pCPUs of their own', () =>
    withHosts(async (open, directory) => {
      await open(note('one', { pcpus: [0, 2] }));
      await open(note('two', { pcpus: [1, 3] }));
      assert.deepEqual(
        (await runningHosts(directory)).map(({ name }) => name),
        ['one', 'two'],
      );
    }));

  it('are refused on the same pCPU, and the second leaves nothing behind', () =>
    withHosts(async (open, directory) => {
      await open(note('one', { pcpus: [0, 1] }));
      await assert.rejects(open(note('two', { pcpus: [1, 2] })), /CPU 1 has a host already: 'one'/);
      assert.deepEqual(readdirSync(directory).sort(), ['one.json', 'one.sock']);
    }));

  it('never both get a pCPU for which they start at the same time', () =>
    withHosts(async (open) => {
      const tries = await Promise.allSettled(['a', 'b', 'c', 'd'].map((name) => open(note(name))));
      assert.ok(tries.filter(({ status }) => status === 'fulfilled').length <= 1);
    }));

  it('share CPUs when one is simulated', () =>
    withHosts(async (open) => {
      await open(note('one'));
      await open(note('two', { machine: 'simulated' }));
      await open(note('three', { machine: 'simulated' }));
    }));
});

describe("a host's name", () => {
  for (const name of ['', '.', '../lab', 'a/b', '-x', 'a b', 'x'.repeat(33), 'a\0b'])
    it(`is not ${JSON.stringify(name)}`, () =>
      withHosts(async (open) => {
        await assert.rejects(open(note(name)), /no name for a host/);
      }));

  it('is refused where the path of its socket is longer than the kernel takes', () =>
    inTemporaryDirectory(async (dir) => {
      const directory = join(dir, 'x'.repeat(100));
      const opening = HostServer.open({ note: note('lab'), port: null, say: assert.fail, directory });
      await assert.rejects(opening, /too long/);
    }));
});

describe('the directory of the sockets', () => {
  const uid = process.getuid?.() ?? 0;

  it('is in XDG_RUNTIME_DIR if that is the user’s own, else in /tmp under the user’s number', () =>
    inTemporaryDirectory((dir) => {
      assert.equal(runtimeDirectory({ env: { XDG_RUNTIME_DIR: dir }, uid }), join(dir, 'creditlab'));
      const elsewhere = '/tmp/creditlab-' + String(uid + 1);
      assert.equal(runtimeDirectory({ env: { XDG_RUNTIME_DIR: dir }, uid: uid + 1 }), elsewhere);
      for (const bad of ['', 'relative', join(dir, 'missing')])
        assert.equal(
          runtimeDirectory({ env: { XDG_RUNTIME_DIR: bad }, uid }),
          `/tmp/creditlab-${String(uid)}`,
        );
      assert.equal(runtimeDirectory({ env: {}, uid }), `/tmp/creditlab-${String(uid)}`);
    }));

  it('is refused if somebody else made it, could open it, or let it lead elsewhere', () =>
    inTemporaryDirectory((dir) => {
      const directory = join(dir, 'creditlab');
      ensureDirectory(directory);
      assert.equal(statSync(directory).mode & 0o777, 0o700);
      ensureDirectory(directory);
      assert.throws(() => {
        ensureDirectory(directory, { uid: uid + 1 });
      }, /belongs to user/);
      chmodSync(directory, 0o755);
      assert.throws(() => {
        ensureDirectory(directory);
      }, /others may open it \(mode 755\)/);
      mkdirSync(join(dir, 'real'), { mode: 0o700 });
      symlinkSync(join(dir, 'real'), join(dir, 'link'));
      assert.throws(() => {
        ensureDirectory(join(dir, 'link'));
      }, /no directory/);
      assert.ok(existsSync(join(dir, 'real')));
    }));
});
