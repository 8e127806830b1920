import assert from 'node:assert/strict';
import type { StreamMessage } from '../../src/control/state.ts';
import { addressOf, Api } from '../../src/page/model/api.ts';
import { StreamReader, type Connection } from '../../src/page/model/connection.ts';
import { EventReader } from '../../src/page/model/sse.ts';
import type { Clock } from '../../src/page/model/wish.ts';
import { InventedHost } from './invented-host.ts';
import { TestServer } from './test-server.ts';

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

describe('the connection to the host', function () {
  this.timeout(20_000);
  let host: InventedHost;
  let server: TestServer;
  let stop: AbortController;
  let states: Connection[];
  let messages: StreamMessage[];
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
      message: (message: StreamMessage) => messages.push(message),
    };
    return new StreamReader(api, clock, listener).run(stop.signal);
  }

  async function until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 10));
  }

  it('is live, tells the state first, and what happens then', async () => {
    void read(server.link());
    await until(() => host.listenerCount === 1);
    host.advance(1e8);
    await until(() => messages.length >= 3);
    assert.deepEqual(states, [{ kind: 'connecting' }, { kind: 'live', rights: 'all' }]);
    assert.deepEqual(
      messages.slice(0, 3).map(({ kind }) => kind),
      ['state', 'slices', 'shares'],
    );
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

  it('is refused for good without the token', async () => {
    await read(server.link().replace(/=.*/, '=guess'));
    assert.deepEqual(states.at(-1), { kind: 'refused', refused: { message: 'this is not the token' } });
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
