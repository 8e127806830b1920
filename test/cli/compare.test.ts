import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { comparisonResultSchema, type ComparisonResult } from '../../src/compare/result.ts';
import { forgetPolicies } from '../../src/policies.ts';
import { readTraces } from '../../src/trace/file-reader.ts';
import { embeddedData, textOf } from '../report/html/read-page.ts';
import { inProcess } from './in-process.ts';
import { creditlab, inTemporaryDirectory } from './spawn.ts';

const SCENARIO = 'pcpus: [0]\nduration: 3s\nvms: [{ name: A, cap: 40 }, { name: B, weight: 512 }]\n';

function resultIn(dir: string): ComparisonResult {
  return comparisonResultSchema.parse(JSON.parse(readFileSync(join(dir, 'o.json'), 'utf8')));
}

async function withScenario<T>(use: (dir: string) => Promise<T>, yaml = SCENARIO): Promise<T> {
  return inTemporaryDirectory((dir) => {
    writeFileSync(join(dir, 's.yaml'), yaml);
    return use(dir);
  });
}

describe('creditlab compare --simulate', function () {
  afterEach(forgetPolicies);
  this.timeout(20_000);

  it('plays the VMs under each scheduler, and says how each was given them', () =>
    withScenario(async (dir) => {
      const args = ['compare', 's.yaml', '--schedulers', 'credit,sedf,lottery,round-robin', '--simulate'];
      const { code, stdout, stderr } = await inProcess(args, dir);
      assert.deepEqual([code, stderr], [0, '']);
      assert.match(stdout, /^s \(simulated, credit, sedf, lottery, round-robin\)$/m);
      const [, ...blocks] = stdout.split(/^(?=(?:credit|sedf|lottery|round-robin)$)/m);
      assert.equal(blocks.length, 4);
      const [credit, sedf, lottery, roundRobin] = blocks;
      assert.match(credit, /switches and 0 migrations a second\n {2}A +simulated +33\.3 /);
      assert.match(sedf, /A: period 100ms, slice 33333us, extratime false; B: period 100ms, slice\s+66667us/);
      assert.match(lottery, /No cap in lottery: A may have more\./);
      assert.match(roundRobin, /No weights in round-robin: they are dropped\./);
      assert.match(stdout, /No VM\s+wanted to run for 5s, 10s at a time/);
    }));

  it('explains the columns that there are, and no others', () =>
    withScenario(async (dir) => {
      const args = ['compare', 's.yaml', '--schedulers', 'credit,sedf', '--simulate', '--duration', '300ms'];
      const { stdout } = await inProcess(args, dir);
      assert.match(stdout, /share +±100ms$/m);
      assert.match(stdout, / ±100ms: how\s+far/);
    }));

  it('fits into 78 columns, with the waits of VMs that sleep', async () => {
    const vms = ['--vm', 'first', '--vm', 'second', '--vm', 'web:workload=interactive'];
    const { stdout } = await inProcess(
      ['compare', ...vms, '--duration', '3s', '--schedulers', 'credit,credit2', '--simulate'],
      '.',
    );
    assert.match(stdout, /p50 +p90 +p99 +max$/m);
    const table = stdout.slice(stdout.indexOf('\n\n'), stdout.indexOf('\n\nshare:'));
    assert.deepEqual(
      table.split('\n').filter((line) => line.length > 78),
      [],
    );
  });

  it('writes the results, the page and the records of all runs', () =>
    withScenario(async (dir) => {
      const files = ['--json', 'o.json', '--csv', 'o.csv', '--html', 'o.html', '--trace', 't.gz'];
      const args = ['compare', 's.yaml', '--schedulers', 'credit,credit2', '--simulate', ...files];
      const { code, stdout } = await inProcess(args, dir);
      assert.equal(code, 0);
      assert.match(stdout, /The report is in o\.html/);
      const { complete, schedulers, runs, scenario } = resultIn(dir);
      assert.equal(complete, true);
      assert.equal(scenario.scheduler.type, 'credit');
      assert.deepEqual(
        schedulers.map(({ type, notes, scenario: own }) => [type, notes, own.scheduler.type]),
        [
          ['credit', [], 'credit'],
          ['credit2', [], 'credit2'],
        ],
      );
      assert.deepEqual(
        runs.map(({ scheduler, run, vms }) => [scheduler, run.machine, vms?.map(({ name }) => name)]),
        [
          ['credit', 'simulated', ['A', 'B']],
          ['credit2', 'simulated', ['A', 'B']],
        ],
      );
      assert.ok((runs[0].vms?.[0].errors?.length ?? 0) >= 7);
      assert.deepEqual(
        readTraces(join(dir, 't.gz')).map(({ header }) => header.label),
        ['credit, in virtual time', 'credit2, in virtual time'],
      );
      assert.match(readFileSync(join(dir, 'o.csv'), 'utf8'), /^"credit2, in virtual time"/m);
      const page = readFileSync(join(dir, 'o.html'), 'utf8');
      const { data } = embeddedData(page);
      assert.deepEqual(
        data.timelines.map(({ title }) => title),
        ['credit, simulated', 'credit2, simulated'],
      );
      assert.equal(data.areTogether, true);
      assert.match(textOf(page), /What each scheduler was given .* How even, over how long .* Timelines/);
    }));

  it('takes VMs from options, in the terms of --scheduler', async () => {
    const vms = ['--vm', 'A:period=20ms,slice=5ms,extratime=false', '--vm', 'B'];
    const { code, stdout, stderr } = await inProcess(
      [
        'compare',
        ...vms,
        '--pcpus',
        '0',
        '--scheduler',
        'sedf',
        '--duration',
        '2s',
        '--schedulers',
        'sedf,credit',
        '--simulate',
      ],
      '.',
    );
    assert.equal(code, 0, stderr);
    assert.match(
      stdout,
      /Reservations are weights: 10 for each percent.*A: weight 250, cap 25; B: weight 750\./s,
    );
  });

  it('takes policy modules, too', () =>
    withScenario(async (dir) => {
      const made = await inProcess(['policy', 'new', 'mine.mjs'], dir);
      assert.equal(made.code, 0, made.stderr);
      const { code, stdout, stderr } = await inProcess(
        ['compare', 's.yaml', '--schedulers', 'credit,./mine.mjs', '--simulate', '--json', 'o.json'],
        dir,
      );
      assert.equal(code, 0, stderr);
      assert.match(stdout, /^mine\.mjs$/m);
      assert.deepEqual(
        resultIn(dir).schedulers.map(({ type }) => type),
        ['credit', 'mine.mjs'],
      );
      const missing = await inProcess(['compare', 's.yaml', '--schedulers', 'credit,./none.mjs'], dir);
      assert.equal(missing.code, 2);
      assert.match(missing.stderr, /^creditlab: --schedulers: there is no policy module .*none\.mjs/);
    }));

  it('gives the same figures each time', () =>
    withScenario(async (dir) => {
      const once = () =>
        inProcess(['compare', 's.yaml', '--schedulers', 'credit2,lottery', '--simulate'], dir);
      const [one, two] = [await once(), await once()];
      assert.equal(one.stdout, two.stdout);
    }));
});

