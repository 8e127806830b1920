/**
 * A real Chromium without a window, driven over the DevTools protocol. It talks through a pair of pipes (file
 * descriptors 3 and 4 of the browser, messages as JSON that end with a zero byte), so no port is opened and no library
 * is needed.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

const NAMES = [
  'chromium-headless-shell',
  'chrome-headless-shell',
  'chromium',
  'chromium-browser',
  'google-chrome',
];

/** The browser to test with: CREDITLAB_CHROMIUM, or the first that is installed; null: none is. */
export function findChromium(): string | null {
  const { CREDITLAB_CHROMIUM: wanted } = process.env;
  return (wanted === undefined || wanted === '' ? NAMES : [wanted]).find(answers) ?? null;
}

function answers(command: string): boolean {
  return spawnSync(command, ['--version'], { stdio: 'ignore', timeout: 20_000 }).status === 0;
}

interface Answer {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly message: string };
  readonly sessionId?: string;
}

interface Waiting {
  readonly resolve: (result: Readonly<Record<string, unknown>>) => void;
  readonly reject: (error: Error) => void;
}

/** One browser with one page. */
export class Chromium {
  /** What the page wrote to its console, errors that nobody caught, and what its policy forbade. */
  readonly complaints: string[] = [];
  /** Addresses that the page asked for. */
  readonly requests: string[] = [];
  private readonly browser: ChildProcess;
  private readonly profile: string;
  private readonly out: Writable;
  private readonly waiting = new Map<number, Waiting>();
  private readonly listeners: ((answer: Answer) => void)[] = [];
  private lastId = 0;
  private session: string | null = null;
  private received = '';

