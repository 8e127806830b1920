import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { resultSchema } from '../../src/result/result.ts';
import { readTraces } from '../../src/trace/file-reader.ts';
import { embeddedData } from '../report/html/read-page.ts';
import { creditlab, inTemporaryDirectory, type SpawnOptions } from './spawn.ts';

const ARGS = ['run', '--vm', 'A:work=1s', '--repeat', '3', '--json', 'o.json'];

/** Run three repeats of which the second is special; what the JSON file says of each: complete or not. */
async function endedEarly(fake: string, until?: SpawnOptions['until']) {
  return inTemporaryDirectory(async (dir) => {
    const ended = await creditlab(ARGS, { cwd: dir, fake, ...(until === undefined ? {} : { until }) });
    const file = join(dir, 'o.json');
    const complete = existsSync(file)
      ? resultSchema.parse(JSON.parse(readFileSync(file, 'utf8'))).runs.map((run) => run.complete)
      : null;
    return { ...ended, complete };
  });
}

const kill = (signal: NodeJS.Signals) => ({
  text: 'RUNNING',
  then: (child: { kill(signal: NodeJS.Signals): boolean }) => void child.kill(signal),
});

const twice: SpawnOptions['until'] = {
  text: 'RUNNING',
  then: (child) => {
    child.kill('SIGINT');
    child.stderr?.once('data', () => child.kill('SIGINT'));
  },
};

describe('a signal', function () {
  this.timeout(20_000);

  for (const [signal, exitCode] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const) {
    it(`ends the run, keeps what was measured and marks it: ${signal} exits with ${String(exitCode)}`, async () => {
      const { code, complete, stdout, stderr } = await endedEarly('until-aborted', kill(signal));
      assert.equal(code, exitCode);
      assert.deepEqual(complete, [true, false]);
      assert.match(stdout, /run 2 of 3\n\nThe run is incomplete/);
      assert.match(stderr, new RegExp(`creditlab: ${signal}: ending the run`));
    });
  }

  it('ends the process within 2 s when the run does not listen, and keeps what is known', async () => {
    const { code, complete, tookMs } = await endedEarly('deaf', kill('SIGTERM'));
    assert.equal(code, 143);
    assert.deepEqual(complete, [true, false]);
    assert.ok(tookMs < 2000, `${String(tookMs)} ms`);
  });

  it('ends the process at once when it comes twice', async () => {
    const { code, complete, tookMs } = await endedEarly('deaf', twice);
    assert.equal(code, 130);
    assert.deepEqual(complete, [true, false]);
    assert.ok(tookMs < 1400, `${String(tookMs)} ms`);
  });

  it('writes the pictures, too, when it comes twice', () =>
    inTemporaryDirectory(async (dir) => {
      const pictures = ['--html', 'o.html', '--perfetto', 'o.pftrace', '--chrome', 'o.trace.json'];
      const { code } = await creditlab([...ARGS, ...pictures], { cwd: dir, fake: 'deaf', until: twice });
      assert.equal(code, 130);
      assert.equal(embeddedData(readFileSync(join(dir, 'o.html'), 'utf8')).data.timelines.length, 2);
      for (const file of ['o.pftrace', 'o.trace.json']) assert.ok(statSync(join(dir, file)).size > 0, file);
    }));
});

describe('a run that fails', function () {
  this.timeout(20_000);

  it('ends the command with 1, keeps what was measured and marks it', async () => {
    const { code, complete, stderr } = await endedEarly('fails');
    assert.equal(code, 1);
    assert.deepEqual(complete, [true, false]);
    assert.match(stderr, /creditlab: a vCPU fell over/);
  });
});

