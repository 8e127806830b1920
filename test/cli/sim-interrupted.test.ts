import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { labResultSchema } from '../../src/result/lab-result.ts';
import { resultSchema } from '../../src/result/result.ts';
import { readTraces } from '../../src/trace/file-reader.ts';
import { embeddedData } from '../report/html/read-page.ts';
import { creditlab, inTemporaryDirectory } from './spawn.ts';

const read = (dir: string, file: string): string => readFileSync(join(dir, file), 'utf8');

/** Far more than can be simulated before a signal comes: a day, with many wake-ups. */
const LONG = [
  '--pcpus',
  '0-3',
  '--duration',
  '1440m',
  '--vm',
  'A:vcpus=4',
  '--vm',
  'I:workload=interactive,vcpus=8',
];
const FILES = ['--json', 'o.json', '--csv', 'o.csv', '--html', 'o.html'];

/** Interrupt a command when it has been under way for so long: that it has begun its trace file is the sign. */
function interrupted(args: readonly string[], dir: string, signal: NodeJS.Signals, afterMs = 0) {
  return creditlab([...args, '--trace', 't.gz'], {
    cwd: dir,
    started: (child) => {
      const look = setInterval(() => {
        if (!existsSync(join(dir, 't.gz'))) return;
        clearInterval(look);
        setTimeout(() => child.kill(signal), afterMs);
      }, 20);
      child.on('exit', () => clearInterval(look));
    },
  });
}

describe('a simulation that is interrupted', function () {
  this.timeout(30_000);

  for (const [signal, exitCode] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    it(`writes what it has, marked as incomplete: ${signal} exits with ${String(exitCode)}`, () =>
      inTemporaryDirectory(async (dir) => {
        const { code, stdout, stderr } = await interrupted(['sim', ...LONG, ...FILES], dir, signal, 300);
        assert.equal(code, exitCode, stderr);
        const [run, ...others] = resultSchema.parse(JSON.parse(read(dir, 'o.json'))).runs;
        assert.deepEqual([run.complete, others.length], [false, 0]);
        assert.ok(run.windowNs > 0 && run.windowNs < 86_400e9, `ended at ${String(run.windowNs)} ns`);
        assert.ok(run.vms.every(({ cpuNs }) => cpuNs > 0));
        assert.match(stdout, /^The run is incomplete/m);
        assert.match(stderr, new RegExp(`creditlab: ${signal}: ending the run`));
        assert.match(read(dir, 'o.csv'), /,simulated,false,/);
        assert.equal(embeddedData(read(dir, 'o.html')).data.timelines.length, 1);
        const [{ complete, endNs }] = readTraces(join(dir, 't.gz'));
        assert.deepEqual([complete, endNs], [false, run.windowNs]);
      }));
  }

  it('keeps the seeds before it, and shows those', () =>
    inTemporaryDirectory(async (dir) => {
      const args = ['sim', '--pcpus', '0', '--vm', 'A', '--vm', 'B', '--duration', '20s', '--seeds', '1000'];
      const { code, stdout } = await interrupted([...args, '--json', 'o.json'], dir, 'SIGINT', 1000);
      assert.equal(code, 130);
      const complete = resultSchema.parse(JSON.parse(read(dir, 'o.json'))).runs.map((run) => run.complete);
      assert.ok(complete.length > 2 && complete.length < 1000, String(complete.length));
      assert.ok(complete.slice(0, -1).every((each) => each));
      assert.match(stdout, /\d+ seeds: median/);
    }));

  it('is a row of a lab like any other', () =>
    inTemporaryDirectory(async (dir) => {
      const base = 'scenario: { pcpus: 1, duration: 1440m, vms: [{ name: A }, { name: B }] }';
      const rows = ['one', 'two'].map(
        (label, i) => `  - { label: ${label}, vms: [{ name: A, weight: ${256 * (i + 1)} }] }`,
      );
      const lab = ['title: Long', base, 'rows:', ...rows, ''].join('\n');
      writeFileSync(join(dir, 'long.yaml'), lab);
      const args = ['lab', './long.yaml', '--simulate', '--json', 'o.json', '--html', 'o.html'];
      const { code, stdout, stderr } = await interrupted(args, dir, 'SIGINT');
      assert.equal(code, 130, stderr);
      const result = labResultSchema.parse(JSON.parse(read(dir, 'o.json')));
      assert.equal(result.complete, false);
      assert.deepEqual(
        result.rows.map(({ label, run }) => [label, run.complete]),
        [['one', false]],
      );
      assert.match(read(dir, 'o.html'), /one \(incomplete\)/);
      assert.match(stdout, /one/);
    }));
});
