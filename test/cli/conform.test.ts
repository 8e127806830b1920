import type { CreditFile } from '../../src/conform/credit1/schema.ts';
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ConformanceResult } from '../../src/conform/conformance-schema.ts';
import { readGoldenFile } from '../../src/conform/golden-file.ts';
import { packageRoot } from '../../src/base/package-root.ts';
import { inProcess } from './in-process.ts';
import { inTemporaryDirectory } from './spawn.ts';

const GOOD = join(packageRoot(), 'test', 'golden', '28_2p_3hogs_equal.json.gz');
const golden = readGoldenFile(GOOD) as CreditFile;

/** The golden file with one more credit in its tenth tick. */
function altered(): CreditFile {
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
        / +queues at the actual record:\n( +pCPU \d +runs [A-C]\.0 \((UNDER|OVER), credit -?\d+\);.*\n){2}/,
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

describe('creditlab conform --write', () => {
  const TWO = ['--pcpus', '0', '--duration', '12s', '--vm', 'A', '--vm', 'B'];
  const WRITE = ['conform', '--write', 'g.json'];
  const written = (dir: string) => JSON.parse(readFileSync(join(dir, 'g.json'), 'utf8')) as CreditFile;
  const WHOLE_LENGTHS = [
    [[], 5e9],
    [['--until', '1500ms'], 1.5e9],
    [['--until', '1m'], 12e9],
    [['--until', 'all'], 12e9],
  ] as const;

  it('does not write over a scenario', () =>
    inTemporaryDirectory(async (dir) => {
      const { code, stderr } = await inProcess(['conform', '--write', 'mine.yaml', '--vm', 'A'], dir);
      assert.equal(code, 2);
      assert.match(stderr, /a golden file ends in \.json/);
    }));

  it('writes a scenario from options, which then conforms', () =>
    inTemporaryDirectory(async (dir) => {
      const args = ['--pcpus', '0-1', '--duration', '2s', '--vm', 'A:vcpus=3,cap=120', '--vm', 'B'];
      const { code, stdout, stderr } = await inProcess([...WRITE, ...args], dir);
      assert.equal(code, 0, stderr);
      assert.equal(stdout, 'g.json was written\n');
      const compared = await inProcess(['conform', 'g.json'], dir);
      assert.equal(compared.code, 0);
      assert.match(compared.stdout, /1 of 1 files are the same/);
    }));

  it('writes a scenario from a file, with work in units of a length that is told', () =>
    inTemporaryDirectory(async (dir) => {
      writeFileSync(join(dir, 's.yaml'), 'name: s\npcpus: 1\nvms: [{ name: A, work: 1000 units }]\n');
      const { code, stderr } = await inProcess([...WRITE, 's.yaml', '--unit-time', '2ms'], dir);
      assert.equal(code, 0, stderr);
      const { scenario, result } = written(dir);
      assert.deepEqual([scenario.name, result.vcpus[0].cpu_ns], ['s', 2e9]);
    }));

  for (const [until, untilNs] of WHOLE_LENGTHS) {
    it(`writes a trace as long as is asked for: ${until.join(' ') || 'nothing is asked'}`, () =>
      inTemporaryDirectory(async (dir) => {
        const { code, stderr } = await inProcess([...WRITE, ...TWO, ...until], dir);
        assert.equal(code, 0, stderr);
        const { trace, trace_until_ns } = written(dir);
        assert.equal(trace_until_ns, untilNs);
        assert.ok(Number(trace.at(-1)?.[1]) > untilNs - 11e6);
        assert.equal((await inProcess(['conform', 'g.json'], dir)).code, 0);
        assert.deepEqual(readdirSync(dir), ['g.json']);
      }));
  }

  it('shifts the ticks of each pCPU', () =>
    inTemporaryDirectory(async (dir) => {
      const args = [
        '--pcpus',
        '0-1',
        '--duration',
        '1s',
        '--vm',
        'A:vcpus=2',
        '--scheduler',
        'credit:tick-phase=3ms',
      ];
      const { code, stderr } = await inProcess([...WRITE, ...args], dir);
      assert.equal(code, 0, stderr);
      const ticks = written(dir).trace.filter(([kind]) => kind === 'tick');
      for (const [, atNs, pcpu] of ticks) assert.equal(atNs % 10e6, pcpu === 0 ? 0 : 3e6);
      assert.deepEqual(new Set(ticks.map(([, , pcpu]) => pcpu)), new Set([0, 1]));
      assert.equal((await inProcess(['conform', 'g.json'], dir)).code, 0);
    }));

  const VM = ['--vm', 'A:work=1s'];
  const TOPOLOGY = 'pcpus: 4\ntopology: { sockets: 1, cores: 2, threads: 2 }\nvms: [{ name: A, work: 1s }]\n';
  const bad: [string, string[], RegExp][] = [
    ['nothing', [], /there is nothing to run/],
    ['two scenarios', ['--write', 'g.json', 'one.yaml', 'two.yaml'], /a golden file is of one scenario/],
    ['a scenario with a topology', ['--write', 'g.json', 'topology.yaml'], /a golden file has no topology/],
    ['a trace until something else than a time', [...VM, '--until', 'end'], /--until: not a time/],
    ['work in units of unknown length', ['--vm', 'A:work=5 units'], /work of VM A is in units/],
    ['to compare as well', [...VM, '--json', 'o.json'], /--json: nothing is compared with --write/],
    ['to go on', [...VM, '--keep-going'], /--keep-going: nothing is compared with --write/],
    [
      'to a directory that is not there',
      [...VM, '--write', 'no/g.json'],
      /--write no\/g.json: there is no directory/,
    ],
    [
      'a tick phase that is no time',
      [...VM, '--scheduler', 'credit:tick-phase=x'],
      /--scheduler: not a time/,
    ],
  ];
  for (const [what, args, message] of bad) {
    it(`refuses ${what}, and writes nothing`, () =>
      inTemporaryDirectory(async (dir) => {
        writeFileSync(join(dir, 'topology.yaml'), TOPOLOGY);
        const { code, stderr } = await inProcess([...WRITE, ...args], dir);
        assert.equal(code, 2);
        assert.match(stderr, message);
        assert.deepEqual(readdirSync(dir), ['topology.yaml']);
      }));
  }

  it('is asked for by a name: its options alone do nothing', () =>
    inTemporaryDirectory(async (dir) => {
      for (const args of [['--until', '5s'], VM]) {
        const { code, stderr } = await inProcess(['conform', GOOD, ...args], dir);
        assert.equal(code, 2);
        assert.match(stderr, new RegExp(`${args[0]}: only --write takes that`));
      }
      const { code, stderr } = await inProcess(['conform'], dir);
      assert.equal(code, 2);
      assert.match(stderr, /there is nothing to compare/);
    }));
});
