import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import type { StreamMessage } from '../../src/control/state.ts';
import { Feed } from '../../src/serve/feed.ts';
import {
  MOST_STREAMS,
  MOST_WAITING_BYTES,
  MOST_WAITING_MESSAGES,
  STATE_AGE_MS,
} from '../../src/serve/limits.ts';
import { InventedHost, SHARES, SLICES } from './invented-host.ts';

/** A connection that takes everything, or nothing. */
class Connection extends EventEmitter {
  readonly written: string[] = [];
  writableLength = 0;
  isDestroyed = false;
  isStuck = false;

  write(text: string): boolean {
    this.written.push(text);
    if (this.isStuck) this.writableLength += text.length;
    return this.writableLength === 0;
  }

  /** What was written is taken. */
  drain(): void {
    this.writableLength = 0;
    this.isStuck = false;
    this.emit('drain');
  }

  end(): void {
    this.emit('close');
  }

  destroy(): void {
    this.isDestroyed = true;
    this.emit('close');
  }

  get kinds(): string[] {
    return this.written.flatMap((text) => {
      if (text.startsWith('event: thinned')) return [`thinned ${/\d+/.exec(text)?.[0] ?? ''}`];
      const data = /^data: (.*)$/m.exec(text)?.[1];
      return data === undefined ? [] : [(JSON.parse(data) as StreamMessage).kind];
    });
  }

  get lastId(): string {
    return this.written.flatMap((text) => /^id: (.*)$/m.exec(text)?.[1] ?? []).at(-1) ?? '';
  }
}

const WORDS: StreamMessage = { kind: 'words', atNs: 1e9, text: 'B is parked: over its cap' };

