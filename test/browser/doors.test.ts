import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HostServer } from '../../src/serve/host-server.ts';
import { hasPage, pageDirectory, readPage } from '../../src/serve/page-files.ts';
import { tell } from '../hardware/support.ts';
import { InventedHost } from '../page/invented-host.ts';
import { servedOf } from '../serve/invented-host.ts';
import { Chromium, findChromium } from './chromium.ts';

describe('the doors of a host and a real browser', function () {
  this.timeout(60_000);
  let chromium: Chromium;
  let host: InventedHost;
  let server: HostServer;
  let links: Readonly<Record<'all' | 'read', string>>;

  before(async function () {
    const found = findChromium();
    if (found === null || !hasPage()) {
      tell('skipped: no Chromium is installed, or the page is not built');
      this.skip();
    }
    chromium = await Chromium.start(found);
  });

  beforeEach(async () => {
    host = new InventedHost({ pcpus: [1], vms: [{ name: 'A' }, { name: 'B' }] });
    const port = { port: 0, address: '127.0.0.1', token: null, page: readPage(pageDirectory()) };
    server = await HostServer.open({ note: null, port, say: assert.fail });
    server.attach(servedOf(host));
    links = server.links ?? assert.fail('no links');
    host.advance(3e9);
    host.start();
  });

  afterEach(async () => {
    await chromium.open('about:blank');
    host.stop();
    await server.close();
  });

  after(async () => {
    await chromium?.close();
  });

  async function until(condition: string): Promise<void> {
    const end = performance.now() + 10_000;
    while (!(await chromium.evaluate<boolean>(`Boolean(${condition})`))) {
      if (performance.now() > end) assert.fail(`never: ${condition}: ${chromium.complaints.join('\n')}`);
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
  }

  const IS_LIVE = "document.querySelector('.link-live') !== null && document.querySelector('.vm .measured')";

  it('let the page in, and forbid nothing that it needs', async () => {
    await chromium.open(links.all);
    await until(IS_LIVE);
    assert.deepEqual(chromium.complaints.splice(0), []);
    // An audience doesn't read the token off the screen.
    assert.doesNotMatch(await chromium.evaluate('location.href'), /token/);
  });

  it('let it in again after it is loaded again', async () => {
    await chromium.open(links.all);
    await until(IS_LIVE);
    await chromium.open('about:blank');
    await chromium.open(new URL(links.all).origin);
    await until(IS_LIVE);
    assert.deepEqual(chromium.complaints.splice(0), []);
  });

  it('forbid the page whatever is not its own: a script in it, and other places', async () => {
    await chromium.open(links.read);
    await until(IS_LIVE);
    await chromium.evaluate(`(() => {
      const script = document.createElement('script');
      script.textContent = 'window.injected = true';
      document.body.append(script);
    })()`);
    const elsewhere = "fetch('http://127.0.0.1:1/').then(() => 'sent', ({ message }) => message)";
    await chromium.evaluate(elsewhere);
    assert.equal(await chromium.evaluate('window.injected === undefined'), true);
    const complaints = chromium.complaints.splice(0).join('\n');
    assert.match(complaints, /script-src 'self'/);
    assert.match(complaints, /connect-src 'self'/);
  });

  it('are closed to another page, which neither reads, commands nor frames', async () => {
    const other = await otherPage();
    try {
      const target = new URL(links.all);
      const token = target.hash.replace('#token=', '');
      await chromium.open(`http://127.0.0.1:${String((other.address() as AddressInfo).port)}/`);
      // Even with the token.
      const outcome = (init: object): Promise<string> =>
        chromium.evaluate(
          `fetch('${target.origin}/api/commands', ${JSON.stringify(init)}).then(() => 'read', () => 'refused')`,
        );
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
      assert.equal(await outcome({ headers }), 'refused');
      assert.equal(await outcome({ method: 'POST', headers, body: '{"command":"stop"}' }), 'refused');
      // What a form could send goes out unasked, and finds nobody.
      const form = { method: 'POST', mode: 'no-cors', body: '{"command":"stop"}' };
      await outcome(form);
      assert.deepEqual(host.commands, []);
      await chromium.evaluate(`(() => {
        const frame = document.createElement('iframe');
        frame.src = '${target.origin}/';
        document.body.append(frame);
      })()`);
      for (let i = 0; i < 100 && !/frame/.test(chromium.complaints.join()); i++)
        await new Promise((resolve) => setTimeout(resolve, 30));
      assert.match(chromium.complaints.splice(0).join('\n'), /frame-ancestors/);
    } finally {
      await new Promise((resolve) => other.close(resolve));
    }
  });
});

function otherPage(): Promise<Server> {
  const server = createServer((_, response) => {
    response
      .writeHead(200, { 'content-type': 'text/html', connection: 'close' })
      .end('<!doctype html><p>another');
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      resolve(server);
    });
  });
}