describe('the trace of what ended early', function () {
  this.timeout(20_000);

  /** @returns how many records there are of each run, in the trace file and in the report */
  const traced = (fake: string) =>
    inTemporaryDirectory(async (dir) => {
      const files = ['--trace', 't', '--html', 'o.html'];
      await creditlab([...ARGS, ...files], { cwd: dir, fake });
      const html = join(dir, 'o.html');
      return {
        written: readTraces(join(dir, 't')).map(({ count }) => count),
        drawn: existsSync(html) ? embeddedData(readFileSync(html, 'utf8')).data.timelines.length : null,
      };
    });

  it('has what came before a run failed, in the file and in the report', async () => {
    assert.deepEqual(await traced('fails'), { written: [1, 1], drawn: 2 });
  });

  for (const [fake, drawn] of [
    ['crashes', 2],
    ['exits', 2],
    // Without a result of the run under way, only the one before it can be shown.
    ['snapshot-throws', 1],
  ] as const) {
    it(`has what came before the process ended, to the last record, in both: ${fake}`, async () => {
      assert.deepEqual(await traced(fake), { written: [1, 2], drawn });
    });
  }

  it('fails the command when it cannot be written, and spoils nothing else', async function () {
    if (!existsSync('/dev/full')) this.skip();
    await inTemporaryDirectory(async (dir) => {
      const { code, stderr } = await creditlab([...ARGS, '--trace', '/dev/full'], {
        cwd: dir,
        fake: 'quick',
      });
      assert.equal(code, 1);
      assert.match(stderr, /--trace \/dev\/full: the trace could not be written \(ENOSPC\)/);
      const { runs } = resultSchema.parse(JSON.parse(readFileSync(join(dir, 'o.json'), 'utf8')));
      assert.equal(runs.length, 3);
    });
  });
});

describe('what comes between a run and the next one', function () {
  this.timeout(20_000);

  it('ends the command with 1 and the report of what was measured: a workload that is refused', async () => {
    const { code, complete, stdout, stderr } = await endedEarly('bad-workload');
    assert.equal(code, 1);
    assert.deepEqual(complete, [true]);
    assert.match(stdout, /run 1 of 3/);
    assert.match(stderr, /creditlab: checksum differs/);
  });

  it('ends the command with 1 and the report of what was measured: an error of the lab itself', async () => {
    const { code, complete, stdout, stderr } = await endedEarly('throws');
    assert.equal(code, 1);
    assert.deepEqual(complete, [true]);
    assert.match(stdout, /run 1 of 3/);
    assert.match(stderr, /creditlab: unexpected error: Error: a bug in the lab/);
  });

  it('cannot lose what was measured, not even SIGKILL', async () => {
    const { signal, complete } = await endedEarly('killed');
    assert.equal(signal, 'SIGKILL');
    assert.deepEqual(complete, [true]);
  });

  it('goes into a pipe once, at the end', () =>
    inTemporaryDirectory(async (dir) => {
      execFileSync('mkfifo', [join(dir, 'pipe')]);
      const reader = promisify(execFile)('cat', [join(dir, 'pipe')]);
      const args = ['run', '--vm', 'A:work=1s', '--repeat', '3', '--csv', 'pipe'];
      const { code } = await creditlab(args, { cwd: dir, fake: 'quick' });
      assert.equal(code, 0);
      const { stdout } = await reader;
      assert.equal(stdout.match(/^command line,/gm)?.length, 3);
    }));
});

describe('an uncaught error in the main thread', function () {
  this.timeout(20_000);

  it('ends the command with 1, keeps what was measured and marks it', async () => {
    const { code, complete, stderr } = await endedEarly('crashes');
    assert.equal(code, 1);
    assert.deepEqual(complete, [true, false]);
    assert.match(stderr, /creditlab: unexpected error: Error: a bug in main/);
  });
});

describe('process.exit', function () {
  this.timeout(20_000);

  it('keeps the runs before when nothing can be said of the one under way', async () => {
    const { code, stderr, complete } = await endedEarly('snapshot-throws');
    assert.equal(code, 7);
    assert.deepEqual(complete, [true]);
    assert.match(stderr, /no snapshot/);
  });

  it('keeps what was measured and marks it, and the exit code', async () => {
    const { code, complete } = await endedEarly('exits');
    assert.equal(code, 7);
    assert.deepEqual(complete, [true, false]);
  });
});
