/** `bin/xl` and `creditlab xl` as processes, with a host in this one. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { createServer } from 'node:http';
import { chmodSync, chownSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { packageRoot } from '../../src/base/package-root.ts';
import { HostServer } from '../../src/serve/host-server.ts';
import { answerShim } from '../../src/xl/shim-answer.ts';
import { creditlab, inTemporaryDirectory } from '../cli/spawn.ts';
import { InventedHost } from './invented-host.ts';

const SHIM = join(packageRoot(), 'bin', 'xl');
const hasCurl = spawnSync('curl', ['--version']).status === 0;

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [out, err] = ['', ''];
    child.stdout.on('data', (data: Buffer) => (out += data.toString()));
    child.stderr.on('data', (data: Buffer) => (err += data.toString()));
    child.on('close', (code) => {
      resolve({ code, out, err });
    });
  });
}

interface Served {
  readonly host: InventedHost;
  readonly env: Record<string, string>;
  readonly dir: string;
  /** how often the host was asked by the script */
  readonly asked: () => number;
  /** what the host says on its own terminal */
  readonly said: string[];
}

/** Hosts with these names; the first one is told of. */
function withHosts(names: readonly string[], use: (served: Served) => Promise<void>): Promise<void> {
  return inTemporaryDirectory(async (dir) => {
    const servers: HostServer[] = [];
    const hosts = names.map(() => new InventedHost());
    let asked = 0;
    const said: string[] = [];
    try {
      for (const [index, name] of names.entries()) {
        const note = { name, pcpus: [index], machine: 'simulated' } as const;
        const directory = join(dir, 'creditlab');
        const server = await HostServer.open({ note, port: null, say: assert.fail, directory });
        servers.push(server);
        const host = hosts[index];
        host.state_.name = name;
        server.attach({
          host: {
            command: (c) => host.command(c as object),
            state: () => host.state(),
            listen: () => () => undefined,
          },
          commands: [],
          scenario: () => '',
          tool: (body) => {
            asked++;
            return answerShim(body, name, (line) => said.push(line), host);
          },
        });
      }
      await use({
        host: hosts[0],
        env: { XDG_RUNTIME_DIR: dir, CREDITLAB_HOST: '' },
        dir,
        asked: () => asked,
        said,
      });
    } finally {
      await Promise.all(servers.map((server) => server.close()));
    }
  });
}

