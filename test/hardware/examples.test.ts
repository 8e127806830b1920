import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../../src/base/package-root.ts';
import { watchNoise } from '../../src/doctor/noise.ts';
import { needHardware, tell } from './support.ts';

/** Beyond that, others used the machine: what was measured says nothing, but that it was printed. */
const NOISY_CPUS = 0.05;

describe('the examples', function () {
  this.timeout(60_000);

  before(function () {
    needHardware(this);
  });

  it('sweep: more weight is a larger share, as in the simulation', () => {
    const { lines, isQuiet } = run('sweep');
    const [header, ...rows] = lines.map((line) => line.split(','));
    assert.deepEqual(header, ['weight', 'measuredPercent', 'simulatedPercent', 'verdict']);
    assert.deepEqual(
      rows.map(([weight]) => weight),
      ['64', '128', '256', '512', '1024'],
    );
    for (const [weight, measured, simulated] of rows) {
      const ideal = (100 * Number(weight)) / (Number(weight) + 256);
      assert.ok(Math.abs(Number(simulated) - ideal) < 3, `${weight}: simulated ${simulated} %`);
      if (isQuiet) assert.ok(Math.abs(Number(measured) - Number(simulated)) < 3, `${weight}: ${measured} %`);
    }
  });

  it('live-change: the share follows the weight, and was predicted', () => {
    const { text, isQuiet } = run('live-change');
    assert.match(text, /^ +2\.\d{3} s {2}A has weight 768 in place of 256/m);
    assert.match(text, /it acts \d+\.\d ms after it was asked for$/m);
    const [measured, low, high] = figures(text, /^A had ([\d.]+) %; predicted: ([\d.]+) to ([\d.]+) %$/m);
    assert.ok(low <= high);
    if (isQuiet) assert.ok(measured > low - 1 && measured < high + 1, text);
    assert.match(text, /^verdict: (?:good|usable|do not trust)$/m);
  });

  it('own-workload: it is calibrated, run and verified', () => {
    const { text, isQuiet } = run('own-workload');
    assert.ok(figures(text, /^a step takes ([\d.]+) µs/m)[0] > 1);
    const [mine, steps] = figures(text, /^MINE +([\d.]+) s for (\d+) steps; its checksum is right$/m);
    const [primes] = figures(text, /^PRIMES +([\d.]+) s for \d+ steps; its checksum is right$/m);
    assert.ok(steps > 100);
    if (isQuiet) assert.ok(mine < primes && Math.abs(primes - 1) < 0.1, text);
  });

  it('controller: A comes to 30 %, and stays there when B comes and goes', () => {
    const { text, isQuiet } = run('controller');
    const shares = [...text.matchAll(/^ *([\d.]+) s +([\d.]+) %/gm)].map(([, s, percent]) => ({
      s: Number(s),
      percent: Number(percent),
    }));
    assert.ok(shares.length > 20);
    assert.match(text, /^\d\d caps set; \d+ records$/m);
    if (!isQuiet) return;
    const settled = shares.filter(({ s }) => (s > 2.5 && s < 3) || (s > 5.2 && s < 6) || s > 8.2);
    assert.ok(settled.length > 3);
    for (const { s, percent } of settled) assert.ok(Math.abs(percent - 30) < 4, `${percent} % at ${s} s`);
  });

  it('draw-trace: a lane for each vCPU, of what was meant and what was done', () => {
    const { text } = run('draw-trace');
    for (const title of ['meant', 'done']) {
      const [, lanes] =
        new RegExp(`^${title}, the first 200 ms\n((?:\\w.*\n){3})`, 'm').exec(`${text}\n`) ?? [];
      assert.ok(lanes !== undefined, text);
      const drawn = lanes.replace(/\n$/, '').split('\n');
      assert.deepEqual(
        drawn.map((lane) => lane.slice(0, 6).trim()),
        ['A/v0', 'B/v0', 'C/v0'],
      );
      for (const lane of drawn) assert.match(lane.slice(6), /^[ ░▒▓█]{100}$/);
      assert.ok(drawn[0].includes('█'));
    }
  });

  /** From elsewhere, as `node --single-threaded …/examples/NAME.mjs`. */
  function run(name: string): { text: string; lines: string[]; isQuiet: boolean } {
    const noiseSince = watchNoise();
    const file = join(packageRoot(), 'examples', `${name}.mjs`);
    const { stdout, stderr, status } = spawnSync(process.execPath, ['--single-threaded', file], {
      cwd: tmpdir(),
      encoding: 'utf8',
      timeout: 50_000,
    });
    assert.equal(status, 0, `${stdout}\n${stderr}`);
    assert.equal(stderr, '');
    const noise = noiseSince();
    const others = noise === null ? 0 : noise.othersCpus + noise.stealCpus;
    if (others > NOISY_CPUS) tell(`others used ${others.toFixed(2)} CPUs: the figures are not looked at`);
    const text = stdout.replace(/\n$/, '');
    return { text, lines: text.split('\n'), isQuiet: others <= NOISY_CPUS };
  }
});

function figures(text: string, pattern: RegExp): number[] {
  const [, ...found] = pattern.exec(text) ?? assert.fail(`${String(pattern)} is not in\n${text}`);
  return found.map(Number);
}
