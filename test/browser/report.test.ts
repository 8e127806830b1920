import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { VcpuReading } from '../../src/core/credit1/terms.ts';
import { certify } from '../../src/result/certificate.ts';
import { htmlReport } from '../../src/report/html/report.ts';
import type { HtmlInput } from '../../src/report/html/input.ts';
import { slicesOf, staysOf, type Slice, type Stay } from '../../src/trace/timeline.ts';
import type { Trace } from '../../src/trace/trace.ts';
import { tell } from '../hardware/support.ts';
import { sampleHost, sampleRun } from '../report/sample.ts';
import { measuredRow, sampleInput } from '../report/html/sample-input.ts';
import { vm } from '../host/invented-scenario.ts';
import { Chromium, findChromium } from './chromium.ts';
import { largeScenario, largeTrace } from './large-trace.ts';

/** As src/report/html/viewer/layout.js has them. */
const GUTTER = 124;
const INTENT_Y = 26 + 13;
const FACT_Y = 26 + 27 + 10;
const CREDIT_Y = 26 + 27 + 20 + 14 + 20;

describe('an HTML report in a real browser', function () {
  this.timeout(120_000);
  const dir = mkdtempSync(join(tmpdir(), 'creditlab-report-'));
  const input = sampleInput();
  const trace = input.rows[0].traces[0] as Trace;
  const [slices] = slicesOf(trace);
  const [stays] = staysOf(trace);
  let chromium: Chromium;

  before(async function () {
    const command = findChromium();
    if (command === null) {
      tell('skipped: no Chromium is installed; CREDITLAB_CHROMIUM names one');
      this.skip();
    }
    chromium = await Chromium.start(command);
  });

  beforeEach(async () => {
    await chromium.resize(1280, 900);
    await chromium.colorScheme('light');
    await open(input);
  });

  after(async () => {
    await chromium?.close();
    rmSync(dir, { recursive: true, force: true });
  });

  async function open(report: HtmlInput): Promise<void> {
    const file = join(dir, 'report.html');
    writeFileSync(file, htmlReport(report));
    await chromium.open(pathToFileURL(file).href);
    await chromium.evaluate("document.querySelector('#timeline').scrollIntoView()");
  }

  /** What the timeline shows, and where an instant is in it. */
  async function view(): Promise<{ fromNs: number; toNs: number; x: (ns: number) => number; top: number }> {
    const box = await chromium.boxOf('#timeline-canvas');
    const range = await chromium.evaluate<{ fromNs: string; toNs: string }>(
      "({ ...document.querySelector('#timeline-canvas').dataset })",
    );
    const [fromNs, toNs] = [Number(range.fromNs), Number(range.toNs)];
    const x = (ns: number): number =>
      box.x + GUTTER + ((ns - fromNs) * (box.width - GUTTER)) / (toNs - fromNs);
    return { fromNs, toNs, x, top: box.y };
  }

  const tip = (): Promise<string> =>
    chromium.evaluate(
      "(({ hidden, innerText }) => (hidden ? '' : innerText.replace(/\\s+/g, ' " +
        "')))(document.querySelector('#timeline-tip'))",
    );
  const told = (): Promise<string> =>
    chromium.evaluate("document.querySelector('#timeline-live').textContent");
  const middleOf = ({ fromNs, toNs }: Slice | Stay): number => (fromNs + toNs) / 2;
  const seconds = (ns: number): string => (ns / 1e9).toFixed(6);
  /** Colour of a point of the canvas, in CSS pixels. */
  const pixel = (x: number, y: number): Promise<number[]> =>
    chromium.evaluate(
      `[...document.querySelector('#timeline-canvas').getContext('2d').getImageData(${x} * devicePixelRatio, ` +
        `${y} * devicePixelRatio, 1, 1).data]`,
    );

  it('opens from disk without a complaint, and asks for nothing else', async () => {
    const before = chromium.requests.length;
    await open(input);
    assert.deepEqual(chromium.complaints, []);
    assert.equal(chromium.requests.length, before + 1);
    assert.match(chromium.requests[before], /^file:.*report\.html$/);
  });

  it('tells of the slice under the pointer when, why, with what credit, and what became of it', async () => {
    const { x, top } = await view();
    const slice = slices[5];
    await chromium.mouse('mouseMoved', x(middleOf(slice)), top + INTENT_Y);
    const text = await tip();
    const name = ['A', 'B'][slice.vcpu];
    assert.ok(text.startsWith(`${name} on CPU 0, meant`), text);
    assert.ok(text.includes(`${seconds(slice.fromNs)} – ${seconds(slice.toNs)} s`), text);
    assert.ok(text.includes(`${String(slice.readings[VcpuReading.credit]).replace('-', '−')} credits`), text);
    assert.match(
      text,
      /came on because the slice of the one before was over; it was the head of the pCPU's own queue/,
    );
    assert.match(text, /left because its slice was over/);
    assert.match(
      text,
      /in fact came [\d.]+ µs after the decision, stopped [\d.]+ µs after the decision; stolen/,
    );
  });

  it('tells of the stay below it what the core did', async () => {
    const { x, top } = await view();
    const stay = stays.find(({ lateNs }) => lateNs > 0) ?? assert.fail('none was deferred');
    await chromium.mouse('mouseMoved', x(middleOf(stay)), top + FACT_Y);
    const text = await tip();
    assert.ok(text.includes(`${seconds(stay.fromNs)} – ${seconds(stay.toNs)} s`), text);
    assert.match(
      text,
      /as it was.*stolen.*stopped paused by the scheduler deferred its pause waited 3\.0 µs/,
    );
  });

  it('tells of credits and priority at an instant, and nothing beside the lanes', async () => {
    const { x, top } = await view();
    await chromium.mouse('mouseMoved', x(middleOf(slices[5])), top + CREDIT_Y);
    assert.match(
      await tip(),
      /^A at 0\.\d+ s priority (UNDER|OVER) since 0\.\d+ s credit −?\d+ credits since 0\.\d+ s/,
    );
    await chromium.mouse('mouseMoved', x(middleOf(slices[5])), top + 4);
    assert.equal(await tip(), '');
  });

  it('zooms with the wheel around the pointer, and drags', async () => {
    const whole = await view();
    // Browsers tell of whole pixels.
    const place = Math.round(whole.x(middleOf(slices[9])));
    const perPixel = (whole.toNs - whole.fromNs) / (whole.x(whole.toNs) - whole.x(whole.fromNs));
    const atNs = whole.fromNs + (place - whole.x(whole.fromNs)) * perPixel;
    for (let i = 0; i < 5; i++) await chromium.mouse('mouseWheel', place, whole.top + INTENT_Y, -120);
    const near = await view();
    assert.ok(near.toNs - near.fromNs < (whole.toNs - whole.fromNs) / 4);
    assert.ok(Math.abs(near.x(atNs) - place) < 2, 'the instant stays under the pointer');
    await chromium.drag(place, place - 200, near.top + INTENT_Y);
    const dragged = await view();
    assert.ok(Math.abs(dragged.x(atNs) - (place - 200)) < 2, 'the instant goes with the hand');
  });

  it('leaves the wheel to the page where there is nothing to zoom out of', async () => {
    await chromium.evaluate('scrollTo(0, 300)');
    await chromium.evaluate("document.querySelector('#timeline').scrollIntoView({ block: 'center' })");
    const before = await chromium.evaluate<number>('scrollY');
    const { x, top, fromNs } = await view();
    await chromium.mouse('mouseWheel', x(fromNs) + 300, top + INTENT_Y, 120);
    await chromium.frames(20);
    assert.ok((await chromium.evaluate<number>('scrollY')) > before);
  });

  it('zooms with two fingers', async () => {
    const whole = await view();
    const y = whole.top + INTENT_Y;
    const atNs = middleOf(slices[9]);
    const place = whole.x(atNs);
    await chromium.touch('touchStart', [
      [place - 40, y],
      [place + 40, y],
    ]);
    for (const reach of [60, 90, 120, 160]) {
      await chromium.touch('touchMove', [
        [place - reach, y],
        [place + reach, y],
      ]);
    }
    await chromium.touch('touchEnd', []);
    const near = await view();
    const factor = (whole.toNs - whole.fromNs) / (near.toNs - near.fromNs);
    assert.ok(Math.abs(factor - 4) < 0.2, `factor ${String(factor)}`);
    assert.ok(Math.abs(near.x(atNs) - place) < 3, 'what is between the fingers stays there');
  });

  it('is used by keys alone', async () => {
    const whole = await view();
    for (let i = 0; i < 40; i++) {
      if (await chromium.evaluate("document.activeElement.id === 'timeline-canvas'")) break;
      await chromium.key('Tab');
    }
    assert.equal(await chromium.evaluate('document.activeElement.id'), 'timeline-canvas');
    assert.notEqual(await chromium.evaluate('getComputedStyle(document.activeElement).outlineStyle'), 'none');
    const span = async (): Promise<number> => view().then(({ fromNs, toNs }) => toNs - fromNs);
    for (let i = 0; i < 6; i++) await chromium.key('+');
    const near = await span();
    assert.ok(near < (whole.toNs - whole.fromNs) / 10);
    await chromium.key('-');
    assert.ok((await span()) > 1.4 * near);
    await chromium.key('Home');
    assert.equal((await view()).fromNs, whole.fromNs);
    await chromium.key('ArrowRight');
    assert.ok((await view()).fromNs > whole.fromNs);
    await chromium.key('ArrowLeft');
    assert.equal((await view()).fromNs, whole.fromNs);
    await chromium.key('End');
    assert.equal((await view()).toNs, whole.toNs);
    await chromium.key('0');
    assert.deepEqual(await span(), whole.toNs - whole.fromNs);
  });

  it('steps from slice to slice by keys, and tells each', async () => {
    await chromium.evaluate("document.querySelector('#timeline-canvas').focus()");
    await chromium.key('ArrowRight', { shift: true });
    await chromium.key('ArrowRight', { shift: true });
    assert.ok(
      (await told()).includes(`time ${seconds(slices[1].fromNs)} – ${seconds(slices[1].toNs)} s; length`),
    );
    await chromium.key('ArrowDown');
    const stay = stays.find(({ fromNs, toNs }) => fromNs < middleOf(slices[1]) && toNs > middleOf(slices[1]));
    assert.ok(stay !== undefined);
    assert.ok((await told()).includes(`time ${seconds(stay.fromNs)} – ${seconds(stay.toNs)} s; length`));
    await chromium.key('Enter');
    const { fromNs, toNs } = await view();
    assert.ok(fromNs < stay.fromNs && toNs > stay.toNs && toNs - fromNs < 4 * (stay.toNs - stay.fromNs));
    for (let i = 0; i < 3; i++) await chromium.key('ArrowRight', { shift: true });
    const later = await view();
    assert.ok(later.fromNs > fromNs, 'the view follows');
    await chromium.key('Escape');
    assert.equal(await told(), '');
  });

  it('has buttons for the same', async () => {
    const whole = await view();
    const press = (action: string): Promise<void> =>
      chromium.evaluate(`document.querySelector('[data-action=${action}]').click()`);
    await press('zoom-in');
    await press('zoom-in');
    await press('start');
    await press('right');
    await chromium.frames(2);
    const near = await view();
    assert.ok(near.fromNs > whole.fromNs && near.toNs < whole.toNs);
    await press('all');
    await chromium.frames(2);
    assert.equal((await view()).toNs, whole.toNs);
  });

  it('shows another run on request', async () => {
    await chromium.evaluate(
      "(() => { const s = document.querySelector('#timeline-select'); s.value = '4'; s.dispatchEvent(new " +
        "Event('change')); })()",
    );
    await chromium.frames(2);
    const other = input.rows[1].traces[0] as Trace;
    assert.equal((await view()).toNs, other.endNs);
  });

  it('lists the slices in view', async () => {
    await chromium.evaluate("document.querySelector('#timeline-list').open = true");
    await chromium.evaluate(
      "new Promise((done) => { const look = () => document.querySelector('#timeline-list table') ? done() : " +
        'setTimeout(look, 20); look(); })',
    );
    const rows = await chromium.evaluate<number>(
      "document.querySelectorAll('#timeline-list tbody tr').length",
    );
    assert.equal(rows, slices.length);
  });

  it('is dark where that is wanted, and black on white on paper all the same', async () => {
    assert.deepEqual(await pixel(5, 2), [255, 255, 255, 255]);
    await chromium.colorScheme('dark');
    assert.ok((await pixel(5, 2))[0] < 64);
    await chromium.send('Emulation.setEmulatedMedia', {
      media: 'print',
      features: [{ name: 'prefers-color-scheme', value: 'dark' }],
    });
    await chromium.frames(2);
    assert.deepEqual(await pixel(5, 2), [255, 255, 255, 255]);
    assert.equal(
      await chromium.evaluate('getComputedStyle(document.body).backgroundColor'),
      'rgb(255, 255, 255)',
    );
    assert.equal(
      await chromium.evaluate(
        "document.querySelector('#details + details').checkVisibility({ contentVisibilityAuto: true })",
      ),
      true,
    );
    await chromium.send('Emulation.setEmulatedMedia', { media: '', features: [] });
    const pdf = await chromium.pdf();
    assert.equal(pdf.subarray(0, 5).toString('latin1'), '%PDF-');
  });

  it('has no table that must be scrolled in a window of usual width', async () => {
    const weights = [256, 512, 1024].flatMap((weight) =>
      [25, 75].map((cap) =>
        measuredRow(`256:${weight}, cap ${cap}`, [vm('A', { cap }), vm('B', { weight, cap })], {}, 3),
      ),
    );
    const rows = [measuredRow('alone', [vm('A')], {}, 3), ...weights].map((row) => ({
      ...row,
      runs: row.runs.map((run) => ({ ...run, certificate: certify(run) ?? assert.fail() })),
    }));
    await open({ ...input, rows });
    await chromium.evaluate("document.querySelectorAll('details').forEach((each) => (each.open = true))");
    const hidden = await chromium.evaluate<string[]>(
      "[...document.querySelectorAll('.scroll')].filter((each) => each.scrollWidth > " +
        "each.clientWidth).map((each) => each.closest('section').innerText)",
    );
    assert.deepEqual(hidden, []);
  });

  it('is no wider than a narrow window', async () => {
    for (const width of [700, 380]) {
      await chromium.resize(width, 900);
      assert.equal(await chromium.evaluate('document.documentElement.scrollWidth'), width);
    }
  });

  it('draws 100 000 slices with as many shapes as a few', async () => {
    const large = largeTrace();
    assert.ok(slicesOf(large).flat().length > 100_000);
    await open({
      title: 'many slices',
      host: sampleHost,
      generatedAt: '',
      rows: [{ label: 'many', scenario: largeScenario, runs: [sampleRun(largeScenario)], traces: [large] }],
    });
    const shapes = await chromium.evaluate<{ frames: number; most: number; least: number }>(`(async () => {
      const pen = CanvasRenderingContext2D.prototype;
      let count = 0;
      for (const name of ['fillRect', 'strokeRect', 'lineTo', 'fillText', 'drawImage']) {
        const old = pen[name];
        pen[name] = function (...args) { count++; return old.apply(this, args); };
      }
      const canvas = document.querySelector('#timeline-canvas');
      const { left, top } = canvas.getBoundingClientRect();
      const turn = { deltaY: -60, clientX: left + 600, clientY: top + 40, cancelable: true };
      const counts = [];
      for (let i = 0; i < 60; i++) {
        count = 0;
        canvas.dispatchEvent(new WheelEvent('wheel', turn));
        await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
        counts.push(count);
      }
      return { frames: counts.length, most: Math.max(...counts), least: Math.min(...counts) };
    })()`);
    assert.equal(shapes.frames, 60);
    assert.ok(shapes.least > 0, 'each step was drawn');
    assert.ok(shapes.most < 20_000, `${String(shapes.most)} shapes in a frame`);
    assert.deepEqual(chromium.complaints, []);
  });
});