describe('the stream', () => {
  const feeds: Feed[] = [];
  afterEach(() => {
    for (const feed of feeds.splice(0)) feed.close();
  });
  const open = (nowMs?: () => number) => {
    const host = new InventedHost();
    const feed = new Feed(host, nowMs === undefined ? {} : { nowMs });
    feeds.push(feed);
    const join = async (lastId: string | null = null, connection = new Connection()) => {
      feed.join(connection, lastId, 'all');
      await setImmediate();
      return connection;
    };
    return { host, feed, join };
  };

  it('begins with the state, and goes on with all that happens', async () => {
    const { host, join } = open();
    const client = await join();
    for (const message of [SLICES, SHARES, WORDS]) host.tell(message);
    assert.deepEqual(client.kinds, ['state', 'slices', 'shares', 'words']);
  });

  it('tells two clients the same', async () => {
    const { host, join } = open();
    const [one, other] = [await join(), await join()];
    await host.command({ command: 'set', vm: 'A', weight: 512 }, 'page');
    host.tell(SHARES);
    assert.deepEqual(one.written.slice(-2), other.written.slice(-2));
    assert.deepEqual(one.kinds.slice(-2), ['change', 'shares']);
  });

  it('asks the host once for all that come at the same time', async () => {
    const { host, feed } = open();
    for (let i = 0; i < 50; i++) feed.join(new Connection(), null, 'all');
    await setImmediate();
    assert.equal(host.stateCalls, 1);
  });

  it('asks the host once for those that come soon after one another, unless something was changed', async () => {
    let nowMs = 0;
    const { host, join } = open(() => nowMs);
    await join();
    nowMs += STATE_AGE_MS.all - 1;
    await join();
    assert.equal(host.stateCalls, 1);
    await host.command({ command: 'set', vm: 'A', weight: 512 }, 'http');
    assert.match((await join()).written[1], /"weight":512/);
    assert.equal(host.stateCalls, 2);
    nowMs += STATE_AGE_MS.all;
    await join();
    assert.equal(host.stateCalls, 3);
  });

  it('asks once more after the host could not say how it is', async () => {
    const { host, feed, join } = open();
    const state = host.state.bind(host);
    host.state = () => Promise.reject(new Error('not now'));
    assert.equal((await join()).isDestroyed, true);
    host.state = state;
    assert.match(await feed.state('all'), /"name":"lab"/);
  });

  it('has room for whoever turns the knobs when it has none for the audience, and more for the socket', async () => {
    const { feed } = open();
    const fill = (count: number): void => {
      while (feed.clientCount < count) feed.join(new Connection(), null, 'read');
    };
    const isFull = (): boolean[] => (['read', 'all', 'local'] as const).map((asker) => feed.isFullFor(asker));
    fill(MOST_STREAMS.read - 1);
    assert.deepEqual(isFull(), [false, false, false]);
    fill(MOST_STREAMS.read);
    assert.deepEqual(isFull(), [true, false, false]);
    fill(MOST_STREAMS.all);
    assert.deepEqual(isFull(), [true, true, false]);
    fill(MOST_STREAMS.local);
    assert.deepEqual(isFull(), [true, true, true]);
    await setImmediate();
  });

  it('leaves nothing out that comes before the first state is there, but slices and shares', async () => {
    const { host, feed } = open();
    const client = new Connection();
    feed.join(client, null, 'all');
    host.tell(SLICES);
    host.tell(WORDS);
    await setImmediate();
    assert.deepEqual(client.kinds, ['words', 'thinned 1', 'state']);
  });

  it('tells a client that comes back what it missed, and not again what passes', async () => {
    const { host, join } = open();
    const first = await join();
    host.tell(WORDS);
    const id = first.lastId;
    first.end();
    host.tell(SLICES);
    await host.command({ command: 'set' }, 'http');
    host.tell(WORDS);
    const again = await join(id);
    assert.deepEqual(again.kinds, ['change', 'words', 'state']);
  });

  it('begins anew for one that was with another host', async () => {
    const { host, join } = open();
    await join();
    host.tell(WORDS);
    for (const id of ['abcdef012345-0', '-1', 'x', `${'9'.repeat(400)}`])
      assert.deepEqual((await join(id)).kinds, ['state'], id);
  });

  it('tells whoever comes after the end that it is over', async () => {
    const { host, join } = open();
    const first = await join();
    host.tell({ kind: 'end', atNs: 1e9 });
    assert.deepEqual((await join()).kinds, ['state', 'end']);
    assert.deepEqual(first.kinds, ['state', 'end']);
  });

  it('tells of something finished its story, to everybody and in order', async () => {
    const feed = new Feed(new InventedHost(), { story: [SLICES, { kind: 'end', atNs: 1e9 }] });
    feeds.push(feed);
    for (let i = 0; i < 2; i++) {
      const client = new Connection();
      feed.join(client, null, 'all');
      await setImmediate();
      assert.deepEqual(client.kinds, ['state', 'slices', 'end']);
    }
  });

  it('thins out a slow client, and never waits for it', async () => {
    const { host, join } = open();
    const [slow, quick] = [await join(), await join()];
    slow.isStuck = true;
    const rounds = Math.ceil((2 * MOST_WAITING_BYTES) / JSON.stringify(SLICES).length);
    for (let i = 0; i < rounds; i++) host.tell(SLICES);
    const held = slow.writableLength;
    assert.ok(held < MOST_WAITING_BYTES + 1000, String(held));
    for (let i = 0; i < 10; i++) host.tell({ kind: 'state', state: { ...host.stateNow(), nowNs: i } });
    for (let i = 0; i < 10; i++) await host.command({ command: 'set' }, 'http');
    assert.equal(slow.writableLength, held);
    assert.equal(quick.kinds.length, 1 + rounds + 20);

    const before = slow.written.length;
    slow.drain();
    const kinds = slow.kinds.slice(before - 1);
    assert.deepEqual(kinds.slice(0, 10), Array(10).fill('change'));
    assert.match(kinds[10], /^thinned \d+$/);
    assert.deepEqual(kinds.slice(11), ['state']);
    assert.match(slow.written.at(-1) ?? '', /"nowNs":9,/);
    host.tell(SLICES);
    assert.equal(slow.kinds.at(-1), 'slices');
  });

  it('cuts a client for which more waits than anybody would catch up with', async () => {
    const { host, join } = open();
    const slow = await join();
    slow.isStuck = true;
    slow.writableLength = MOST_WAITING_BYTES;
    for (let i = 0; i <= MOST_WAITING_MESSAGES; i++) host.tell(WORDS);
    assert.equal(slow.isDestroyed, false);
    host.tell(WORDS);
    assert.equal(slow.isDestroyed, true);
  });

  it('stops listening to the host only some time after the last client has gone', async () => {
    const { host, join } = open();
    assert.equal(host.listeners.size, 0);
    const client = await join();
    assert.equal(host.listeners.size, 1);
    client.end();
    assert.equal(host.listeners.size, 1);
  });
});