  private constructor(command: string) {
    this.profile = mkdtempSync(join(tmpdir(), 'creditlab-chromium-'));
    const args = [
      '--headless',
      '--remote-debugging-pipe',
      `--user-data-dir=${this.profile}`,
      '--no-first-run',
      '--hide-scrollbars',
      '--disable-gpu',
      // Chromium refuses to run as root inside its sandbox; it opens nothing but our own file.
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      'about:blank',
    ];
    this.browser = spawn(command, args, { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
    this.out = this.browser.stdio[3] as Writable;
    const input = this.browser.stdio[4] as Readable;
    input.setEncoding('utf8').on('data', (text: string) => this.take(text));
    this.browser.on('exit', () => {
      for (const { reject } of this.waiting.values()) reject(new Error('the browser is gone'));
    });
    this.out.on('error', () => undefined);
  }

  static async start(command: string): Promise<Chromium> {
    const chromium = new Chromium(command);
    const { targetInfos } = await chromium.send('Target.getTargets');
    const page = (targetInfos as { type: string; targetId: string }[]).find(({ type }) => type === 'page');
    const { sessionId } = await chromium.send('Target.attachToTarget', {
      targetId: page?.targetId,
      flatten: true,
    });
    chromium.session = String(sessionId);
    for (const domain of ['Page', 'Runtime', 'Network', 'Log']) await chromium.send(`${domain}.enable`);
    chromium.listeners.push((answer) => chromium.note(answer));
    return chromium;
  }

  async close(): Promise<void> {
    const isGone = new Promise((resolve) => this.browser.once('exit', resolve));
    this.session = null;
    await this.send('Browser.close').catch(() => this.browser.kill('SIGKILL'));
    await isGone;
    rmSync(this.profile, { recursive: true, force: true });
  }

  /** Opens an address and waits until it has been loaded. */
  async open(url: string): Promise<void> {
    const isLoaded = this.next('Page.loadEventFired');
    await this.send('Page.navigate', { url });
    await isLoaded;
    await this.frames(2);
  }

  async resize(width: number, height: number, scale = 1): Promise<void> {
    await this.send('Emulation.setDeviceMetricsOverride', {
      width,
      height,
      deviceScaleFactor: scale,
      mobile: false,
    });
    await this.frames(3);
  }

  async colorScheme(value: 'light' | 'dark'): Promise<void> {
    await this.send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value }] });
    await this.frames(3);
  }

  /** The value of an expression in the page; a promise is awaited. */
  async evaluate<T>(expression: string): Promise<T> {
    const { result, exceptionDetails } = await this.send('Runtime.evaluate', {
      expression,
      awaitPromise: true,
      returnByValue: true,
    });
    if (exceptionDetails !== undefined) throw new Error(JSON.stringify(exceptionDetails));
    return (result as { value: T }).value;
  }

  /** Waits until the page has drawn so many frames. */
  async frames(count: number): Promise<void> {
    await this.evaluate(
      `new Promise((done) => { let n = ${count}; const f = () => n-- > 0 ? requestAnimationFrame(f) : done(); f(); })`,
    );
  }

  /** Where an element is in the window, in CSS pixels. */
  async boxOf(selector: string): Promise<{ x: number; y: number; width: number; height: number }> {
    return this.evaluate(
      '(({ x, y, width, height }) => ({ x, y, width, height ' +
        `}))(document.querySelector(${JSON.stringify(selector)}).getBoundingClientRect())`,
    );
  }

  async mouse(
    type: 'mouseMoved' | 'mousePressed' | 'mouseReleased' | 'mouseWheel',
    x: number,
    y: number,
    deltaY = 0,
  ): Promise<void> {
    const isButton = type === 'mousePressed' || type === 'mouseReleased';
    await this.send('Input.dispatchMouseEvent', {
      type,
      x,
      y,
      ...(type === 'mouseWheel' ? { deltaX: 0, deltaY } : {}),
      ...(isButton ? { button: 'left', clickCount: 1 } : {}),
    });
    await this.frames(2);
  }

  async drag(fromX: number, toX: number, y: number): Promise<void> {
    await this.mouse('mousePressed', fromX, y);
    await this.send('Input.dispatchMouseEvent', {
      type: 'mouseMoved',
      x: toX,
      y,
      button: 'left',
      buttons: 1,
    });
    await this.mouse('mouseReleased', toX, y);
  }

  /** @param points fingers on the screen, in CSS pixels */
  async touch(
    type: 'touchStart' | 'touchMove' | 'touchEnd',
    points: readonly (readonly [number, number])[],
  ): Promise<void> {
    const touchPoints = points.map(([x, y], id) => ({ x, y, id }));
    await this.send('Input.dispatchTouchEvent', { type, touchPoints });
    await this.frames(2);
  }

  async key(key: string, options: { readonly shift?: boolean } = {}): Promise<void> {
    const modifiers = options.shift === true ? 8 : 0;
    const text = key === 'Enter' ? { text: '\r' } : {};
    const code = KEY_CODES[key] ?? key.charCodeAt(0);
    const event = { key, modifiers, windowsVirtualKeyCode: code };
    await this.send('Input.dispatchKeyEvent', { type: 'keyDown', ...event, ...text });
    await this.send('Input.dispatchKeyEvent', { type: 'keyUp', ...event });
    await this.frames(2);
  }

  /** PNG of the window, or of the whole page. */
  async screenshot(wholePage = false): Promise<Buffer> {
    const { data } = await this.send('Page.captureScreenshot', {
      format: 'png',
      captureBeyondViewport: wholePage,
    });
    return Buffer.from(String(data), 'base64');
  }

  async pdf(): Promise<Buffer> {
    const { data } = await this.send('Page.printToPDF', { printBackground: true, preferCSSPageSize: true });
    return Buffer.from(String(data), 'base64');
  }

  async send(method: string, params: object = {}): Promise<Readonly<Record<string, unknown>>> {
    const id = ++this.lastId;
    const session = this.session === null ? {} : { sessionId: this.session };
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.out.write(`${JSON.stringify({ id, method, params, ...session })}\0`);
    });
  }

  private next(method: string): Promise<void> {
    return new Promise((resolve) => {
      const listener = (answer: Answer): void => {
        if (answer.method !== method) return;
        this.listeners.splice(this.listeners.indexOf(listener), 1);
        resolve();
      };
      this.listeners.push(listener);
    });
  }

  private take(text: string): void {
    const messages = (this.received + text).split('\0');
    this.received = messages.pop() ?? '';
    for (const message of messages) {
      const answer = JSON.parse(message) as Answer;
      const waiting = answer.id === undefined ? undefined : this.waiting.get(answer.id);
      if (answer.id !== undefined) this.waiting.delete(answer.id);
      if (answer.error !== undefined) waiting?.reject(new Error(answer.error.message));
      else waiting?.resolve(answer.result ?? {});
      for (const listener of [...this.listeners]) listener(answer);
    }
  }

  private note({ method = '', params = {} }: Answer): void {
    const isWarning = (params.entry as { level?: string } | undefined)?.level === 'warning';
    if (COMPLAINTS.includes(method) && !isWarning) this.complaints.push(JSON.stringify(params));
    if (method === 'Network.requestWillBeSent') this.requests.push((params.request as { url: string }).url);
  }
}

const COMPLAINTS = ['Runtime.exceptionThrown', 'Runtime.consoleAPICalled', 'Log.entryAdded'];

const KEY_CODES: Readonly<Record<string, number>> = {
  Tab: 9,
  Enter: 13,
  Escape: 27,
  End: 35,
  Home: 36,
  ArrowLeft: 37,
  ArrowUp: 38,
  ArrowRight: 39,
  ArrowDown: 40,
  '+': 187,
  '-': 189,
};
