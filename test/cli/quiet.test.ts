import assert from 'node:assert/strict';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/base/package-root.ts';
import { inProcess } from './in-process.ts';
import { creditlab, inTemporaryDirectory } from './spawn.ts';

const VMS = ['--vm', 'A', '--vm', 'B', '--duration', '1s'];
const GOLDEN = join(packageRoot(), 'test/golden');

/** Each command, with files that it can write; FAKE stands in for the hardware. */
const COMMANDS: readonly (readonly [args: readonly string[], files: readonly string[]])[] = [
  [
    ['run', ...VMS],
    ['--json', '--csv', '--html', '--trace', '--perfetto', '--chrome'],
  ],
  [['run', '--gantt', ...VMS], []],
  [
    ['lab', 'weights'],
    ['--json', '--html'],
  ],
  [
    ['lab', 'weights', '--simulate'],
    ['--json', '--html'],
  ],
  [
    ['sim', '--pcpus', '0', ...VMS],
    ['--json', '--csv', '--html', '--trace'],
  ],
  [['conform', '--pcpus', '0', ...VMS], ['--write']],
  [['sim', '--gantt', '--seeds', '3', '--pcpus', '0', ...VMS], []],
  [['conform', join(GOLDEN, '01_1p_256_256.json.gz')], ['--json']],
  [['workloads'], []],
  [['workloads', 'primes'], []],
];

describe('--quiet', function () {
  this.timeout(20_000);

  for (const [args, files] of COMMANDS) {
    it(`leaves only the files that were asked for: creditlab ${args.join(' ').replace(`${GOLDEN}/`, '')}`, () =>
      inTemporaryDirectory(async (dir) => {
        const wanted = files.map((option) => `${option.slice(2)}.json`);
        const outputs = files.flatMap((option, i) => [option, wanted[i]]);
        const { code, stdout, stderr } = await creditlab([...args, ...outputs, '--quiet'], {
          cwd: dir,
          fake: 'quick',
        });
        assert.equal(code, 0, stderr);
        assert.equal(stdout, '');
        assert.match(stderr, /^(?:OPENED\n)?$/);
        assert.deepEqual(readdirSync(dir).sort(), [...wanted].sort());
        for (const file of wanted) assert.ok(statSync(join(dir, file)).size > 0, file);
      }));
  }

  it('leaves only the files that were asked for: creditlab trace', () =>
    inTemporaryDirectory(async (dir) => {
      await inProcess(['sim', '--pcpus', '0', ...VMS, '--trace', 't.gz'], dir);
      const args = ['trace', 't.gz', '--records', '--why', '0.5s', '--json', 'o.json', '-q'];
      const { code, stdout, stderr } = await inProcess(args, dir);
      assert.deepEqual([code, stdout, stderr], [0, '', '']);
      assert.deepEqual(readdirSync(dir).sort(), ['o.json', 't.gz']);
    }));

  it('leaves errors and the exit code', () =>
    inTemporaryDirectory(async (dir) => {
      const refused = await inProcess(['sim', '--quiet'], dir);
      assert.deepEqual([refused.code, refused.stdout], [2, '']);
      assert.match(refused.stderr, /^creditlab: .*there is nothing to run/);
      const wrong = await creditlab(['run', ...VMS, '--repeat', '2', '-q'], {
        cwd: dir,
        fake: 'wrong-checksum',
      });
      assert.deepEqual([wrong.code, wrong.stdout], [1, '']);
      assert.match(wrong.stderr, /a checksum differs/);
    }));
});
