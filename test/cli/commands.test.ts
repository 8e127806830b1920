import assert from 'node:assert/strict';
import {
  chmodSync,
  lstatSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { LabResult } from '../../src/result/lab-result.ts';
import { labResultSchema } from '../../src/result/lab-result.ts';
import { resultSchema } from '../../src/result/result.ts';
import { CSV_HEADER } from '../../src/report/csv.ts';
import { listLabs } from '../../src/scenario/builtin-labs.ts';
import { builtinNames } from '../../src/workload/catalogue.ts';
import { creditlab, inTemporaryDirectory } from './spawn.ts';

const readJson = (dir: string, name: string): unknown => JSON.parse(readFileSync(join(dir, name), 'utf8'));

describe('creditlab run', function () {
  this.timeout(20_000);

  it('writes results that their schema accepts, a CSV line per vCPU, and nothing else', () =>
    inTemporaryDirectory(async (dir) => {
      const args = ['run', '--vm', 'A:vcpus=2', '--vm', 'B', '--duration', '1s', '--repeat', '3'];
      const { code, stdout, stderr } = await creditlab([...args, '--json', 'o.json', '--csv', 'o.csv'], {
        cwd: dir,
        fake: 'quick',
      });
      assert.equal(code, 0, stderr);
      assert.match(stdout, /command line, run 3 of 3/);
      assert.match(stdout, /3 complete runs: medians/);
      const result = resultSchema.parse(readJson(dir, 'o.json'));
      assert.equal(result.runs.length, 3);
      const [header, ...lines] = readFileSync(join(dir, 'o.csv'), 'utf8').trimEnd().split('\r\n');
      assert.equal(header, CSV_HEADER.join(','));
      assert.equal(lines.length, 3 * 3);
      assert.deepEqual(readdirSync(dir).sort(), ['o.csv', 'o.json']);
    }));

  it('replaces a file behind a symbolic link, keeps its mode, and writes to devices', () =>
    inTemporaryDirectory(async (dir) => {
      writeFileSync(join(dir, 'real.json'), 'old');
      chmodSync(join(dir, 'real.json'), 0o640);
      symlinkSync('real.json', join(dir, 'link.json'));
      const args = ['run', '--vm', 'A:work=1s', '--json', 'link.json', '--csv', '/dev/null'];
      const { code, stderr } = await creditlab(args, { cwd: dir, fake: 'quick' });
      assert.equal(code, 0, stderr);
      assert.ok(lstatSync(join(dir, 'link.json')).isSymbolicLink());
      assert.equal(statSync(join(dir, 'real.json')).mode & 0o777, 0o640);
      resultSchema.parse(readJson(dir, 'real.json'));
      assert.ok(statSync('/dev/null').isCharacterDevice());
    }));

  it('shows its results and writes the other file when one cannot be written, and fails', () =>
    inTemporaryDirectory(async (dir) => {
      const args = ['--json', '/dev/full', '--csv', 'o.csv', '--vm', 'A:work=1s'];
      for (const command of ['run', 'sim']) {
        const { code, stdout, stderr } = await creditlab([command, ...args], { cwd: dir, fake: 'quick' });
        assert.equal(code, 1);
        assert.match(stdout, /^A +256/m);
        assert.match(stderr, /creditlab: --json \/dev\/full: the results could not be written \(ENOSPC\)/);
        assert.match(readFileSync(join(dir, 'o.csv'), 'utf8'), /^command line,1,/m);
        rmSync(join(dir, 'o.csv'));
      }
    }));

  it('ends well when nobody reads its output', () =>
    inTemporaryDirectory(async (dir) => {
      const args = ['run', '--vm', 'A:work=1s', '--repeat', '50', '--json', 'o.json'];
      const { code, stderr } = await creditlab(args, {
        cwd: dir,
        fake: 'quick',
        until: { text: 'OPENED', then: (child) => child.stdout?.destroy() },
      });
      assert.equal(code, 0, stderr);
      assert.doesNotMatch(stderr, /EPIPE/);
      resultSchema.parse(readJson(dir, 'o.json'));
    }));

  it('fails with 1 when a checksum is wrong, and still writes what it measured', () =>
    inTemporaryDirectory(async (dir) => {
      const args = ['run', '--vm', 'A:work=1s', '--repeat', '2', '--json', 'o.json'];
      const { code, stderr } = await creditlab(args, { cwd: dir, fake: 'wrong-checksum' });
      assert.equal(code, 1);
      assert.match(stderr, /creditlab: a checksum differs: A\/v0/);
      assert.equal(resultSchema.parse(readJson(dir, 'o.json')).runs.length, 2);
    }));
});

describe('creditlab lab', function () {
  this.timeout(20_000);

  it('lists the labs without a name', async () => {
    const { code, stdout } = await creditlab(['lab']);
    assert.equal(code, 0);
    for (const { name } of listLabs()) assert.match(stdout, new RegExp(`^${name} `, 'm'));
  });

  it('runs rows several times in a random order that the seed decides, and compares them', () =>
    inTemporaryDirectory(async (dir) => {
      const ordersBy = async (seed: string) => {
        const args = ['lab', 'weights-and-caps', '--repeat', '3', '--seed', seed, '--json', 'o.json'];
        const { code, stdout, stderr } = await creditlab(args, { cwd: dir, fake: 'quick' });
        assert.equal(code, 0, stderr);
        assert.match(stdout, /^3 complete runs of each row, in random order/m);
        assert.match(stdout.replace(/\s+/g, ' '), /as in 'alone, no cap', p = /);
        const result = labResultSchema.parse(readJson(dir, 'o.json'));
        assert.equal(result.complete, true);
        assert.ok((result.comparisons?.length ?? 0) > 15);
        return result.rows.map(({ run }) => run.order ?? 0);
      };
      const orders = await ordersBy('1');
      assert.deepEqual(
        orders.toSorted((a, b) => a - b),
        Array.from({ length: 48 }, (_, i) => i + 1),
      );
      assert.notDeepEqual(
        orders.filter((_, i) => i % 3 === 0),
        Array.from({ length: 16 }, (_, i) => i + 1),
      );
      assert.deepEqual(await ordersBy('1'), orders);
      assert.notDeepEqual(await ordersBy('2'), orders);
    }));

  it('runs a lab, prints its table and two sentences, and writes all rows', () =>
    inTemporaryDirectory(async (dir) => {
      const args = ['lab', 'weights-and-caps', '--json', 'o.json', '--csv', 'o.csv'];
      const { code, stdout, stderr } = await creditlab(args, { cwd: dir, fake: 'quick' });
      assert.equal(code, 0, stderr);
      assert.match(stdout, /^256:1024, cap 75 +A +256 +75 %/m);
      assert.match(stdout, /about\s+weights\.\n.*\s+said about caps\./);
      const result: LabResult = labResultSchema.parse(readJson(dir, 'o.json'));
      assert.equal(result.complete, true);
      assert.equal(result.rows.length, 16);
      assert.equal(readFileSync(join(dir, 'o.csv'), 'utf8').trimEnd().split('\r\n').length, 1 + 4 + 2 * 12);
    }));
});

describe('a lab that breaks off', function () {
  this.timeout(20_000);

  it('shows the rows that it measured', () =>
    inTemporaryDirectory(async (dir) => {
      const { code, stdout, stderr } = await creditlab(['lab', 'weights-and-caps', '--json', 'o.json'], {
        cwd: dir,
        fake: 'bad-workload',
      });
      assert.equal(code, 1);
      assert.match(stdout, /^alone, no cap +A/m);
      assert.match(stdout, /^alone, cap 25 \(did not run\) +A/m);
      assert.match(stderr, /creditlab: checksum differs between two runs/);
      const result = labResultSchema.parse(readJson(dir, 'o.json')) as LabResult;
      assert.deepEqual([result.rows.length, result.complete], [1, false]);
    }));

  it('says its first sentence once', async () => {
    const { stdout } = await creditlab(['lab', 'caps'], { fake: 'quick' });
    assert.equal(stdout.match(/A cap holds a VM back/g)?.length, 1);
    assert.match(stdout, /^A has a cap of 25/m);
  });
});

describe('creditlab workloads', function () {
  this.timeout(20_000);

  it('lists all workloads without a name', async () => {
    const { code, stdout } = await creditlab(['workloads']);
    assert.equal(code, 0);
    for (const name of builtinNames) assert.match(stdout, new RegExp(`^${name} `, 'm'));
  });

  it('measures one with a name', async () => {
    const { code, stdout } = await creditlab(['workloads', 'matmul'], { fake: 'quick' });
    assert.equal(code, 0);
    assert.match(stdout, /units per second +2500\.0/);
    assert.match(stdout, /time per unit +400\.0 µs/);
    assert.match(stdout, /spread.* 0\.50 %/);
  });
});

describe('help', function () {
  this.timeout(20_000);

  it("has a command's own exit codes where the general ones don't hold", async () => {
    const [sim, conform] = await Promise.all(
      ['sim', 'conform'].map((command) => creditlab([command, '--help'])),
    );
    assert.match(sim.stdout, /130 +ended by Ctrl-C \(SIGINT\); what was simulated was written/);
    assert.match(conform.stdout, /\n {2}1 +one is different/);
    assert.doesNotMatch(conform.stdout, /checksum was right/);
  });

  for (const args of [
    ['--help'],
    ['run', '--help'],
    ['lab', '--help'],
    ['sim', '--help'],
    ['conform', '--help'],
    ['trace', '--help'],
    ['workloads', '--help'],
    ['doctor', '--help'],
    ['help', 'run'],
  ]) {
    it(`documents the exit codes once, and each option with its default: ${args.join(' ')}`, async () => {
      const { code, stdout, stderr } = await creditlab(args);
      assert.equal(code, 0);
      assert.equal(stderr, '');
      assert.match(stdout, /Exit codes:(.*\n)* +130 +ended by Ctrl-C/);
      assert.equal(stdout.match(/exit codes/gi)?.length, 1);
      const options = stdout
        .split('Options:')[1]
        .split('\n\n')[0]
        .trim()
        .split(/\n(?= +-)/);
      const bare = options.filter((text) => !/default|--help|--version/.test(text));
      assert.deepEqual(bare, []);
    });
  }
});
