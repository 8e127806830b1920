import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { LabError } from '../../src/base/errors.ts';
import { connectHost, HostClient } from '../../src/serve/client.ts';
import { runningHosts } from '../../src/serve/host-names.ts';
import { HostServer } from '../../src/serve/host-server.ts';
import { inTemporaryDirectory } from '../cli/spawn.ts';
import { InventedHost, servedOf } from './invented-host.ts';

type Use = (
  directory: string,
  hosts: readonly InventedHost[],
  servers: readonly HostServer[],
) => Promise<void>;

/** Hosts with these names. */
function withHosts(names: readonly string[], use: Use): Promise<void> {
  return inTemporaryDirectory(async (dir) => {
    const directory = `${dir}/creditlab`;
    const hosts = names.map((name) => new InventedHost(name));
    const servers: HostServer[] = [];
    try {
      for (const [index, name] of names.entries()) {
        const note = { name, pcpus: [index], machine: 'simulated' } as const;
        const server = await HostServer.open({ note, port: null, say: assert.fail, directory });
        server.attach(servedOf(hosts[index]));
        servers.push(server);
      }
      await use(directory, hosts, servers);
    } finally {
      await Promise.all(servers.map((server) => server.close()));
    }
  });
}

describe('a command finds', () => {
  it('the only host that runs', () =>
    withHosts(['lab'], async (directory) => {
      assert.equal((await (await connectHost(null, directory)).state()).name, 'lab');
    }));

  it('the host of a name', () =>
    withHosts(['one', 'two'], async (directory) => {
      assert.equal((await (await connectHost('two', directory)).state()).name, 'two');
    }));

  for (const [what, names, name, says] of [
    ['no host, and says how to start one', [], null, /no host is running\n.*'creditlab up' starts one/],
    ['no host of a name', [], 'lab', /no host is running/],
    [
      'several, and says which',
      ['one', 'two'],
      null,
      /expected one of one \(process \d+\), two \(process \d+\)/,
    ],
    [
      'none of a name, and says which was meant',
      ['first', 'second'],
      'frist',
      /no host named 'frist'.*\n.*did you mean 'first'/,
    ],
  ] as const)
    it(what, () =>
      withHosts(names, async (directory) => {
        await assert.rejects(connectHost(name, directory), (error: unknown) => {
          assert.ok(error instanceof LabError);
          assert.equal(error.exitCode, 2);
          assert.match(error.describe(), says);
          return true;
        });
      }),
    );
});

describe('the client of a host', () => {
  it('carries out a command, as one of the command line', () =>
    withHosts(['lab'], async (directory, [host]) => {
      const client = await connectHost(null, directory);
      const change = await client.command({ command: 'set', vm: 'A', weight: 512 });
      assert.deepEqual(change.values, { weight: 512 });
      assert.deepEqual(host.taken, [{ command: { command: 'set', vm: 'A', weight: 512 }, door: 'command' }]);
      assert.equal(await client.scenario(), 'vms:\n  - name: A\n');
    }));

  it("throws what the host refuses as the host's own error", () =>
    withHosts(['lab'], async (directory) => {
      const client = await connectHost(null, directory);
      await assert.rejects(client.command({ command: 'sat' }), (error: unknown) => {
        assert.ok(error instanceof LabError);
        assert.equal(error.code, 'BAD_OPTION');
        assert.equal(error.details.hint, "did you mean 'set'?");
        return true;
      });
    }));

  it('loses none of five hundred commands, though a host takes only so many a second', function () {
    this.timeout(30_000);
    return withHosts(['lab'], async (directory, [host]) => {
      const client = await connectHost(null, directory);
      const weights = Array.from({ length: 500 }, (_, i) => i + 1);
      await Promise.all(weights.map((weight) => client.command({ command: 'set', vm: 'A', weight })));
      const taken = host.taken.map(({ command }) => (command as { weight: number }).weight);
      assert.deepEqual(
        [...taken].sort((a, b) => a - b),
        weights,
      );
    });
  });

  it('waits for a host that is starting', () =>
    inTemporaryDirectory(async (dir) => {
      const note = { name: 'lab', pcpus: [], machine: 'simulated' } as const;
      const server = await HostServer.open({
        note,
        port: null,
        say: assert.fail,
        directory: `${dir}/creditlab`,
      });
      const state = (await connectHost(null, `${dir}/creditlab`)).state();
      await pause(100);
      server.attach(servedOf(new InventedHost()));
      assert.equal((await state).name, 'lab');
      await server.close();
    }));

  it('waits for a command as long as that takes', () =>
    withHosts(['lab'], async (directory, [host]) => {
      const client = new HostClient('lab', `${directory}/lab.sock`, 50);
      const carryOut = host.command.bind(host);
      host.command = async (command, door) => {
        await pause(500);
        return carryOut(command, door);
      };
      assert.equal((await client.command({ command: 'set', vm: 'A' })).number, 1);
    }));

  it('gives up a host that stands still', () =>
    inTemporaryDirectory(async (dir) => {
      const sockets: Socket[] = [];
      const server = createServer((socket) => sockets.push(socket));
      await new Promise<void>((resolve) => server.listen(`${dir}/lab.sock`, resolve));
      const client = new HostClient('lab', `${dir}/lab.sock`, 50);
      for (const ask of [() => client.state(), () => client.command({ command: 'set', vm: 'A' })])
        await assert.rejects(ask, /the host 'lab' went away \(no answer for 0\.05 s\)/);
      for (const socket of sockets) socket.destroy();
      server.close();
    }));

  it('notices that the host dies while a command is under way', () =>
    withHosts(['lab'], async (directory, [host], [server]) => {
      const client = await connectHost(null, directory);
      host.command = () => {
        void server.close();
        return new Promise(() => undefined);
      };
      await assert.rejects(client.command({ command: 'set', vm: 'A' }), /the host 'lab' went away/);
    }));

  it('trusts no directory that others may open', () =>
    withHosts(['lab'], async (directory) => {
      chmodSync(directory, 0o777);
      const refusal = /not this user's alone: others may open it/;
      for (const name of ['lab', null]) await assert.rejects(connectHost(name, directory), refusal);
      await assert.rejects(runningHosts(directory), refusal);
      chmodSync(directory, 0o700);
    }));

  it('is told how the host ended, before the host goes away', () =>
    withHosts(['lab'], async (directory, [host], [server]) => {
      const client = await connectHost(null, directory);
      const end = { exitCode: 0, files: [{ option: '--json', path: '/x/o.json' }], error: null };
      host.onStop = () => {
        server.ended(end);
        void server.close();
      };
      const ended = client.ended();
      await client.command({ command: 'stop' });
      assert.deepEqual(await ended, end);
      await assert.rejects(client.state(), /the host 'lab' went away/);
    }));
});

describe('curl', () => {
  it('talks to the socket', function () {
    try {
      execFileSync('curl', ['--version']);
    } catch {
      this.skip();
    }
    return withHosts(['lab'], async (directory, [host]) => {
      const { execFile } = await import('node:child_process');
      const { promisify } = await import('node:util');
      const args = ['-sS', '--unix-socket', `${directory}/lab.sock`];
      const curl = (...more: string[]) => promisify(execFile)('curl', [...args, ...more]);
      const { stdout } = await curl(
        'http://localhost/api/commands',
        '-d',
        '{"command":"set","vm":"A","cap":50}',
      );
      assert.deepEqual((JSON.parse(stdout) as { values: object }).values, { cap: 50 });
      assert.equal(host.taken[0].door, 'http');
    });
  });
});
