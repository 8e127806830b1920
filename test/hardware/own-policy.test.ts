import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { choosing, changed, folderOf, TEMPLATE } from '../policy-file/modules.ts';
import { command } from './command.ts';
import { needHardware } from './support.ts';

/** Only in the run itself: the rehearsal has more vCPUs, and the forecast is made in the main thread. */
const isolated = (text: string) =>
  text
    .replace(
      'import { definePolicy',
      "import { isMainThread } from 'node:worker_threads';\nimport { definePolicy",
    )
    .replaceAll('IN_RUN', '!isMainThread && this.vmOf.length === 2 && this.turns[0] > 20');

const BROKEN = {
  'throws.mjs': [choosing('if (IN_RUN) null.x;'), /throws\.mjs:\d+:\d+: .*schedule\(\) threw TypeError/],
  'undefined.mjs': [
    changed('return vcpu === NONE ? IDLE : vcpu;', 'return IN_RUN ? undefined : vcpu;'),
    /choose\(0\) returned undefined/,
  ],
  'not-runnable.mjs': [
    changed('return vcpu === NONE ? IDLE : vcpu;', 'return IN_RUN ? 1 : vcpu;'),
    /choose\(0\) returned 1, a vCPU that does not wait/,
  ],
  'no-time.mjs': [
    changed('return this.values.sliceNs;', 'return IN_RUN ? NaN : this.values.sliceNs;'),
    /begin\(0\) returned NaN/,
  ],
  'restless.mjs': [
    changed(
      '  begin(vcpu) {',
      '  nextResched() { return IN_RUN ? 0 : super.nextResched(); }\n  begin(vcpu) {',
    ),
    /decides again and again/,
  ],
  'endless.mjs': [choosing('if (IN_RUN) for (;;);'), /schedule\(\) does not return/],
  'endless-rehearsal.mjs': [choosing('if (!isMainThread) for (;;);'), /does not return, in the rehearsal/],
} as const satisfies Readonly<Record<string, readonly [text: string, said: RegExp]>>;

describe("a scheduler of one's own on real cores", function () {
  this.timeout(60_000);
  const folder = folderOf({
    'mine.mjs': readFileSync(TEMPLATE, 'utf8'),
    ...Object.fromEntries(Object.entries(BROKEN).map(([name, [text]]) => [name, isolated(text)])),
  });

  before(function () {
    needHardware(this);
  });
  after(folder.remove);

  const run = (name: string, duration: string) =>
    command([
      ...[
        'run',
        '--scheduler',
        `${join(folder.path, name)}:slice=5ms`,
        '--pcpus',
        '1',
        '--duration',
        duration,
      ],
      ...['--vm', 'A', '--vm', 'B:workload=interactive'],
    ]);

  it('runs as it is', async () => {
    const { code, output, result } = await run('mine.mjs', '1s');
    assert.equal(code, 0, output);
    assert.equal(result?.scenario.scheduler.type, 'mine.mjs');
    assert.equal(result?.runs[0].complete, true);
    assert.ok(result?.runs[0].vms.every(({ vcpus }) => vcpus[0].dispatches > 20));
  });

  for (const [name, [, said]] of Object.entries(BROKEN)) {
    it(`ends with one error and what was measured, and nobody stays paused: ${name}`, async () => {
      const { code, signal, output, result, tookMs } = await run(name, '20s');
      assert.equal(signal, null, output);
      assert.equal(code, 1, output);
      assert.match(output, said);
      assert.equal(output.match(/is broken/g)?.length, 1, output);
      assert.equal(result?.runs[0].complete, false);
      if (!name.includes('rehearsal')) assert.ok((result?.runs[0].vms[0].cpuNs ?? 0) > 0);
      assert.ok(tookMs < 15_000, String(tookMs));
    });
  }
});
