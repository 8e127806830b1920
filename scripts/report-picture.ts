/**
 * Draws docs/report.png anew from a run on two real cores: `npx tsx scripts/report-picture.ts`, after a build. It needs
 * a Chromium, as the tests of the page do.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Chromium, findChromium } from '../test/browser/chromium.ts';

/** C is parked often enough for a picture. */
const RUN = 'run --pcpus 0-1 --vm A --vm B:vcpus=2 --vm C:cap=30 --duration 3s --quiet --html';
const [WIDTH, HEIGHT] = [1100, 760];
/** So that some quanta fit in. */
const SHOWN_NS = 150e6;
/** The words about a slice stand right of the pointer: enough of the timeline is left of it. */
const POINTER_X = 640;
/** Where the first pCPU's upper lane is below the top of the timeline, in CSS pixels. */
const LANE_Y = 39;

const command = findChromium();
if (command === null) throw new Error('no Chromium is installed; CREDITLAB_CHROMIUM names one');
const dir = mkdtempSync(join(tmpdir(), 'creditlab-picture-'));
const report = join(dir, 'report.html');
const { status } = spawnSync(process.execPath, ['dist/src/cli/main.js', ...RUN.split(' '), report], {
  stdio: 'inherit',
});
if (status !== 0) throw new Error('the run failed');
const chromium = await Chromium.start(command);
try {
  await chromium.resize(WIDTH, HEIGHT);
  await chromium.colorScheme('light');
  await chromium.open(pathToFileURL(report).href);
  await chromium.evaluate("document.querySelector('#timeline-title').parentElement.scrollIntoView()");
  const box = await chromium.boxOf('#timeline-canvas');
  const [x, y] = [POINTER_X, box.y + LANE_Y];
  const shownNs = (): Promise<number> =>
    chromium.evaluate(
      "(({ fromNs, toNs }) => toNs - fromNs)(document.querySelector('#timeline-canvas').dataset)",
    );
  while ((await shownNs()) > SHOWN_NS) await chromium.mouse('mouseWheel', x, y, -50);
  await chromium.mouse('mouseMoved', x, y);
  writeFileSync('docs/report.png', await chromium.screenshot());
} finally {
  await chromium.close();
  rmSync(dir, { recursive: true, force: true });
}
