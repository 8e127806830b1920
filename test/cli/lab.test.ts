import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { labResultSchema } from '../../src/result/lab-result.ts';
import { listLabs } from '../../src/scenario/builtin-labs.ts';
import { readTraces } from '../../src/trace/file-reader.ts';
import { inProcess } from './in-process.ts';
import { creditlab, inTemporaryDirectory } from './spawn.ts';

/** Where in a text these lines begin, in this order. */
function inOrder(text: string, lines: readonly string[]): void {
  const places = lines.map((line) => text.search(new RegExp(`^${line}`, 'm')));
  assert.ok(!places.includes(-1), `${String(places)}\n${text}`);
  assert.deepEqual(
    [...places].sort((a, b) => a - b),
    places,
  );
}

describe('creditlab lab', function () {
  this.timeout(20_000);

  it('lists each lab with its question', async () => {
    const { stdout } = await inProcess(['lab'], '.');
    const words = stdout.replace(/\s+/g, ' ');
    for (const { question } of listLabs()) assert.ok(words.includes(question ?? '?'), question);
    assert.ok(stdout.split('\n').every((line) => line.length <= 80));
  });

  it('refuses options without a lab that they could be for', async () => {
    for (const option of [['--json', 'o.json'], ['--quiet'], ['--repeat', '2'], ['--simulate']]) {
      const { code, stdout, stderr } = await inProcess(['lab', ...option], '.');
      assert.deepEqual([code, stdout], [2, '']);
      assert.match(stderr, new RegExp(`^creditlab: ${option[0]}: there is no lab to run\n`));
    }
  });

  it('fits into 80 columns, sentences and all', async () => {
    for (const lab of ['weights-and-caps', 'memory-neighbours', 'interactive']) {
      const { stdout } = await creditlab(['lab', lab], { fake: 'quick' });
      const wide = stdout.split('\n').filter((line) => line.length > 80);
      assert.deepEqual(wide, []);
    }
  });

  it('asks before the run and explains after the table', async () => {
    const { stdout } = await creditlab(['lab', 'weights'], { fake: 'quick' });
    inOrder(stdout, ['A VM with twice', 'Question', 'Predict', 'Look at', 'VM +share', 'Explanation']);
  });

  it('ends the figures with the verdict on all runs', async () => {
    const { stdout } = await creditlab(['lab', 'weights-and-caps'], { fake: 'quick' });
    inOrder(stdout, ['row +VM', 'Verdict on 16 runs: ', 'Explanation']);
  });

  it('ends the trace file, also when the result cannot be written', function () {
    if (!existsSync('/dev/full')) this.skip();
    return inTemporaryDirectory(async (dir) => {
      const files = ['--json', '/dev/full', '--trace', 't.gz'];
      const simulated = await inProcess(['lab', 'weights-and-caps', '--simulate', ...files], dir);
      assert.equal(simulated.code, 1);
      assert.match(simulated.stderr, /--json \/dev\/full: .*ENOSPC/);
      assert.ok(readTraces(join(dir, 't.gz')).every(({ complete }) => complete));
    });
  });

  // Here standard output is a socket, which can't be opened by its path; so the result itself doesn't come.
  it('neither asks nor explains when the result goes to standard output', async () => {
    const { stdout } = await creditlab(['lab', 'weights', '--json', '/dev/stdout'], { fake: 'quick' });
    assert.doesNotMatch(stdout, /^(Question|Predict|Look at|Explanation)/m);
  });
});

describe('creditlab lab --simulate', () => {
  it('runs all rows in virtual time, without the hardware, and says so', () =>
    inTemporaryDirectory(async (dir) => {
      const args = ['lab', 'limits', '--simulate', '--json', 'o.json', '--csv', 'o.csv'];
      const { code, stdout, stderr } = await inProcess(args, dir);
      assert.equal(code, 0, stderr);
      assert.equal(stderr, '');
      inOrder(stdout, [
        'Where the scheduler misses .*\\(simulated\\)$',
        'Question',
        'row +VM',
        'Explanation',
      ]);
      assert.match(stdout, /^1:4 +A +256 +none +25\.1 %/m);
      const { rows, complete, host } = labResultSchema.parse(
        JSON.parse(readFileSync(join(dir, 'o.json'), 'utf8')),
      );
      assert.deepEqual([rows.length, complete, host.cpuModel], [5, true, 'simulated']);
      assert.ok(rows.every(({ run }) => run.machine === 'simulated'));
    }));

  it('gives the same figures each time', async () => {
    const [one, two] = [
      await inProcess(['lab', 'smp', '--simulate'], '.'),
      await inProcess(['lab', 'smp', '--simulate'], '.'),
    ];
    assert.equal(one.stdout, two.stdout);
  });

  it('needs no such cores', async () => {
    const { code, stdout } = await inProcess(['lab', 'weights', '--simulate', '--pcpus', '63'], '.');
    assert.equal(code, 0);
    assert.match(stdout, /^CPU 63 /m);
  });

  it('refuses work in units, whose time it cannot know', () =>
    inTemporaryDirectory(async (dir) => {
      writeFileSync(join(dir, 'l.yaml'), 'pcpus: 1\nvms: [{ name: A, work: 5 units }]\n');
      const { code, stderr } = await inProcess(['lab', 'l.yaml', '--simulate', '--json', 'o.json'], dir);
      assert.equal(code, 2);
      assert.match(stderr, /--simulate: .*how long a unit of work takes/);
      assert.deepEqual(readdirSync(dir), ['l.yaml']);
    }));

  it('has nothing for --paranoid to check', async () => {
    const { code, stderr } = await inProcess(['lab', 'smp', '--simulate', '--paranoid'], '.');
    assert.equal(code, 2);
    assert.match(stderr, /cannot be used with/);
  });
});
