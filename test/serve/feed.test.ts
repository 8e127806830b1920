import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import type { StreamMessage } from '../../src/control/state.ts';
import { Feed } from '../../src/serve/feed.ts';
import { MOST_WAITING_BYTES, MOST_WAITING_MESSAGES } from '../../src/serve/limits.ts';
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
      feed.join(connection, lastId);
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
    for (let i = 0; i < 50; i++) feed.join(new Connection(), null);
    await setImmediate();
    assert.equal(host.stateCalls, 1);
  });

  it('leaves nothing out that comes before the first state is there, but slices and shares', async () => {
    const { host, feed } = open();
    const client = new Connection();
    feed.join(client, null);
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
      feed.join(client, null);
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
