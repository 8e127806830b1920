import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import type { RunProgress } from '../../../src/testbed/testbed.ts';
import { createProgress } from '../../../src/report/terminal/progress.ts';
import { plainStyle, styleFor } from '../../../src/report/terminal/style.ts';
import { fromYaml } from '../../scenario/attempt.ts';
import { takeText } from '../../cli/take-text.ts';

const scenario = fromYaml('{ pcpus: 1, duration: 8s, vms: [{ name: A, work: 1s }, { name: B }] }');

function running(elapsedNs: number, fraction: number): RunProgress {
  const vm = { cpuNs: elapsedNs / 2, elapsedNs };
  return {
    phase: 'running',
    text: 'running',
    elapsedNs,
    vms: [
      { name: 'A', fraction, ...vm },
      { name: 'B', fraction: null, ...vm },
    ],
  };
}

function verifying(fraction: number, leftNs: number): RunProgress {
  const phase = 'verifying';
  return { phase, text: 'verifying checksums', elapsedNs: 0, vms: [], verifying: { fraction, leftNs } };
}

/** A view, all that it has written, and a clock to turn. */
function view(options: { tty?: boolean; quiet?: boolean } = {}) {
  const stream = Object.assign(new PassThrough(), { isTTY: options.tty === true, columns: 120 });
  const clock = { ms: 0 };
  const progress = createProgress({
    stream,
    style: plainStyle,
    quiet: options.quiet === true,
    nowMs: () => clock.ms,
  });
  const written = () => takeText(stream);
  return { progress, clock, written };
}

describe('progress on a pipe', () => {
  it('is a line for each phase before the run', () => {
    const { progress, written } = view();
    progress.begin('1/2 x', scenario);
    for (let i = 0; i < 3; i++) {
      progress.update({ phase: 'calibrating', text: 'calibrating primes', elapsedNs: 0, vms: [] });
    }
    assert.equal(written(), '1/2 x: calibrating primes\n');
  });

  it('is a line for each quarter of a VM: of its work, or of the duration if it has none', () => {
    const { progress, clock, written } = view();
    progress.begin('x', scenario);
    for (let step = 0; step <= 100; step++) {
      clock.ms = step * 80;
      progress.update(running(step * 80e6, step / 100));
    }
    const lines = written().trimEnd().split('\n');
    for (const name of ['A', 'B']) {
      const percents = lines
        .filter((line) => line.startsWith(`x: ${name} `))
        .map((line) => line.split(' ')[2]);
      assert.deepEqual(percents, ['25', '50', '75', '100']);
    }
    assert.equal(lines.at(-2), 'x: A 100 % after 8.000 s, 4.000 s of CPU time');
  });

  it('is at most a line per second for each VM, but always says when it is done', () => {
    const { progress, clock, written } = view();
    progress.begin('x', scenario);
    for (let step = 0; step <= 100; step++) {
      clock.ms = step;
      progress.update(running(step * 1e6, step / 100));
    }
    assert.deepEqual(
      written()
        .trimEnd()
        .split('\n')
        .map((line) => line.split(' after')[0]),
      ['x: A 25 %', 'x: A 100 %'],
    );
  });

  it('is a line every few seconds for a VM of which nobody knows how far it is', () => {
    const { progress, clock, written } = view();
    progress.begin('x', fromYaml('{ pcpus: 1, vms: [{ name: A, work: 1s }, { name: B }] }'));
    for (let second = 0; second <= 12; second++) {
      clock.ms = second * 1000;
      progress.update(running(second * 1e9, 0));
    }
    assert.deepEqual(written().trimEnd().split('\n'), [
      'x: B after 5.000 s, 2.500 s of CPU time',
      'x: B after 10.000 s, 5.000 s of CPU time',
    ]);
  });

  it('is a line every few seconds while results are verified, with the time left', () => {
    const { progress, clock, written } = view();
    progress.begin('x', scenario);
    for (let second = 0; second <= 11; second++) {
      clock.ms = second * 1000;
      progress.update(verifying(second / 20, (200 - 10 * second) * 1e9));
    }
    assert.deepEqual(written().trimEnd().split('\n'), [
      'x: verifying checksums',
      'x: verifying checksums: 25 %, about 3 min left',
      'x: verifying checksums: 50 %, about 2 min left',
    ]);
  });

  it('has no escape sequences', () => {
    const { progress, written } = view();
    progress.begin('x', scenario);
    progress.update(running(8e9, 1));
    progress.end();
    assert.doesNotMatch(written(), /[^\n -~]/);
  });
});

describe('progress on a terminal', () => {
  it('is a bar for each VM', async () => {
    const { progress, written } = view({ tty: true });
    progress.begin('x', scenario);
    let text = '';
    while (!/A .*25%.*B .*50%/s.test(text)) {
      progress.update(running(4e9, 0.25));
      await setImmediate();
      text += written();
    }
    progress.end();
  });

  it('is one more bar while results are verified', async () => {
    const { progress, written } = view({ tty: true });
    progress.begin('x', scenario);
    progress.update(running(8e9, 1));
    let text = '';
    while (!/x: verifying checksums .*25 %, about 12 s left/.test(text)) {
      progress.update(verifying(0.25, 11.5e9));
      await setImmediate();
      text += written();
    }
    progress.end();
  });

  it('ends more than once, and before anything began, without harm', () => {
    const { progress, written } = view({ tty: true });
    progress.end();
    progress.begin('x', scenario);
    progress.update({ phase: 'calibrating', text: 'calibrating primes', elapsedNs: 0, vms: [] });
    progress.end();
    progress.end();
    const text = written();
    assert.ok(text.includes('calibrating primes') && text.endsWith('\r\u001b[K'), text);
  });
});

describe('progress when quiet', () => {
  it('is nothing', () => {
    const { progress, written } = view({ tty: true, quiet: true });
    progress.begin('x', scenario);
    progress.update(running(4e9, 0.25));
    progress.end();
    assert.equal(written(), '');
  });
});

describe('the style of a stream', () => {
  const coloured = (isTTY: boolean, env: NodeJS.ProcessEnv) => styleFor({ isTTY }, env).bold('x') !== 'x';

  it('has colours on a terminal only, and not with NO_COLOR', () => {
    assert.equal(coloured(true, {}), true);
    assert.equal(coloured(false, {}), false);
    assert.equal(coloured(true, { NO_COLOR: '1' }), false);
    assert.equal(coloured(true, { NO_COLOR: '' }), true);
    assert.equal(coloured(true, { TERM: 'dumb' }), false);
  });

  it('is ASCII in the C locale', () => {
    assert.equal(styleFor({ isTTY: true }, { LANG: 'C' }).text('4 µs ✓'), '4 us ok');
    assert.equal(styleFor({ isTTY: true }, { LANG: 'en_US.UTF-8' }).text('4 µs ✓'), '4 µs ✓');
    assert.equal(styleFor({ isTTY: true }, { LANG: 'en_US.UTF-8', LC_ALL: 'C' }).text('×'), 'x');
  });
});
