import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HostServer } from '../../src/serve/host-server.ts';
import { hasPage, pageDirectory, readPage } from '../../src/serve/page-files.ts';
import { LabError } from '../../src/base/errors.ts';
import { tell } from '../hardware/support.ts';
import { InventedHost } from '../page/invented-host.ts';
import { Tunnel } from '../page/tunnel.ts';
import { servedOf } from '../serve/invented-host.ts';
import { Chromium, findChromium } from './chromium.ts';

describe('the doors of a host and a real browser', function () {
  this.timeout(60_000);
  let chromium: Chromium;
  let host: InventedHost;
  let server: HostServer;
  let links: Readonly<Record<'all' | 'read', string>>;
  let scenario: () => string;

  before(async function () {
    const found = findChromium();
    if (found === null || !hasPage()) {
      tell('skipped: no Chromium is installed, or the page is not built');
      this.skip();
    }
    chromium = await Chromium.start(found);
  });

  beforeEach(async () => {
    scenario = () => 'name: played\n';
    await start(new InventedHost({ pcpus: [1], vms: [{ name: 'A' }, { name: 'B' }] }));
  });

  async function start(it: InventedHost, place = { port: 0, token: null as string | null }): Promise<void> {
    host = it;
    const port = { ...place, address: '127.0.0.1', page: readPage(pageDirectory()) };
    server = await HostServer.open({ note: null, port, say: assert.fail });
    server.attach(servedOf(host, () => scenario()));
    links = server.links ?? assert.fail('no links');
    host.advance(3e9);
    host.start();
  }

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

  it('give the page what it missed while its connection was broken', async () => {
    const tunnel = await Tunnel.to(links.all);
    try {
      await chromium.open(tunnel.link);
      await until(IS_LIVE);
      host.stop();
      tunnel.cut();
      host.tell({ kind: 'words', atNs: host.nowNs, text: 'this was missed' });
      await until("document.querySelector('.link-lost')");
      await until(`${IS_LIVE} && /this was missed/.test(document.querySelector('.latest-line').innerText)`);
      assert.equal(await chromium.evaluate("document.querySelector('#vm1-weight').disabled"), false);
      // What the browser says by itself of a connection that was cut.
      chromium.complaints.splice(0);
      await chromium.open('about:blank');
    } finally {
      await tunnel.close();
    }
  });

  it('let the page forget a host whose place another one has taken', async () => {
    await chromium.open(links.all);
    await until(IS_LIVE);
    await host.command({ command: 'mark', text: 'of the first one' }, 'http');
    await until("document.querySelectorAll('.changes li').length === 1");
    const { port, hash } = new URL(links.all);
    host.stop();
    await server.close();
    const other = new InventedHost({ pcpus: [1], vms: [{ name: 'A' }, { name: 'C' }] });
    // Its clock is ahead of the first one's.
    other.advance(60e9);
    await start(other, { port: Number(port), token: hash.replace('#token=', '') });
    await until(`${IS_LIVE} && document.querySelector('[data-vm="C"]')`);
    assert.equal(await chromium.evaluate("document.querySelectorAll('.changes li').length"), 0);
    // What is read out follows a frame later.
    await until("!document.querySelector('.latest').innerText.includes('first one')");
    chromium.complaints.splice(0);
  });

  /** What the page saves isn't written to a file, but kept in the page. */
  const KEEP_SAVED =
    'window.saved = []; URL.createObjectURL = (blob) => { window.saved.push(blob.text()); return "blob:x"; };' +
    'HTMLAnchorElement.prototype.click = () => undefined;';
  const saved = (): Promise<readonly string[]> => chromium.evaluate('Promise.all(window.saved)');

  it('give what was played, and the page has it when the host is gone', async () => {
    const tunnel = await Tunnel.to(links.all);
    await chromium.open(tunnel.link);
    await until(IS_LIVE);
    await chromium.evaluate(KEEP_SAVED);
    await chromium.key('s');
    await until('window.saved.length === 1');
    scenario = () => 'name: played to its end\n';
    await host.command({ command: 'stop' }, 'http');
    await until("document.querySelector('.link-ended') && !document.querySelector('#save').disabled");
    await tunnel.close();
    await chromium.key('s');
    await until('window.saved.length === 2');
    assert.deepEqual(await saved(), ['name: played\n', 'name: played to its end\n']);
    chromium.complaints.splice(0);
  });

  it('say why there is nothing to save', async () => {
    const refuse = (): never => {
      throw new LabError('BAD_SCENARIO', 'nothing was played: there is no VM');
    };
    scenario = refuse;
    await chromium.open(links.all);
    await until(IS_LIVE);
    await chromium.key('s');
    await until("/there is no VM/.test(document.querySelector('.actions .problem')?.innerText)");
    await host.command({ command: 'stop' }, 'http');
    await until("document.querySelector('.link-ended') && document.querySelector('#save').disabled");
    chromium.complaints.splice(0);
  });

  it('show an audience everything, and take no command of it', async () => {
    await chromium.open(links.read);
    await until(IS_LIVE);
    assert.equal(await chromium.evaluate("document.querySelectorAll('main input, .stop, #save').length"), 0);
    const status = await chromium.evaluate<number>(
      "fetch('/api/commands', { method: 'POST', body: JSON.stringify({ command: 'stop' }), headers: {" +
        "'content-type': 'application/json', authorization: `Bearer ${sessionStorage['creditlab-token']}` } })" +
        '.then(({ status }) => status)',
    );
    assert.equal(status, 403);
    assert.deepEqual(host.commands, []);
    chromium.complaints.splice(0);
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
