import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inProcess } from '../cli/in-process.ts';
import { tell } from '../hardware/support.ts';
import { Chromium, findChromium } from './chromium.ts';

const VMS = ['--vm', 'A:cap=40', '--vm', 'B:weight=512', '--vm', 'web:workload=interactive'];
const COMPARE = ['compare', '--pcpus', '0', '--duration', '3s', '--simulate', ...VMS];
const SCHEDULERS = ['credit', 'sedf', 'round-robin'];

describe('the page of a comparison in a real browser', function () {
  this.timeout(120_000);
  const dir = mkdtempSync(join(tmpdir(), 'creditlab-compare-'));
  const file = join(dir, 'compare.html');
  let chromium: Chromium;

  before(async function () {
    const command = findChromium();
    if (command === null) {
      tell('skipped: no Chromium is installed; CREDITLAB_CHROMIUM names one');
      this.skip();
    }
    const { code, stderr } = await inProcess(
      [...COMPARE, '--schedulers', SCHEDULERS.join(','), '--html', file],
      dir,
    );
    assert.equal(code, 0, stderr);
    chromium = await Chromium.start(command);
  });

  beforeEach(async () => {
    await chromium.resize(1280, 900);
    await chromium.open(pathToFileURL(file).href);
  });

  after(async () => {
    await chromium?.close();
    rmSync(dir, { recursive: true, force: true });
  });

  /** What each of the timelines shows. */
  const ranges = (): Promise<string[]> =>
    chromium.evaluate(
      "[...document.querySelectorAll('canvas')].map(({ dataset: { fromNs, toNs } }) => `${fromNs} ${toNs}`)",
    );
  const heights = (): Promise<number[]> =>
    chromium.evaluate("[...document.querySelectorAll('canvas')].map(({ clientHeight }) => clientHeight)");

  it('opens from disk without a complaint, with a timeline for each scheduler', async () => {
    assert.deepEqual(chromium.complaints, []);
    assert.equal((await ranges()).length, SCHEDULERS.length);
  });

  it('shows the same part of all runs, whichever is zoomed, and has buttons for all', async () => {
    const [whole] = await ranges();
    const { x, y, width } = await chromium.boxOf('#timeline-canvas-1');
    await chromium.evaluate(
      "document.querySelector('#timeline-canvas-1').scrollIntoView({ block: 'center' })",
    );
    const box = await chromium.boxOf('#timeline-canvas-1');
    assert.deepEqual([box.x, box.width], [x, width]);
    assert.ok(y > 0);
    await chromium.mouse('mouseWheel', box.x + 500, box.y + 35, -300);
    await chromium.frames(3);
    const near = await ranges();
    assert.notEqual(near[0], whole);
    assert.equal(new Set(near).size, 1, String(near));
    await chromium.evaluate("document.querySelector('[data-action=zoom-in]').click()");
    await chromium.frames(3);
    const nearer = await ranges();
    assert.notEqual(nearer[0], near[0]);
    assert.equal(new Set(nearer).size, 1, String(nearer));
    const [from, to] = nearer[0].split(' ').map(Number);
    const [oldFrom, oldTo] = near[0].split(' ').map(Number);
    assert.ok(Math.abs((oldTo - oldFrom) / (to - from) - 1.5) < 0.01, 'once, not once per timeline');
  });

  it('adds the readings of vCPUs on request', async () => {
    const low = await heights();
    await chromium.evaluate("document.querySelector('#timeline-readings').click()");
    await chromium.frames(3);
    const high = await heights();
    assert.ok(
      high.every((height, i) => height > low[i] + 100),
      `${String(low)} ${String(high)}`,
    );
    assert.deepEqual(chromium.complaints, []);
  });

  it('is no wider than a narrow window, dark or light', async () => {
    for (const scheme of ['light', 'dark'] as const) {
      await chromium.colorScheme(scheme);
      for (const width of [700, 380]) {
        await chromium.resize(width, 900);
        assert.equal(await chromium.evaluate('document.documentElement.scrollWidth'), width);
      }
    }
  });

  it('draws a dashed line for each scheduler, within its frame', async () => {
    const outside = await chromium.evaluate<number>(`(() => {
      const frame = document.querySelector('.errors').getBoundingClientRect();
      const middles = [...document.querySelectorAll('.errors .marker path')]
        .map((each) => each.getBoundingClientRect())
        .map(({ x, width, y, height }) => ({ x: x + width / 2, y: y + height / 2 }));
      const isOutside = ({ x, y }) =>
        x < frame.x - 1 || x > frame.right + 1 || y < frame.y - 1 || y > frame.bottom + 1;
      return middles.length < 10 ? -1 : middles.filter(isOutside).length;
    })()`);
    assert.equal(outside, 0);
    const groups = await chromium.evaluate<number>("document.querySelectorAll('.errors g').length");
    assert.equal(groups, SCHEDULERS.length);
    const dashes = await chromium.evaluate<string>(
      "getComputedStyle(document.querySelector('.errors line.virtual')).strokeDasharray",
    );
    assert.notEqual(dashes, 'none');
  });
});
