import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { creditType } from '../../src/core/credit1/type.ts';
import type { LiveSlice } from '../../src/control/state.ts';
import { termsOf } from '../../src/policies.ts';
import { tell, whenQuiet } from '../hardware/support.ts';
import { InventedHost, type InventedHostOptions } from '../page/invented-host.ts';
import { simulatedHost } from '../page/simulated-host.ts';
import { SCENARIO, TestServer } from '../page/test-server.ts';
import { Chromium, findChromium } from './chromium.ts';

const TWO_VMS: InventedHostOptions = { pcpus: [1], vms: [{ name: 'A' }, { name: 'B', weight: 256 }] };

describe('the live page in a real browser', function () {
  this.timeout(120_000);
  let command: string;
  let chromium: Chromium;
  let host: InventedHost;
  let server: TestServer;

  before(async function () {
    const found = findChromium();
    if (found === null) {
      tell('skipped: no Chromium is installed; CREDITLAB_CHROMIUM names one');
      this.skip();
    }
    command = found;
    chromium = await Chromium.start(command);
  });

  beforeEach(async () => {
    await chromium.resize(1280, 1000);
    await chromium.colorScheme('light');
  });

  afterEach(async () => {
    // The page must not go on asking a host that is gone.
    await chromium.open('about:blank');
    host?.stop();
    await server?.close();
    assert.deepEqual(chromium.complaints.splice(0), []);
  });

  after(async () => {
    await chromium?.close();
  });

  async function start(options: InventedHostOptions = TWO_VMS): Promise<void> {
    host = new InventedHost(options);
    server = new TestServer(host);
    await server.open();
    host.advance(3e9);
    host.start();
  }

  async function open(browser = chromium, rights: 'all' | 'read' = 'all'): Promise<void> {
    await browser.open(server.link(rights));
    await until(
      browser,
      "document.querySelector('.link-live') !== null && document.querySelector('.vm .measured')",
    );
    // Only the first frame gives the timeline its height; before, everything below stands elsewhere.
    await browser.frames(2);
  }

  async function until(browser: Chromium, condition: string, ms = 10_000): Promise<void> {
    const end = performance.now() + ms;
    while (!(await browser.evaluate<boolean>(`Boolean(${condition})`))) {
      if (performance.now() > end) assert.fail(`never: ${condition}\n${await text(browser, 'body')}`);
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
  }

  /** The page shows what was asked for before the host has it: the host is given the time. */
  async function eventually(check: () => void, ms = 10_000): Promise<void> {
    for (const end = performance.now() + ms; ; await new Promise((resolve) => setTimeout(resolve, 20)))
      try {
        check();
        return;
      } catch (error) {
        if (performance.now() > end) throw error;
      }
  }

  const text = (browser: Chromium, selector: string): Promise<string> =>
    browser.evaluate(`document.querySelector(${JSON.stringify(selector)})?.innerText ?? '(nothing)'`);
  const valueOf = (selector: string, browser = chromium): Promise<string> =>
    browser.evaluate(`document.querySelector(${JSON.stringify(selector)}).value`);
  const focus = (selector: string): Promise<void> =>
    chromium.evaluate(`document.querySelector(${JSON.stringify(selector)}).focus()`);
  const vm = (name: string, rest = ''): string => `[data-vm="${name}"] ${rest}`;
  const share = async (name: string): Promise<number> => Number(await text(chromium, vm(name, '.measured')));
  const slider = (name: string, key = 'weight'): string => `#vm${String(host.vm(name).id)}-${key}`;
  const sent = (): unknown[] => host.commands.map(({ command: each }) => each);

  /** Moves a slider with the mouse, in steps as a hand does. */
  async function drag(selector: string, from: number, to: number, steps = 20): Promise<void> {
    const box = await chromium.boxOf(selector);
    // The thumb's middle goes from half of its width to half of it before the end.
    const half = 8.6;
    const x = (part: number): number => box.x + half + part * (box.width - 2 * half);
    const y = box.y + box.height / 2;
    await chromium.mouse('mousePressed', x(from), y);
    for (let i = 1; i <= steps; i++)
      await chromium.send('Input.dispatchMouseEvent', {
        type: 'mouseMoved',
        x: x(from + ((to - from) * i) / steps),
        y,
        button: 'left',
        buttons: 1,
      });
    await chromium.mouse('mouseReleased', x(to), y);
  }

  /** Colours of a lane of the timeline, at 60 places. */
  async function laneColors(lane: number): Promise<readonly string[]> {
    return chromium.evaluate(`(() => {
      const canvas = document.querySelector('.timeline canvas');
      const pen = canvas.getContext('2d');
      const gutter = Number(canvas.dataset.gutter) * devicePixelRatio;
      const rem = parseFloat(getComputedStyle(document.documentElement).fontSize) * devicePixelRatio;
      const y = 1.5 * rem + ${String(lane)} * 2.8 * rem + 0.3 * rem;
      return Array.from({ length: 60 }, (_, i) => {
        const x = gutter + 3 + (i / 60) * (canvas.width - gutter - 6);
        return [...pen.getImageData(x, y, 1, 1).data].slice(0, 3).join();
      });
    })()`);
  }
  const BLUE = '0,114,178';

  it('opens without a complaint, asks only its own host, and keeps the token out of all addresses', async () => {
    await start();
    const before = chromium.requests.length;
    await open();
    const asked = chromium.requests.slice(before).filter((url) => !url.startsWith('data:'));
    const origin = new URL(server.link()).origin;
    assert.deepEqual(
      asked.filter((url) => !url.startsWith(origin)),
      [],
    );
    assert.deepEqual(
      asked.slice(1).filter((url) => url.includes(server.token())),
      [],
    );
    assert.ok(asked.some((url) => url.endsWith('/api/stream')));
  });

  it('sends what a slider is moved to, and the share follows to what the VM is entitled to', async () => {
    await start();
    await open();
    await until(
      chromium,
      `Math.abs(Number(document.querySelector('${vm('A', '.measured')}').innerText) - 50) < 2`,
    );
    await drag(slider('A'), 0.5, 0.625, 12);
    await until(chromium, `Number(document.querySelector('${slider('A')}-field').value) > 900`);
    const weight = Number(await valueOf(`${slider('A')}-field`));
    await eventually(() => {
      const last = host.commands.at(-1);
      assert.deepEqual(last, { command: { command: 'set', vm: 'A', weight }, door: 'page' });
    });
    assert.ok(weight > 900 && weight < 1150, String(weight));
    const predicted = (100 * weight) / (weight + 256);
    await until(
      chromium,
      `Math.abs(Number(document.querySelector('${vm('A', '.measured')}').innerText) - ${String(predicted)}) < 1`,
    );
    assert.match(await text(chromium, vm('A', '.of')), new RegExp(`of ${predicted.toFixed(1)} %`));
  });

  it('sends about ten commands a second while a slider is dragged, and the last value', async () => {
    await start();
    await open();
    const startMs = performance.now();
    await drag(slider('B', 'cap'), 0, 0.5, 300);
    const seconds = (performance.now() - startMs) / 1000;
    const cap = Number(await valueOf(`${slider('B', 'cap')}-field`));
    assert.ok(Math.abs(cap - 50) <= 1, String(cap));
    await eventually(() => assert.equal(host.vm('B').parameters.cap, cap));
    const count = host.commands.length;
    assert.ok(count >= 2 && count <= seconds * 10 + 3, `${String(count)} in ${seconds.toFixed(1)} s`);
  });

  it('tells what a change did: in words, in the list of changes, and its step response', async () => {
    await start();
    await open();
    await chromium.evaluate(`document.querySelector('${vm('A', '.steps button:last-child')}').click()`);
    await until(chromium, "document.querySelector('.changes li')");
    assert.deepEqual(sent(), [{ command: 'set', vm: 'A', weight: 1024 }]);
    assert.match(await text(chromium, '.latest-line'), /A has weight 1024, from the next accounting on/);
    // It is read out once the line has been painted.
    const spoken = 'A has weight 1024, from the next accounting on';
    await until(
      chromium,
      `document.querySelector('[aria-live="polite"].hidden').textContent === '${spoken}'`,
    );
    await until(chromium, "document.querySelector('.response')");
    assert.match(
      await text(chromium, '.response'),
      /^A: \d+\.\d → \d+\.\d %; moved after 0\.11 s, settled after 1\.02 s, overshoot 0\.6 points$/,
    );
  });

  it('empties the lane of a VM that is paused, and fills it again', async () => {
    await start({ pcpus: [1], vms: [{ name: 'A' }] });
    await open();
    await until(chromium, 'true');
    await new Promise((resolve) => setTimeout(resolve, 2500));
    assert.ok((await laneColors(0)).filter((color) => color === BLUE).length > 45);
    await chromium.evaluate(`document.querySelector('${vm('A', '.pause')}').click()`);
    await until(chromium, `document.querySelector('${vm('A', '.phase')}').innerText === 'paused'`);
    assert.equal(await text(chromium, vm('A', '.pause')), 'Unpause');
    await new Promise((resolve) => setTimeout(resolve, 2800));
    assert.equal((await laneColors(0)).filter((color) => color === BLUE).length, 0);
    assert.ok((await share('A')) < 0.1);
    await chromium.evaluate(`document.querySelector('${vm('A', '.pause')}').click()`);
    await until(chromium, `Number(document.querySelector('${vm('A', '.measured')}').innerText) > 90`);
    assert.deepEqual(sent(), [
      { command: 'pause', vm: 'A' },
      { command: 'unpause', vm: 'A' },
    ]);
  });

  it('is as it was after it is loaded again', async () => {
    await start();
    await host.command({ command: 'set', vm: 'A', weight: 777 }, 'http');
    await open();
    await chromium.key('d');
    assert.equal(await chromium.evaluate('document.documentElement.dataset.theme'), 'dark');
    await chromium.send('Page.reload');
    await until(chromium, `document.querySelector('${slider('A')}-field')?.value === '777'`);
    assert.equal(await chromium.evaluate('document.documentElement.dataset.theme'), 'dark');
    assert.match(await text(chromium, '.changes'), /A has weight 777[^]*by a program, over HTTP/);
    await chromium.key('d');
  });

  it('stays in step with another page', async () => {
    await start();
    const other = await Chromium.start(command);
    try {
      await open();
      await open(other);
      await chromium.evaluate(`document.querySelector('${vm('B', '.steps button:last-child')}').click()`);
      await until(other, `document.querySelector('${slider('B')}-field').value === '1024'`);
      await other.evaluate(`document.querySelector('${vm('B', '.steps button:first-child')}').click()`);
      await until(chromium, `document.querySelector('${slider('B')}-field').value === '128'`);
      await until(chromium, `document.querySelectorAll('.changes li').length === 2`);
      assert.equal(host.vm('B').parameters.weight, 128, 'both show what the host has');
      assert.deepEqual(other.complaints, []);
    } finally {
      await other.close();
    }
  });

  it('comes back by itself when the host is away for a while', async () => {
    await start();
    await open();
    await server.close();
    await until(chromium, "document.querySelector('.link-lost')");
    assert.equal(await chromium.evaluate(`document.querySelector('${slider('A')}').disabled`), true);
    await server.open();
    await until(chromium, "document.querySelector('.link-live')");
    assert.equal(await chromium.evaluate(`document.querySelector('${slider('A')}').disabled`), false);
    // What a browser says by itself of a connection that was cut.
    chromium.complaints.splice(0);
  });

  it('says beside the control why the host refuses a value, and shows what the host has', async () => {
    await start();
    await open();
    const field = `${slider('A')}-field`;
    await focus(field);
    await chromium.send('Input.insertText', { text: '99999' });
    await chromium.key('Enter');
    await until(chromium, `document.querySelector('${vm('A', '.problem')}')`);
    const problem = await text(chromium, vm('A', '.problem'));
    assert.match(problem, /weight is out of range: got '99999'\s+expected 1 to 65535/);
    assert.equal(await valueOf(field), '256');
    assert.equal(
      await chromium.evaluate(`document.querySelector('${field}').getAttribute('aria-invalid')`),
      'true',
    );
    assert.equal(
      await chromium.evaluate(
        `document.getElementById(document.querySelector('${field}').getAttribute('aria-describedby')).role`,
      ),
      'alert',
    );
    await focus(field);
    await chromium.send('Input.insertText', { text: '300' });
    await chromium.key('Enter');
    await until(chromium, `document.querySelector('${vm('A', '.problem')}') === null`);
    await eventually(() => assert.equal(host.vm('A').parameters.weight, 300));
    // The refusals are answers that the browser's console mentions, too.
    chromium.complaints.splice(0);
  });

  it('adds a VM, changes its workload and pins, and destroys it after a second click', async () => {
    await start({ pcpus: [1, 2], vms: [{ name: 'A' }] });
    await open();
    const fill = (name: string, value: string): Promise<void> =>
      chromium.evaluate(
        `(() => { const e = document.querySelector('.add [name=${name}]'); e.value = ${JSON.stringify(value)};` +
          "e.dispatchEvent(new Event('input', { bubbles: true })); })()",
      );
    await fill('weight', '512');
    await fill('vcpus', '2');
    await fill('workload', 'matmul');
    await chromium.evaluate("document.querySelector('.add button').click()");
    await until(chromium, `document.querySelector('${vm('B', '.measured')}')`);
    assert.deepEqual(sent(), [
      { command: 'create', vm: { name: 'B', vcpus: 2, weight: 512, workload: 'matmul' } },
    ]);
    await chromium.evaluate(`document.querySelector('${vm('B', '.handles .plain')}').click()`);
    await until(chromium, `document.querySelector('${vm('B', '.more')}')`);
    const id = String(host.vm('B').id);
    await chromium.evaluate(
      `(() => { const e = document.querySelector('#vm${id}-workload'); e.value = 'sort';` +
        "e.dispatchEvent(new Event('change', { bubbles: true })); })()",
    );
    await chromium.evaluate(`document.querySelector('${vm('B', '.pins input')}').click()`);
    await until(chromium, `document.querySelectorAll('${vm('B', '.pins input:disabled')}').length === 1`);
    await eventually(() => assert.deepEqual(host.vm('B').vcpus[0].pin, [2]));
    await eventually(() => assert.equal(host.vm('B').workload.spec, 'sort'));
    const destroy = `document.querySelector('${vm('B', '.more > :last-child button')}')`;
    await chromium.evaluate(`${destroy}.click()`);
    await until(chromium, `${destroy}.innerText === 'Really destroy B?'`);
    assert.equal(host.vm('B').phase, 'running');
    await chromium.evaluate(`${destroy}.click()`);
    await until(chromium, `document.querySelector('${vm('B')}') === null`);
    assert.equal(host.vm('B').phase, 'destroyed');
  });

  it('has the knobs of another policy, from what that declares', async () => {
    const level = { kind: 'level', idle: 0, initial: 0 } as const;
    await start({
      pcpus: [1],
      vms: [{ name: 'A' }],
      terms: {
        ...termsOf('round-robin'),
        type: 'deadlines',
        vcpuReadings: [{ key: 'budget', unit: 'ms', description: 'what is left of it', ...level }],
      },
      parameters: {
        scheduler: [{ ...creditType.parameters[0], key: 'grain', field: 'grainNs', description: 'Grain' }],
        vm: [
          {
            key: 'urgency',
            field: 'urgency',
            unit: 'number',
            min: 0,
            max: 10,
            zero: 'idle',
            default: 3,
            description: 'Urgency',
            isTunable: true,
          },
        ],
      },
    });
    await open();
    assert.match(await text(chromium, '.scheduler'), /Scheduler: deadlines\s+grain/);
    assert.equal(await valueOf('#scheduler-grain-field'), '30 ms');
    assert.equal(await valueOf('#vm1-urgency-field'), '3');
    assert.match(await text(chromium, vm('A', '.vcpus')), /0\.0 ms/);
    assert.equal(await chromium.evaluate("document.querySelector('.steps')"), null);
    await focus('#vm1-urgency');
    await chromium.key('ArrowRight');
    await focus('#scheduler-grain-field');
    await chromium.send('Input.insertText', { text: '5ms' });
    await chromium.key('Enter');
    await until(chromium, "document.querySelectorAll('.changes li').length === 2");
    assert.deepEqual(sent(), [
      { command: 'set', vm: 'A', urgency: 4 },
      { command: 'tune', scheduler: { grain: '5ms' } },
    ]);
  });

  it('does everything with the keyboard alone', async () => {
    await start();
    await open();
    await chromium.key('1');
    assert.equal(await chromium.evaluate('document.activeElement.id'), slider('A').slice(1));
    await chromium.key('PageUp');
    await eventually(() => assert.equal(host.vm('A').parameters.weight, 512));
    await chromium.key('m');
    await until(chromium, "document.activeElement.id === 'mark-text'");
    await chromium.send('Input.insertText', { text: 'here' });
    await chromium.key('Enter');
    await until(chromium, "document.querySelector('dialog') === null");
    await chromium.key('?');
    await until(chromium, "document.querySelector('dialog .shortcuts')");
    await chromium.key('Escape');
    await until(chromium, "document.querySelector('dialog') === null");
    assert.deepEqual(sent(), [
      { command: 'set', vm: 'A', weight: 512 },
      { command: 'mark', text: 'here' },
    ]);
    // With Tab alone, all controls that can be seen.
    const controls = 'button, input, select, canvas[tabindex]';
    await chromium.evaluate(
      "document.activeElement.blur(); document.querySelector('.handles .plain').click()",
    );
    await until(chromium, "document.querySelector('.more')");
    const all = await chromium.evaluate<number>(
      `[...document.querySelectorAll('${controls}')].filter((e) => !e.disabled).length`,
    );
    await chromium.evaluate('window.reached = new Set()');
    for (let i = 0; i < all + 5; i++) {
      await chromium.key('Tab');
      await chromium.evaluate('window.reached.add(document.activeElement)');
    }
    const missed = await chromium.evaluate<string[]>(
      `[...document.querySelectorAll('${controls}')].filter((e) => !e.disabled && !window.reached.has(e))` +
        '.map((e) => e.outerHTML.slice(0, 120))',
    );
    assert.deepEqual(missed, []);
  });

  it('holds the timeline with Space, goes from slice to slice, and tells of each', async () => {
    await start();
    await open();
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await chromium.key(' ');
    await until(chromium, "document.querySelector('#hold').getAttribute('aria-pressed') === 'true'");
    const at = (): Promise<number> =>
      chromium.evaluate("Number(document.querySelector('.timeline canvas').dataset.toNs)");
    const heldNs = await at();
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert.equal(await at(), heldNs);
    await focus('.timeline canvas');
    await chromium.key('ArrowLeft');
    await chromium.key('ArrowLeft');
    const told = await text(chromium, '#looked');
    assert.match(
      told,
      /^[AB]\/v0 on CPU 1: 30\.00 ms · from \d+\.\d{4} s · came because .+ · left because its slice was over$/,
    );
    await chromium.key('ArrowRight');
    assert.notEqual(await text(chromium, '#looked'), told);
    for (let i = 0; i < 2; i++) await chromium.key('PageUp');
    await chromium.frames(2);
    assert.ok((await at()) < heldNs, 'it is scrolled back');
    await chromium.key('End');
    await until(
      chromium,
      `Number(document.querySelector('.timeline canvas').dataset.toNs) > ${String(heldNs)}`,
    );
  });

  it('tells of the slice under the pointer', async () => {
    await start({ pcpus: [7], vms: [{ name: 'A' }] });
    await open();
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const box = await chromium.boxOf('.timeline canvas');
    await chromium.mouse('mouseMoved', box.x + box.width * 0.6, box.y + 40);
    assert.match(await text(chromium, '#looked'), /^A\/v0 on CPU 7: 30\.00 ms/);
  });

  for (const [mode, width] of [
    ['narrow', 360],
    ['of a small notebook', 1024],
  ] as const)
    it(`doesn't scroll sideways in a window that is ${mode}, whatever is shown`, async () => {
      await start({
        pcpus: [1, 2, 3, 4],
        vms: [{ name: 'a-long-name' }, { name: 'B', vcpus: 4 }, { name: 'C' }],
      });
      host.othersPercent = 12.3;
      await chromium.resize(width, 800);
      await open();
      const wide = `[...document.querySelectorAll('body *')].filter((e) => e.getBoundingClientRect().right >
        ${String(width)} + 0.5 && getComputedStyle(e).clipPath === 'none').map((e) => e.outerHTML.slice(0, 99))`;
      await chromium.evaluate("for (const e of document.querySelectorAll('.handles .plain')) e.click()");
      await until(chromium, "document.querySelector('.notice')");
      const check = async (): Promise<void> => {
        assert.deepEqual(await chromium.evaluate(wide), []);
        assert.equal(await chromium.evaluate('document.documentElement.scrollWidth'), width);
      };
      await check();
      await chromium.key('p');
      await chromium.frames(3);
      await check();
      await chromium.key('p');
      await chromium.key('?');
      await until(chromium, "document.querySelector('dialog')");
      await check();
    });

  it('tells that other programs disturb, of which this browser may be one', async () => {
    await start();
    await open();
    assert.equal(await chromium.evaluate("document.querySelector('.notice')"), null);
    host.othersPercent = 3.4;
    await until(chromium, "document.querySelector('.notice')");
    assert.match(await text(chromium, '.notice'), /Other programs take 3\.4 % of CPU 1.*this browser/);
    host.othersPercent = 0.9;
    await until(chromium, "document.querySelector('.notice') === null");
  });

  it('shows the audience everything and no controls', async () => {
    await start();
    await open(chromium, 'read');
    assert.ok((await share('A')) > 1);
    assert.equal(
      await chromium.evaluate(
        "document.querySelectorAll('main input, main select, .vm button, .add, .stop').length",
      ),
      0,
    );
    assert.match(await text(chromium, '.link'), /for reading/);
    assert.match(await text(chromium, vm('A', '.knobs')), /weight\s+256\s+cap\s+no cap/);
  });

  it('says so when the link has not the right token', async () => {
    await start();
    await chromium.open(server.link().replace(/=.*/, '=guess'));
    await until(chromium, "document.querySelector('.notice')");
    assert.match(await text(chromium, '.notice'), /This link doesn’t open the host: this is not the token/);
    chromium.complaints.splice(0);
  });

  it('saves what was played', async () => {
    await start();
    await open();
    await chromium.evaluate(
      'window.saved = null; URL.createObjectURL = (blob) => { window.saved = blob.text(); return "blob:x"; };' +
        'HTMLAnchorElement.prototype.click = function () { window.savedAs = this.download; };',
    );
    await chromium.key('s');
    await until(chromium, 'window.saved !== null');
    assert.equal(await chromium.evaluate('window.saved'), SCENARIO);
    assert.equal(await chromium.evaluate('window.savedAs'), 'class.yaml');
  });

  it('stops the run when that is confirmed, and stands still then', async () => {
    await start();
    await open();
    await chromium.evaluate("document.querySelector('.stop').click()");
    await until(chromium, "document.querySelector('dialog')");
    assert.deepEqual(sent(), []);
    await chromium.evaluate("document.querySelector('dialog .danger').click()");
    await until(chromium, "document.querySelector('.link-ended')");
    assert.deepEqual(sent(), [{ command: 'stop' }]);
    assert.equal(await chromium.evaluate(`document.querySelector('${slider('A')}').disabled`), true);
  });

  it('follows the real scheduler in virtual time: a share comes to what is predicted', async () => {
    const { host: real, end } = simulatedHost(
      'pcpus: [0]\nduration: 5m\nvms: [{ name: A }, { name: B }, { name: C, cap: 20 }]\n',
    );
    server = new TestServer(real);
    await server.open();
    try {
      await open();
      const isNear = (name: string, percent: number): string =>
        `Math.abs(Number(document.querySelector('${vm(name, '.measured')}').innerText) - ${String(percent)}) < 1`;
      await until(chromium, `${isNear('A', 40)} && ${isNear('C', 20)}`, 20_000);
      await focus('#vm1-weight');
      await chromium.key('PageUp');
      await until(chromium, `${isNear('A', 80 * (2 / 3))} && ${isNear('B', 80 / 3)}`, 20_000);
      assert.match(await text(chromium, vm('A', '.of')), /of 53\.3 %/);
      assert.match(await text(chromium, '.changes'), /A has weight 512 in place of 256/);
      const colors = new Set(await laneColors(0));
      for (const color of [BLUE, '230,159,0', '0,158,115'])
        assert.ok(colors.has(color), [...colors].join(' '));
      await chromium.evaluate(`document.querySelector('${vm('B', '.handles .plain')}').click()`);
      await until(chromium, "document.querySelector('#vm2-workload')");
      await chromium.evaluate(
        "(() => { const e = document.querySelector('#vm2-workload'); e.value = 'matmul';" +
          "e.dispatchEvent(new Event('change', { bubbles: true })); })()",
      );
      await until(chromium, `document.querySelector('${vm('B.2', '.measured')}')`);
      assert.match(
        await chromium.evaluate(`document.querySelector('${vm('B.2')}').className`),
        /vm-1\b/,
        'it has the colour that it had',
      );
    } finally {
      await end();
    }
  });

  it('draws thirty frames a second of eight vCPUs on four pCPUs', async function () {
    const names = ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H'];
    await start({ pcpus: [0, 1, 2, 3], vms: names.map((name) => ({ name })) });
    await open();
    await host.command({ command: 'tune', scheduler: { tslice: '1ms' } }, 'http');
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const framesPerSecond = (): Promise<number> =>
      chromium.evaluate(
        `new Promise((done) => {
          const start = performance.now();
          const seen = new Set();
          const canvas = document.querySelector('.timeline canvas');
          const look = (now) => {
            seen.add(canvas.dataset.toNs);
            const seconds = (now - start) / 1000;
            if (seconds < 4) requestAnimationFrame(look);
            else done(seen.size / seconds);
          };
          requestAnimationFrame(look);
        })`,
      );
    const check = (rate: number, othersPercent: number): void => {
      const others = `others took up to ${othersPercent.toFixed(1)} % of the CPUs`;
      tell(`the page drew ${rate.toFixed(0)} frames/s; ${others}`);
      assert.ok(rate >= 30, `${rate.toFixed(1)} frames/s`);
    };
    await whenQuiet(this, framesPerSecond, check, availableParallelism);
  });

  it('takes no more memory after 100 000 slices than after the first ones', async () => {
    await start({ pcpus: [0, 1, 2, 3], vms: [{ name: 'A' }, { name: 'B' }] });
    host.stop();
    await open();
    let atNs = host.nowNs;
    /** An hour with 28 decisions a second, in messages of 100 slices. */
    const play = async (count: number): Promise<void> => {
      for (let i = 0; i < count / 100; i++) {
        const slices: LiveSlice[] = [];
        for (let k = 0; k < 25; k++, atNs += 36e6 * 4)
          for (let pcpu = 0; pcpu < 4; pcpu++)
            slices.push({
              pcpu,
              vcpu: (k + pcpu) % 2,
              fromNs: atNs,
              toNs: atNs + 36e6 * 4,
              reason: 'sliceOver',
            });
        host.tell({ kind: 'slices', untilNs: atNs, slices });
        host.tell({ kind: 'shares', atNs, percent: [50, 50] });
        host.tell({ kind: 'words', atNs, text: `message ${String(i)}` });
        if (i % 20 === 0) await host.command({ command: 'set', vm: 'A', weight: 256 + i }, 'http');
        // What comes faster than the page takes it is left out.
        if (i % 5 === 4) await chromium.frames(1);
      }
      await until(
        chromium,
        `Number(document.querySelector('.timeline canvas').dataset.toNs) >= ${String(atNs)}`,
      );
    };
    const heap = async (): Promise<number> => {
      await chromium.send('HeapProfiler.collectGarbage');
      const { usedSize } = await chromium.send('Runtime.getHeapUsage');
      return Number(usedSize);
    };
    // The lists of words and changes are filled by then.
    await play(20_000);
    const before = await heap();
    await play(100_000);
    const grown = (await heap()) - before;
    tell(`the page's memory grew by ${(grown / 1024).toFixed(0)} KiB from ${(before / 1024).toFixed(0)} KiB`);
    assert.ok(grown < 512 * 1024, `${String(grown)} bytes`);
    const nodes = await chromium.evaluate<number>("document.querySelectorAll('*').length");
    assert.ok(nodes < 1500, `${String(nodes)} elements`);
  });
});