describe('creditlab compare on real cores', function () {
  this.timeout(30_000);

  it('simulates each scheduler once, and measures all of them in rounds, each in another order', () =>
    withScenario(async (dir) => {
      const args = ['compare', 's.yaml', '--schedulers', 'credit,sedf,credit2', '--repeat', '4'];
      const { code, stdout, stderr } = await creditlab([...args, '--json', 'o.json'], {
        cwd: dir,
        fake: 'quick',
      });
      assert.equal(code, 0, stderr);
      assert.match(stdout, /^4 complete runs of each row, in random order/m);
      assert.match(stdout, /switches and .* migrations a second \(simulated: /);
      const { runs, complete } = resultIn(dir);
      assert.equal(complete, true);
      const simulated = runs.filter(({ run }) => run.machine === 'simulated');
      assert.deepEqual(
        simulated.map(({ scheduler }) => scheduler),
        ['credit', 'sedf', 'credit2'],
      );
      const measured = runs
        .filter(({ run }) => run.machine !== 'simulated')
        .sort((a, b) => (a.run.order ?? NaN) - (b.run.order ?? NaN))
        .map(({ scheduler }) => scheduler);
      const rounds = [0, 3, 6, 9].map((from) => measured.slice(from, from + 3));
      for (const round of rounds) assert.equal(new Set(round).size, 3, String(rounds));
      assert.ok(new Set(rounds.map(String)).size > 1, String(rounds));
    }));

  it('marks what a signal broke off as incomplete, and writes it', () =>
    withScenario(async (dir) => {
      const args = ['compare', 's.yaml', '--schedulers', 'credit,sedf'];
      const { code, stdout } = await creditlab([...args, '--json', 'o.json', '--html', 'o.html'], {
        cwd: dir,
        fake: 'until-aborted',
        until: { text: 'RUNNING', then: (child) => void child.kill('SIGINT') },
      });
      assert.equal(code, 130);
      assert.match(stdout, /^sedf \(incomplete\)$/m);
      const { complete, runs } = resultIn(dir);
      assert.equal(complete, false);
      assert.deepEqual(
        runs.map(({ scheduler, run }) => [scheduler, run.complete]),
        [
          ['credit', true],
          ['credit', true],
          ['sedf', true],
          ['sedf', false],
        ],
      );
      assert.ok(existsSync(join(dir, 'o.html')));
    }));

  it('has no simulation of work in units, whose time it cannot know', () =>
    withScenario(async (dir) => {
      const args = ['compare', 's.yaml', '--schedulers', 'credit,sedf', '--json', 'o.json'];
      const { code, stdout } = await creditlab(args, { cwd: dir, fake: 'quick' });
      assert.equal(code, 0);
      assert.ok(resultIn(dir).runs.every(({ run }) => run.machine !== 'simulated'));
      assert.match(
        stdout,
        /doesn't say what its\s+VMs are to have\..*Nothing is\s+simulated: virtual\s+time/s,
      );
    }, 'pcpus: [0]\nvms: [{ name: A, work: 5 units }, { name: B, work: 5 units }]\n'));
});

describe('what creditlab compare refuses', function () {
  this.timeout(20_000);
  const SEDF = 'scheduler: sedf\nduration: 1s\nvms: [{ name: A, weight: 3, extratime: false }]\n';
  const cases: readonly (readonly [what: string, args: readonly string[], says: RegExp, yaml?: string])[] = [
    [
      'no schedulers',
      [],
      /^creditlab: --schedulers: which schedulers.*at least two of: credit, .*hint: --schedulers/s,
    ],
    [
      'one alone',
      ['--schedulers', 'credit'],
      /^creditlab: --schedulers: there is nothing to compare.*at least two names.*hint: creditlab sim FILE --scheduler/s,
    ],
    [
      'one that is not there, at its place',
      ['--schedulers', 'credit,sedg'],
      /unknown scheduler\n +--schedulers credit,sedg\n {24}\^\n.*one of: credit, .*path of a policy module.*did you mean 'sedf'\?/s,
    ],
    ['one that comes twice', ['--schedulers', 'credit,sedf,credit'], /there twice.*each once, got 'credit'/s],
    ['nothing between commas', ['--schedulers', 'credit,,sedf'], /unknown scheduler.*got nothing/s],
    [
      'parameters',
      ['--schedulers', 'credit:tslice=5ms,sedf'],
      /only names are expected here.*hint: parameters are those of the file's own/s,
    ],
    [
      'VMs that cannot be translated',
      ['--schedulers', 'sedf,credit', '--simulate'],
      /can't be taken over from sedf to credit.*leave this scheduler out/s,
      SEDF,
    ],
    [
      'units in virtual time',
      ['--schedulers', 'credit,sedf', '--simulate'],
      /--simulate: .*how long a unit of work takes/,
      'vms: [{ name: A, work: 5 units }]\n',
    ],
    [
      '--repeat of simulations',
      ['--schedulers', 'credit,sedf', '--simulate', '--repeat', '2'],
      /cannot be used with/,
    ],
    [
      'an output in place of the scenario',
      ['--schedulers', 'credit,sedf', '--simulate', '--html', 's.yaml'],
      /would replace the input/,
    ],
  ];
  for (const [what, args, says, yaml] of cases) {
    it(`is one clear error with exit code 2: ${what}`, () =>
      withScenario(async (dir) => {
        const { code, stdout, stderr } = await inProcess(['compare', 's.yaml', ...args], dir);
        assert.match(stderr, says);
        assert.equal(code, 2);
        assert.equal(stdout, '');
        assert.doesNotMatch(stderr, /OPENED|\n\s+at /);
        assert.deepEqual(readdirSync(dir), ['s.yaml']);
      }, yaml));
  }
});
