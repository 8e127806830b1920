import assert from 'node:assert/strict';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { StreamMessage } from '../../src/control/state.ts';
import { addressOf, Api, refusalOf } from '../../src/page/model/api.ts';
import { StreamReader, type Connection } from '../../src/page/model/connection.ts';
import { EventReader } from '../../src/page/model/sse.ts';
import type { Clock } from '../../src/page/model/wish.ts';
import { InventedHost } from './invented-host.ts';
import { TestServer } from './test-server.ts';
import { Tunnel } from './tunnel.ts';

describe('server-sent events', () => {
  it('are read whole, wherever the pieces end', () => {
    const text =
      'retry: 5\n\nid: a-1\ndata: {"x":1}\n\n: still here\n\nevent: thinned\r\ndata: 1\r\ndata: 2\r\n\r\ndata: ü\n\n';
    const expected = [
      { event: 'message', data: '{"x":1}', id: 'a-1' },
      { event: 'thinned', data: '1\n2', id: 'a-1' },
      { event: 'message', data: 'ü', id: 'a-1' },
    ];
    for (let size = 1; size <= text.length; size++) {
      const reader = new EventReader();
      const events = [];
      for (let at = 0; at < text.length; at += size) events.push(...reader.take(text.slice(at, at + size)));
      assert.deepEqual(events, expected, `pieces of ${String(size)}`);
    }
  });
});

describe('the address of the page', () => {
  it('has the token behind the #, where no server sees it', () => {
    assert.deepEqual(addressOf('http://localhost:4321/#token=a.b-c'), {
      base: 'http://localhost:4321/',
      token: 'a.b-c',
    });
    assert.equal(addressOf('http://localhost:4321/?token=abc').token, null);
    assert.equal(addressOf('http://localhost:4321/#token=').token, null);
  });
});

/** What accepts connections and says nothing, as a machine that was switched off behind a firewall. */
class Deaf {
  private readonly sockets: Socket[] = [];
  private readonly server: Server;

  constructor() {
    this.server = createServer((socket) => this.sockets.push(socket.resume().on('error', () => undefined)));
  }

  async open(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${String((this.server.address() as AddressInfo).port)}/#token=x`;
  }

  close(): void {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
  }
}

