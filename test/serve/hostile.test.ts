import assert from 'node:assert/strict';
import { request, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { HostServer } from '../../src/serve/host-server.ts';
import {
  HEADER_MS,
  MOST_BODY_BYTES,
  MOST_PROVEN,
  MOST_STREAMS,
  MOST_UNANSWERED,
  MOST_UNPROVEN,
} from '../../src/serve/limits.ts';
import type { PageFiles } from '../../src/serve/page-files.ts';
import { ask, raw, type Answer, type Question } from './http.ts';
import { InventedHost, servedOf, SHARES, SLICES } from './invented-host.ts';

const PAGE: PageFiles = new Map([
  ['/', { status: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body: '<!doctype html>' }],
]);

describe('a port', function () {
  this.timeout(30_000);
  let server: HostServer;
  let host: InventedHost;
  let where: { host: string; port: number };
  let tokens: { all: string; read: string };
  const said: string[] = [];

  beforeEach(async () => {
    said.length = 0;
    host = new InventedHost();
    const port = { port: 0, address: '127.0.0.1', token: null, page: PAGE };
    server = await HostServer.open({ note: null, port, say: (line) => said.push(line) });
    server.attach(servedOf(host));
    const links = server.links ?? assert.fail('no links');
    const tokenIn = (link: string): string => link.split('#token=')[1];
    tokens = { all: tokenIn(links.all), read: tokenIn(links.read) };
    where = { host: '127.0.0.1', port: Number(new URL(links.all).port) };
  });

  afterEach(async () => {
    await server.close();
    // Whatever came, nothing of it was unexpected.
    assert.deepEqual(said, []);
  });

  const bearer = (token = tokens.all) => ({ authorization: `Bearer ${token}` });
  const command = (body: string, headers: Record<string, string> = {}): Promise<Answer> =>
    ask(where, '/api/commands', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...bearer(), ...headers },
      body,
    });
  const stream = (token = tokens.all): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      request({ ...where, path: '/api/stream', headers: bearer(token), agent: false }, resolve)
        .on('error', reject)
        .end();
    });
  /** It answers, and promptly. */
  const isWell = async (): Promise<void> => {
    const fromMs = performance.now();
    assert.equal((await command('{"command":"set","vm":"A","weight":512}')).status, 200);
    assert.ok(performance.now() - fromMs < 2000);
  };

  it('shows the page to everybody, and lets it do nothing but talk to this host', async () => {
    const { status, headers, body } = await ask(where, '/');
    assert.equal(status, 200);
    assert.equal(body, '<!doctype html>');
    assert.match(String(headers['content-security-policy']), /^default-src 'none'; script-src 'self';/);
    assert.match(String(headers['content-security-policy']), /frame-ancestors 'none'/);
    assert.equal(headers['access-control-allow-origin'], undefined);
    assert.equal(headers['referrer-policy'], 'no-referrer');
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.equal(headers['cache-control'], 'no-store');
    assert.equal(headers['set-cookie'], undefined);
  });

  it('serves no other file', async () => {
    for (const path of [
      '/../package.json',
      '/%2e%2e/package.json',
      '/..%2fpackage.json',
      '//etc/passwd',
      '/etc/passwd',
    ])
      assert.equal((await ask(where, path)).status, 404, path);
  });

  it('takes commands with the one token, and with the other only questions', async () => {
    assert.equal((await ask(where, '/api/state', { headers: bearer(tokens.read) })).status, 200);
    assert.equal((await command('{"command":"set"}', bearer(tokens.read))).status, 403);
    assert.deepEqual(host.taken, []);
    await isWell();
  });

  const refused: readonly (readonly [
    what: string,
    question: () => Question & { readonly path?: string },
    status: number,
  ])[] = [
    ['no token', () => ({}), 401],
    ['a wrong token', () => ({ headers: { authorization: 'Bearer wrong' } }), 401],
    ['a token in the URL', () => ({ path: `/api/state?token=${tokens.all}` }), 401],
    ['a token in a cookie', () => ({ headers: { cookie: `token=${tokens.all}` } }), 401],
    ['another host', () => ({ headers: { host: 'evil.example', ...bearer() } }), 403],
    ['another origin', () => ({ headers: { origin: 'http://evil.example', ...bearer() } }), 403],
    [
      'another origin that asks first',
      () => ({ method: 'OPTIONS', headers: { origin: 'http://evil.example' } }),
      403,
    ],
    ['a long URL', () => ({ path: `/${'x'.repeat(5000)}`, headers: bearer() }), 400],
    ['a long header', () => ({ headers: { ...bearer(), 'x-long': 'x'.repeat(20_000) } }), 431],
  ];
  for (const [what, question, status] of refused)
    it(`refuses ${what}`, async () => {
      const { path = '/api/state', ...rest } = question();
      const answer = await ask(where, path, rest);
      assert.equal(answer.status, status, answer.body);
      assert.equal(answer.headers['access-control-allow-origin'], undefined);
      assert.equal(host.stateCalls, 0);
      await isWell();
    });

  it('refuses a proxy’s request and what is no HTTP', async () => {
    for (const text of [
      'GET http://evil.example/api/state HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n',
      'GET /api/state HTTP/1.1\r\n\r\n',
      'hello\r\n\r\n',
      '\x16\x03\x01\x02\x00\x01\x00',
      'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc',
    ]) {
      const { socket, closed } = raw(where, text);
      setTimeout(() => socket.end(), 200);
      assert.match(await closed, /^HTTP\/1.1 400 /, text);
    }
    await isWell();
  });

  it('refuses a body that is too long, announced or not, before it is all there', async () => {
    const announced = await command('{}', { 'content-length': String(MOST_BODY_BYTES + 1) }).catch(
      () => null,
    );
    if (announced !== null) assert.equal(announced.status, 413);
    const head =
      'POST /api/commands HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n' +
      `Authorization: Bearer ${tokens.all}\r\nTransfer-Encoding: chunked\r\n\r\n`;
    const { socket, closed } = raw(where, head);
    let sent = 0;
    const chunk = `4000\r\n${' '.repeat(0x4000)}\r\n`;
    socket.on('close', () => (sent = Infinity));
    while (sent < 64 * MOST_BODY_BYTES) {
      socket.write(chunk);
      sent += 0x4000;
      await pause(1);
    }
    assert.equal(sent, Infinity, 'it took all of it');
    await closed;
    await isWell();
  });

  it('refuses what is malformed or nested too deeply', async () => {
    for (const body of ['', '{', '[[', 'x', '"\ud800"', '['.repeat(60_000), '{"a":'.repeat(10_000), '1e999'])
      assert.equal((await command(body)).status, 400, body.slice(0, 20));
    assert.equal((await command('{"__proto__":{"command":"set"},"command":"nothing"}')).status, 422);
    await isWell();
  });

  it('cuts a client that sends its header, or its body, too slowly', async () => {
    const header = raw(where, 'GET /api/state HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ');
    const silent = raw(where, '');
    const fromMs = performance.now();
    const drip = setInterval(() => header.socket.write('x'), 100);
    const [answer] = await Promise.all([header.closed, silent.closed]);
    clearInterval(drip);
    assert.match(answer, /^(HTTP\/1.1 408 |$)/);
    assert.ok(performance.now() - fromMs < 3 * HEADER_MS);
    await isWell();
  });

  it('lives with a thousand clients that connect and say nothing', async () => {
    const idle = Array.from({ length: 1000 }, () => raw(where, 'GET /'));
    await Promise.all(idle.slice(0, 1000 - MOST_UNPROVEN - 20).map(({ closed }) => closed));
    await isWell();
    for (const { socket } of idle) socket.destroy();
  });

  it('lives with a thousand clients of the stream that read nothing, and tells those who read all of it', async () => {
    let text = '';
    const reader = await stream();
    reader.setEncoding('utf8').on('data', (piece: string) => (text += piece));
    const slow = await Promise.allSettled(
      Array.from({ length: 1000 }, async () => {
        const response = await stream();
        response.pause();
        return response;
      }),
    );
    const admitted = slow.flatMap((each) =>
      each.status === 'fulfilled' && each.value.statusCode === 200 ? [each.value] : [],
    );
    assert.ok(admitted.length < MOST_STREAMS.all, String(admitted.length));
    assert.ok(admitted.length > MOST_STREAMS.all / 2, String(admitted.length));

    const big = {
      kind: 'slices',
      untilNs: 0,
      slices: Array(200).fill(SLICES.kind === 'slices' && SLICES.slices[0]),
    };
    globalThis.gc?.();
    const before = process.memoryUsage().rss;
    // As in ten minutes: 10 a second.
    for (let i = 0; i < 6000; i++) {
      host.tell(big as typeof SLICES);
      if (i % 100 === 0) await pause(0);
    }
    await command('{"command":"set","vm":"A","weight":7}');
    host.tell(SHARES);
    const grownBytes = process.memoryUsage().rss - before;
    assert.ok(grownBytes < 300e6, `${String(Math.round(grownBytes / 1e6))} MB`);
    for (let i = 0; i < 100 && !text.includes('"weight":7'); i++) await pause(20);
    assert.match(text, /"kind":"change".*"weight":7/);
    for (const response of admitted) response.destroy();
    reader.destroy();
    await isWell();
  });

  it('has a stream for whoever turns the knobs when the audience has all of its own', async () => {
    const audience = await Promise.all(Array.from({ length: MOST_STREAMS.read }, () => stream(tokens.read)));
    assert.ok(audience.every(({ statusCode }) => statusCode === 200));
    const [late, lecturer] = [await stream(tokens.read), await stream()];
    assert.deepEqual([late.statusCode, lecturer.statusCode], [429, 200]);
    for (const each of [...audience, late, lecturer]) each.destroy();
    await isWell();
  });

  it('has a connection for whoever turns the knobs when the audience has all of its own', async () => {
    const one = (token: string): string =>
      `GET /api/commands HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${token}\r\n\r\n`;
    const status = (socket: Socket): Promise<string> =>
      new Promise((resolve) => {
        socket.once('data', (text: string) => {
          resolve(text.slice(9, 12));
        });
      });
    const audience = Array.from({ length: MOST_PROVEN.read }, () => raw(where, one(tokens.read)).socket);
    assert.deepEqual(new Set(await Promise.all(audience.map(status))), new Set(['200']));
    const [late, lecturer] = [tokens.read, tokens.all].map((token) => raw(where, one(token)).socket);
    assert.deepEqual(await Promise.all([late, lecturer].map(status)), ['429', '200']);
    await isWell();
    for (const socket of [...audience, late, lecturer]) socket.destroy();
  });

  it('carries out what the lecturer wants while the audience asks as fast as it can', async () => {
    let isOver = false;
    const statuses = new Set<number>();
    const paths = ['/api/state', '/api/scenario', '/api/schema', '/api/commands'];
    const flood = Array.from({ length: 40 }, async (_, i) => {
      while (!isOver) statuses.add((await ask(where, paths[i % 4], { headers: bearer(tokens.read) })).status);
    });
    for (let i = 0; i < 15; i++) {
      await isWell();
      await pause(100);
    }
    isOver = true;
    await Promise.all(flood);
    assert.deepEqual([...statuses].sort(), [200, 429]);
    // Some 10 a second for the audience.
    assert.ok(host.stateCalls < 100, String(host.stateCalls));
  });

  it('lives with a flood of commands, refuses most of them, and takes those that follow', async () => {
    const answers: Answer[] = [];
    await Promise.all(
      Array.from({ length: 20 }, async () => {
        for (let i = 0; i < 30; i++) answers.push(await command('{"command":"set","vm":"A","weight":1}'));
      }),
    );
    const statuses = new Set(answers.map(({ status }) => status));
    assert.deepEqual([...statuses].sort(), [200, 429]);
    assert.equal(host.taken.length, answers.filter(({ status }) => status === 200).length);
    await pause(100);
    await isWell();
  });

  it('lets those wait who ask too often, so that a flood costs it little', async () => {
    let isOver = false;
    let refused = 0;
    const flood = Array.from({ length: 50 }, async () => {
      while (!isOver) if ((await command('{"command":"set","vm":"A","weight":1}')).status === 429) refused++;
    });
    await pause(1500);
    isOver = true;
    await Promise.all(flood);
    // 50 connections, each refused four times a second at most.
    assert.ok(refused > 0 && refused <= 50 * 8, String(refused));
  });

  it('cuts a client that sends requests without waiting for the answers', async () => {
    const one = `GET /api/state HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${tokens.all}\r\n\r\n`;
    const { closed } = raw(where, one.repeat(1000));
    const answers = (await closed).match(/^HTTP/gm)?.length ?? 0;
    assert.ok(answers <= MOST_UNANSWERED, String(answers));
    await isWell();
  });
});
