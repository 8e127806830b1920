import type { GoldenFile } from '../../src/conform/golden-schema.ts';
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ConformanceResult } from '../../src/conform/conformance-schema.ts';
import { readGoldenFile } from '../../src/conform/golden-file.ts';
import { packageRoot } from '../../src/base/package-root.ts';
import { inProcess } from './in-process.ts';
import { inTemporaryDirectory } from './spawn.ts';

const GOOD = join(packageRoot(), 'test', 'golden', '28_2p_3hogs_equal.json.gz');
const golden = readGoldenFile(GOOD);

/** The golden file with one more credit in its tenth tick. */
function altered(): GoldenFile {
  let left = 10;
  const at = golden.trace.findIndex(([kind]) => kind === 'tick' && --left === 0);
  const [kind, nowNs, pcpu, vcpu, priority, credit] = golden.trace[at];
  return { ...golden, trace: golden.trace.with(at, [kind, nowNs, pcpu, vcpu, priority, Number(credit) + 1]) };
}

/** A folder `golden` with a good file in front and behind, and one with a changed record in between. */
function fill(dir: string): void {
  mkdirSync(join(dir, 'golden'));
  copyFileSync(GOOD, join(dir, 'golden', 'a.json.gz'));
  writeFileSync(join(dir, 'golden', 'b.json'), JSON.stringify(altered()));
  copyFileSync(GOOD, join(dir, 'golden', 'c.json.gz'));
  writeFileSync(join(dir, 'golden', 'README.md'), 'not for the command');
}

describe('creditlab conform', () => {
  it('ends with 0 when all golden files are the same, with a line for each', () =>
    inTemporaryDirectory(async (dir) => {
      const { code, stdout, stderr } = await inProcess(['conform', GOOD, GOOD], dir);
      assert.equal(code, 0, stderr);
      assert.match(stdout, /^(✓ 28_2p_3hogs_equal: the same, \d+ records\n){2}2 of 2 files are the same\n$/);
    }));

  it('ends with 1 when one record was changed, and shows it, what came before, and the queues', () =>
    inTemporaryDirectory(async (dir) => {
      fill(dir);
      const { code, stdout } = await inProcess(['conform', 'golden'], dir);
      assert.equal(code, 1);
      assert.match(stdout, /✗ 28_2p_3hogs_equal: DIFFERENT, \d+ records\n +record \d+ .*differs in credit\n/);
      assert.match(stdout, /( +before .*\n){5} +expected +\["tick",.*\n +actual +\["tick",.*\n/);
      assert.match(
        stdout,
        / +queues at the actual record:\n( +pCPU \d +runs [A-C]\.0 \((UNDER|OVER) -?\d+\);.*\n){2}/,
      );
      assert.match(stdout, /1 of 3 files are the same; 1 were not compared/);
    }));

  it('goes on with --keep-going, and writes all it compared as JSON', () =>
    inTemporaryDirectory(async (dir) => {
      fill(dir);
      const { code, stdout } = await inProcess(
        ['conform', 'golden', '--keep-going', '--json', 'o.json'],
        dir,
      );
      assert.equal(code, 1);
      assert.match(stdout, /2 of 3 files are the same\n$/);
      const { files } = JSON.parse(readFileSync(join(dir, 'o.json'), 'utf8')) as ConformanceResult;
      assert.deepEqual(
        files.map(({ file, matches }) => [file, matches]),
        [
          [join('golden', 'a.json.gz'), true],
          [join('golden', 'b.json'), false],
          [join('golden', 'c.json.gz'), true],
        ],
      );
      assert.equal(files[1].firstDifference?.kind, 'record');
      assert.deepEqual(
        files[1].queues?.map(({ pcpu }) => pcpu),
        [0, 1],
      );
    }));

  const bad: [string, (dir: string) => void, RegExp][] = [
    ['there is no such folder', () => undefined, /x: there is no such file or folder/],
    ['it has no golden file', (dir) => mkdirSync(join(dir, 'x')), /x: there is no golden file/],
    [
      'one is malformed',
      (dir) => {
        mkdirSync(join(dir, 'x'));
        writeFileSync(join(dir, 'x', 'a.json'), '{"scenario":\n  oops}');
      },
      /a\.json:2:3: this is not well-formed JSON/,
    ],
    [
      'one is something else',
      (dir) => writeFileSync(join(dir, 'x'), '{"a": 1}'),
      /x: this is no golden file: scenario/,
    ],
    [
      'one has an impossible scenario',
      (dir) => {
        const vms = golden.scenario.vms.map((vm) => ({ ...vm, weight: 70_000 }));
        writeFileSync(join(dir, 'x'), JSON.stringify({ ...golden, scenario: { ...golden.scenario, vms } }));
      },
      /x: this scenario is impossible: weight/,
    ],
  ];
  for (const [why, prepare, message] of bad) {
    it(`ends with 2 when ${why}`, () =>
      inTemporaryDirectory(async (dir) => {
        prepare(dir);
        const { code, stderr } = await inProcess(['conform', 'x'], dir);
        assert.equal(code, 2);
        assert.match(stderr, message);
      }));
  }
});