describe('a host that accepts and never answers', function () {
  this.timeout(20_000);
  const deaf = new Deaf();
  let link: string;
  before(async () => {
    link = await deaf.open();
  });
  after(() => {
    deaf.close();
  });
  const api = (): Api => {
    const hurried = (ms: number): AbortSignal => AbortSignal.timeout(ms / 100);
    return new Api(addressOf(link), (url, init) => fetch(url, init), hurried);
  };

  it('is lost, and tried again', async () => {
    const stop = new AbortController();
    const states: Connection[] = [];
    const hasCome = new Promise<void>((resolve) => {
      const listener = {
        connection: (connection: Connection) => {
          states.push(connection);
          if (states.length === 3) resolve();
        },
        another: () => undefined,
        message: () => undefined,
      };
      const clock: Clock = {
        nowMs: () => performance.now(),
        after(ms, call) {
          const timer = setTimeout(call, ms / 200);
          return () => {
            clearTimeout(timer);
          };
        },
      };
      void new StreamReader(api(), clock, listener).run(stop.signal);
    });
    await hasCome;
    stop.abort();
    assert.deepEqual(
      states.map(({ kind }) => kind),
      ['connecting', 'lost', 'lost'],
    );
  });

  it('is waited for no longer than a command takes, or than a VM takes to be made ready', async () => {
    const fromMs = performance.now();
    for (const ask of [
      () => api().command({ command: 'set', vm: 'A', weight: 512 }),
      () => api().scenario(),
      () => api().command({ command: 'create', vm: { name: 'B' } }),
    ])
      await assert.rejects(ask, (error: unknown) => {
        assert.match(refusalOf(error).message, /didn't answer in time/);
        return true;
      });
    // A hundred times sooner than in the page: 10 + 10 + 120 s.
    assert.ok(performance.now() - fromMs >= 1390);
  });
});

describe('the connection to the host', function () {
  this.timeout(20_000);
  let host: InventedHost;
  let server: TestServer;
  let stop: AbortController;
  let states: Connection[];
  let messages: (StreamMessage | 'another host')[];
  let waits: number[];

  beforeEach(async () => {
    host = new InventedHost({ pcpus: [0], vms: [{ name: 'A' }] });
    server = new TestServer(host);
    await server.open();
    stop = new AbortController();
    [states, messages, waits] = [[], [], []];
  });

  afterEach(async () => {
    stop.abort();
    await server.close();
  });

  /** Waits are a tenth of what they are in the page. */
  const clock: Clock = {
    nowMs: () => performance.now(),
    after(ms, call) {
      if (ms < 10_000) waits.push(ms);
      const timer = setTimeout(call, ms / 10);
      return () => {
        clearTimeout(timer);
      };
    },
  };

  function read(link: string): Promise<void> {
    const api = new Api(addressOf(link), (url, init) => fetch(url, init));
    const listener = {
      connection: (connection: Connection) => states.push(connection),
      another: () => messages.push('another host'),
      message: (message: StreamMessage) => messages.push(message),
    };
    return new StreamReader(api, clock, listener).run(stop.signal);
  }

  async function until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 10));
  }

  const kinds = (): string[] => messages.map((each) => (each === 'another host' ? each : each.kind));

  it('is live, tells the state first, and what happens then', async () => {
    void read(server.link());
    await until(() => host.listenerCount === 1);
    host.advance(1e8);
    await until(() => messages.length >= 3);
    assert.deepEqual(states, [{ kind: 'connecting' }, { kind: 'live', rights: 'all' }]);
    assert.deepEqual(kinds().slice(0, 3), ['state', 'slices', 'shares']);
  });

  it('knows a link for reading', async () => {
    void read(server.link('read'));
    await until(() => states.length === 2);
    assert.deepEqual(states[1], { kind: 'live', rights: 'read' });
  });

  it('comes back by itself, waiting longer each time', async () => {
    void read(server.link());
    await until(() => host.listenerCount === 1);
    await server.close();
    await until(() => states.length >= 5);
    assert.deepEqual(states.slice(2, 5), [
      { kind: 'lost', tries: 1 },
      { kind: 'lost', tries: 2 },
      { kind: 'lost', tries: 3 },
    ]);
    await server.open();
    await until(() => states.at(-1)?.kind === 'live');
    assert.deepEqual(waits.slice(0, 3), [500, 1000, 2000]);
  });

  it('tells that another host has come when one is started anew with the same token', async () => {
    void read(server.link());
    await until(() => messages.length > 0);
    await server.close();
    await server.open();
    await until(() => messages.length >= 3);
    assert.deepEqual(kinds().slice(0, 3), ['state', 'another host', 'state']);
  });

  it('is the same host when it was only away for a moment, and tells what was missed', async () => {
    const tunnel = await Tunnel.to(server.link());
    void read(tunnel.link);
    await until(() => messages.length > 0);
    tunnel.cut();
    host.tell({ kind: 'words', atNs: 1e9, text: 'something' });
    await until(() => messages.length >= 3);
    assert.deepEqual(kinds(), ['state', 'words', 'state']);
    await tunnel.close();
  });

  it('is refused for good without the token', async () => {
    await read(server.link().replace(/=.*/, '=guess'));
    const last = states.at(-1);
    assert.equal(last?.kind === 'refused' && last.refused.message, 'this is not the token');
  });

  it('ends with the run', async () => {
    const reading = read(server.link());
    await until(() => host.listenerCount === 1);
    await host.command({ command: 'stop' }, 'http');
    await until(() => states.at(-1)?.kind === 'ended');
    await server.close();
    await reading;
    assert.equal(states.filter(({ kind }) => kind === 'lost').length, 0);
  });
});