describe('bin/xl', function () {
  this.timeout(30_000);

  before(function () {
    // Node alone could do it all, but then nothing here would be tested.
    if (!hasCurl) this.skip();
  });

  it('lets the host do the work: output, errors and exit code come back', () =>
    withHosts(['lab'], async ({ host, env, asked }) => {
      assert.deepEqual(await run(SHIM, ['sched-credit', '-d', 'A', '-w', '512'], env), {
        code: 0,
        out: '',
        err: '',
      });
      assert.deepEqual(host.commands, [{ command: 'set', vm: 'A', weight: 512 }]);
      const table = await run(SHIM, ['sched-credit', '-d', 'A'], env);
      assert.match(table.out, /^Name {32}ID Weight {2}Cap\nA {36}1 {4}512 {4}0\n$/);
      const list = await run(SHIM, ['list'], env);
      assert.match(list.out, /VCPUs\tState\tTime\(s\)\n/);
      assert.deepEqual(await run(SHIM, ['pause', 'X Y'], env), {
        code: 1,
        out: '',
        err: 'X Y is an invalid domain identifier (rc=-6)\n',
      });
      assert.equal((await run(SHIM, ['pause'], env)).code, 2);
      assert.equal(asked(), 5);
    }));

  it('leaves to Node what takes a file', () =>
    withHosts(['lab'], async ({ host, env, dir }) => {
      writeFileSync(join(dir, 'c.yaml'), 'name: C\n');
      const { code, out, err } = await run(SHIM, ['create', join(dir, 'c.yaml')], env);
      assert.deepEqual([code, err], [0, '']);
      assert.match(out, /^Parsing config from /);
      assert.deepEqual(host.last, { command: 'create', vm: { name: 'C' } });
    }));

  it('asks the host that is named, in the environment or by --name', () =>
    withHosts(['one', 'two'], async ({ env, asked }) => {
      const none = await run(SHIM, ['debug-keys', 'r'], env);
      assert.equal(none.code, 1);
      assert.match(none.err, /several hosts are running/);
      assert.equal(asked(), 0);
      assert.equal((await run(SHIM, ['list'], { ...env, CREDITLAB_HOST: 'two' })).code, 0);
      assert.equal(asked(), 1);
      const other = await run(SHIM, ['--name', 'one', 'top', '-b', '-i', '1'], {
        ...env,
        CREDITLAB_HOST: 'two',
      });
      assert.deepEqual([other.code, other.err], [0, '']);
    }));

  it('sends nothing again that may have been carried out, whatever went wrong', () =>
    withHosts(['lab'], async ({ host, env, asked, said }) => {
      const carryOut = host.command.bind(host);
      host.command = async (command) => {
        await carryOut(command);
        throw new Error('a secret');
      };
      const { code, out, err } = await run(SHIM, ['pause', 'A'], env);
      assert.deepEqual([code, out], [1, '']);
      assert.match(err, /^something unexpected: the host says more/);
      assert.equal(asked(), 1);
      assert.deepEqual(host.commands, [{ command: 'pause', vm: 'A' }]);
      assert.match(said.join(), /a secret/);
    }));

  it('asks no host in a directory of somebody else, or one that leads elsewhere', () =>
    withHosts(['lab'], async ({ env, dir, asked }) => {
      const mine = join(dir, 'creditlab');
      renameSync(mine, join(dir, 'real'));
      symlinkSync(join(dir, 'real'), mine);
      const linked = await run(SHIM, ['list'], env);
      assert.equal(linked.code, 1);
      assert.match(linked.err, /it is no directory/);
      rmSync(mine);
      renameSync(join(dir, 'real'), mine);
      if (process.getuid?.() === 0) {
        chownSync(mine, 65534, 65534);
        const { code, err } = await run(SHIM, ['list'], env);
        chownSync(mine, 0, 0);
        assert.equal(code, 1);
        assert.match(err, /it belongs to user 65534/);
      }
      assert.equal(asked(), 0);
    }));

  it('works through a link, and without curl', () =>
    withHosts(['lab'], async ({ env, dir, asked }) => {
      const bin = join(dir, 'bin');
      mkdirSync(bin);
      symlinkSync(SHIM, join(bin, 'xl'));
      assert.equal((await run(join(bin, 'xl'), ['list'], env)).code, 0);
      assert.equal(asked(), 1);
      for (const tool of ['sh', 'dirname', 'readlink', 'id']) {
        const { stdout } = spawnSync('sh', ['-c', `command -v ${tool}`], { encoding: 'utf8' });
        symlinkSync(stdout.trim(), join(bin, tool));
      }
      const PATH = [bin, dirname(process.execPath)].filter((each) => each !== '/usr/bin').join(delimiter);
      if (dirname(process.execPath) === '/usr/bin') symlinkSync(process.execPath, join(bin, 'node'));
      assert.match((await run(join(bin, 'xl'), ['list'], { ...env, PATH })).out, /^Name /);
      assert.equal(asked(), 1);
    }));

  it('says that no host is running, also where a dead one left its socket', () =>
    inTemporaryDirectory(async (dir) => {
      const env = { XDG_RUNTIME_DIR: dir, CREDITLAB_HOST: '' };
      const says = /^no host is running\n/;
      assert.match((await run(SHIM, ['list'], env)).err, says);
      mkdirSync(join(dir, 'creditlab'));
      chmodSync(join(dir, 'creditlab'), 0o700);
      const socket = join(dir, 'creditlab', 'lab.sock');
      const program = `require('net').createServer().listen('${socket}', () => process.kill(process.pid, 'SIGKILL'))`;
      spawnSync(process.execPath, ['-e', program]);
      const { code, err } = await run(SHIM, ['list'], env);
      assert.equal(code, 1);
      assert.match(err, says);
    }));

  it('takes nothing from the input of the loop that it stands in', () =>
    withHosts(['lab'], async ({ host, env, dir }) => {
      const weights = Array.from({ length: 20 }, (_, i) => i + 1);
      writeFileSync(join(dir, 'weights'), weights.map((weight) => `${String(weight)}\n`).join(''));
      const loop = `while read w; do '${SHIM}' sched-credit -d A -w $w || exit; done <'${join(dir, 'weights')}'`;
      assert.deepEqual(await run('sh', ['-c', loop], env), { code: 0, out: '', err: '' });
      assert.deepEqual(
        host.commands.map(({ weight }) => weight),
        weights,
      );
    }));

  it('comes back when the host has too much to do, or is starting: no command is lost', () =>
    inTemporaryDirectory(async (dir) => {
      mkdirSync(join(dir, 'creditlab'), { mode: 0o700 });
      const answers = [429, 503, 200];
      const server = createServer((request, response) => {
        request.resume();
        response.writeHead(answers.shift() ?? 500, { 'retry-after': '0' }).end('=0\n');
      });
      await new Promise<void>((resolve) => {
        server.listen(join(dir, 'creditlab', 'lab.sock'), resolve);
      });
      const env = { XDG_RUNTIME_DIR: dir, CREDITLAB_HOST: '' };
      assert.deepEqual(await run(SHIM, ['pause', 'A'], env), { code: 0, out: '', err: '' });
      assert.deepEqual(answers, []);
      server.close();
    }));
});

describe('creditlab xl', function () {
  this.timeout(30_000);

  it('passes every option on', () =>
    withHosts(['lab'], async ({ host, env }) => {
      const table = await creditlab(['xl', 'sched-credit', '-d', 'web'], { env });
      assert.match(table.stdout, /^web +2 +512 +150$/m);
      const { code, stderr } = await creditlab(
        ['xl', '--name=lab', 'sched-credit', '-dA', '-w9', '--explain'],
        { env },
      );
      assert.equal(code, 0, stderr);
      assert.deepEqual(host.last, { command: 'set', vm: 'A', weight: 9 });
      const wrong = await creditlab(['xl', 'sched-credit', '-V'], { env });
      assert.deepEqual([wrong.code, wrong.stderr.split('\n')[0]], [2, "sched-credit: invalid option -- 'V'"]);
    }));

  it('has its own help, and that of each command', async () => {
    const { code, stdout } = await creditlab(['xl', '--help']);
    assert.equal(code, 0);
    assert.match(stdout, /^ {2}sched-credit {2}/m);
    assert.match((await creditlab(['xl', 'sched-credit', '--help'])).stdout, /^Usage: xl sched-credit /);
  });
});
