import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inProcess } from './in-process.ts';
import { creditlab, inTemporaryDirectory } from './spawn.ts';

const GOOD = 'duration: 1s\nvms: [{ name: A }]\n';

/** What the user types beside the scenario, and what must be said. */
const CASES: readonly (readonly [title: string, yaml: string, args: readonly string[], says: RegExp])[] = [
  ['an unknown key', 'durration: 1s\n', [], /^creditlab: s\.yaml:1:1: unknown key 'durration'/],
  [
    'an unknown workload',
    'vms: [{ name: A, workload: prims, work: 1s }]',
    [],
    /^creditlab: s\.yaml:1:28: unknown workload/,
  ],
  [
    'weight 0',
    'duration: 1s\nvms: [{ name: A, weight: 0 }]',
    [],
    /^creditlab: s\.yaml:2:26: weight must be at least 1/,
  ],
  [
    'weight 65536',
    'duration: 1s\nvms: [{ name: A, weight: 65536 }]',
    [],
    /^creditlab: s\.yaml:2:26: weight must be at most/,
  ],
  [
    'a cap above 100 × vCPUs',
    'duration: 1s\nvms: [{ name: A, cap: 101 }]',
    [],
    /^creditlab: s\.yaml:2:23: cap is higher/,
  ],
  [
    'a negative time',
    'duration: -1s\nvms: [{ name: A }]',
    [],
    /^creditlab: s\.yaml:1:11: a time cannot be negative/,
  ],
  ['a time that is none', 'duration: soon\nvms: [{ name: A }]', [], /^creditlab: s\.yaml:1:11: not a time/],
  [
    'a CPU that is not allowed',
    'pcpus: [9999]\nvms: [{ name: A }]',
    [],
    /^creditlab: s\.yaml:1:9: CPU 9999 is not allowed/,
  ],
  [
    'two VMs of one name',
    'duration: 1s\nvms: [{ name: A }, { name: A }]',
    [],
    /^creditlab: s\.yaml:2:28: two VMs/,
  ],
  [
    'a pin outside the pCPUs',
    'duration: 1s\nvms: [{ name: A, pin: [9999] }]',
    [],
    /^creditlab: s\.yaml:2:24: CPU 9999 is not among/,
  ],
  ['an empty file', '', [], /^creditlab: s\.yaml:1:1: the file is empty/],
  ['broken YAML', 'vms: [{ name: A\n', [], /^creditlab: s\.yaml:2:1: not valid YAML.*\n(.*\n)* +\| \^/],
  ['a missing file', GOOD, ['none.yaml'], /^creditlab: none\.yaml: there is no such file/],
  ['a directory as the file', GOOD, ['.'], /^creditlab: \.: this is a directory/],
  [
    'an endless device as the file',
    GOOD,
    ['/dev/zero'],
    /^creditlab: \/dev\/zero: this is not a scenario file/,
  ],
  [
    'JSON into a missing directory',
    GOOD,
    ['s.yaml', '--json', 'no/out.json'],
    /^creditlab: --json no\/out\.json: there is no directory/,
  ],
  ['CSV into a directory', GOOD, ['s.yaml', '--csv', '.'], /^creditlab: --csv \.: this is a directory/],
  [
    'JSON under a file',
    GOOD,
    ['s.yaml', '--json', 's.yaml/out.json'],
    /^creditlab: --json s\.yaml\/out\.json: /,
  ],
  [
    'JSON into what can only be read',
    GOOD,
    ['s.yaml', '--json', '/proc/x.json'],
    /^creditlab: --json \/proc\/x\.json: /,
  ],
  [
    'both outputs in one file',
    GOOD,
    ['s.yaml', '--json', 'o', '--csv', 'o'],
    /^creditlab: --csv: --json and --csv name the same file/,
  ],
  [
    'both outputs in one file, written in two ways',
    GOOD,
    ['s.yaml', '--json', 'o', '--csv', './o'],
    /^creditlab: --csv: --json and --csv name the same file/,
  ],
  [
    'an output in place of the scenario',
    GOOD,
    ['s.yaml', '--json', './s.yaml'],
    /^creditlab: --json: this would replace the input/,
  ],
  [
    'standard output as -',
    GOOD,
    ['s.yaml', '--json', '-'],
    /^creditlab: --json -: standard output is called \/dev\/stdout/,
  ],
  ['standard input as -', GOOD, ['-'], /^creditlab: -: there is no such file\n {2}hint: .*\/dev\/stdin/],
  [
    'a size that the workload does not have',
    'duration: 1s\nvms: [{ name: A, workload: matmul, size: 9999 }]',
    [],
    /^creditlab: s\.yaml:2:42: workload matmul: size 9999 is not allowed/,
  ],
  [
    'a run that a pause keeps from ending',
    'vms: [{ name: A, work: 1s }]\nevents: [{ at: 1s, vm: A, action: pause }]',
    [],
    /^creditlab: s\.yaml:2:10: VM A stays paused/,
  ],
  ['a file and --vm', GOOD, ['s.yaml', '--vm', 'A'], /^creditlab: --vm: VMs come from a file or from --vm/],
  ['a lab as a scenario', 'rows: []\n', [], /this is a lab.*\n(.*\n)* {2}hint: creditlab lab s\.yaml/],
  [
    'a bad --vm',
    GOOD,
    ['--vm', 'A:weight=0'],
    /^creditlab: --vm: weight must be at least 1\n {4}--vm A:weight=0\n {18}\^/,
  ],
  ['a bad --repeat', GOOD, ['s.yaml', '--repeat', '0'], /^creditlab: --repeat: /],
  ['a bad --duration', GOOD, ['s.yaml', '--duration', '10'], /^creditlab: --duration: a time needs a unit/],
  [
    'an unknown option',
    GOOD,
    ['s.yaml', '--jsn', 'x'],
    /^creditlab: unknown option '--jsn'\n\(Did you mean --json\?\)/,
  ],
  ['a missing argument', GOOD, ['s.yaml', '--json'], /^creditlab: option '--json <file>' argument missing/],
  ['an argument too many', GOOD, ['s.yaml', 't.yaml'], /^creditlab: too many arguments/],
];

describe('bad input', function () {
  this.timeout(20_000);
  for (const [title, yaml, args, says] of CASES) {
    it(`is one clear error with exit code 2, and nothing is started or written: ${title}`, () =>
      inTemporaryDirectory(async (dir) => {
        writeFileSync(join(dir, 's.yaml'), yaml);
        const run = ['run', ...(args.length === 0 ? ['s.yaml'] : args)];
        const { code, stdout, stderr } = await inProcess(run, dir);
        assert.match(stderr, says);
        assert.equal(code, 2);
        assert.equal(stdout, '');
        assert.equal(stderr.match(/creditlab: /g)?.length, 1, stderr);
        assert.doesNotMatch(stderr, /OPENED|\n\s+at /);
        assert.deepEqual(readdirSync(dir), ['s.yaml']);
      }));
  }

  it('is refused without the addon being looked for, and leaves the outputs alone', () =>
    inTemporaryDirectory(async (dir) => {
      writeFileSync(join(dir, 'out.json'), 'kept');
      const { code, stderr } = await creditlab(['run', '--vm', 'A:weight=0', '--json', 'out.json'], {
        cwd: dir,
      });
      assert.equal(code, 2);
      assert.match(stderr, /weight must be at least 1/);
      assert.equal(readFileSync(join(dir, 'out.json'), 'utf8'), 'kept');
    }));

  it('is an output that is another one behind a symbolic link', () =>
    inTemporaryDirectory(async (dir) => {
      writeFileSync(join(dir, 's.yaml'), GOOD);
      writeFileSync(join(dir, 'real'), 'kept');
      symlinkSync('real', join(dir, 'link'));
      symlinkSync('s.yaml', join(dir, 'scenario'));
      symlinkSync('s.yaml', join(dir, 'scenario.json'));
      for (const args of [
        ['run', 's.yaml', '--json', 'link', '--csv', 'real'],
        ['run', 's.yaml', '--csv', 'scenario'],
        ['sim', 's.yaml', '--json', 'link', '--trace', 'real'],
        ['conform', 's.yaml', '--write', 'scenario.json'],
        ['lab', './s.yaml', '--json', 'scenario'],
      ]) {
        const { code, stderr } = await inProcess(args, dir);
        assert.equal(code, 2, args.join(' '));
        assert.match(stderr, /name the same file|would replace the input/);
      }
      assert.equal(readFileSync(join(dir, 'real'), 'utf8'), 'kept');
      assert.equal(readFileSync(join(dir, 's.yaml'), 'utf8'), GOOD);
    }));

  it('is a file that is not UTF-8', () =>
    inTemporaryDirectory(async (dir) => {
      writeFileSync(join(dir, 's.yaml'), Buffer.from('name: Z\xfcrich\n', 'latin1'));
      const { code, stderr } = await inProcess(['run', 's.yaml'], dir);
      assert.equal(code, 2);
      assert.match(stderr, /^creditlab: s\.yaml: the file is not UTF-8 text/);
    }));

  it('is refused in a file that this user may not read or write', function () {
    if (process.getuid?.() === 0) this.skip(); // root may do everything
    return inTemporaryDirectory(async (dir) => {
      writeFileSync(join(dir, 's.yaml'), GOOD, { mode: 0o000 });
      mkdirSync(join(dir, 'locked'), { mode: 0o500 });
      writeFileSync(join(dir, 't.yaml'), GOOD);
      const unreadable = await creditlab(['run', 's.yaml'], { cwd: dir, fake: 'quick' });
      assert.match(unreadable.stderr, /^creditlab: s\.yaml: the file cannot be read \(EACCES\)/);
      assert.equal(unreadable.code, 2);
      const unwritable = await creditlab(['run', 't.yaml', '--json', 'locked/o.json'], {
        cwd: dir,
        fake: 'quick',
      });
      assert.match(
        unwritable.stderr,
        /^creditlab: --json locked\/o\.json: the file cannot be written \(EACCES\)/,
      );
      assert.equal(unwritable.code, 2);
    });
  });

  it('found only when the workload is tried out also exits with 2, and writes nothing', () =>
    inTemporaryDirectory(async (dir) => {
      const { code, stdout, stderr } = await creditlab(['lab', 'weights-and-caps', '--json', 'o.json'], {
        cwd: dir,
        fake: 'bad-workload-at-once',
      });
      assert.equal(code, 2);
      assert.doesNotMatch(stdout, /^row |^Explanation/m);
      assert.match(stderr, /creditlab: checksum differs between two runs/);
      assert.deepEqual(readdirSync(dir), []);
    }));
});

describe('a misspelled command', function () {
  this.timeout(20_000);
  for (const [args, says] of [
    [['rnu'], /^creditlab: unknown command 'rnu'\n\(Did you mean run\?\)/],
    [['lab', 'wieghts'], /^creditlab: there is no lab 'wieghts'\n {2}hint: did you mean 'weights'\?/],
    [
      ['workloads', 'matmull'],
      /^creditlab: unknown workload 'matmull'(.*\n)* {2}hint: did you mean matmul\?/,
    ],
    [['workloads', 'matmul', '--size', '-1'], /^creditlab: --size: /],
  ] as const) {
    it(`is corrected: ${args.join(' ')}`, async () => {
      const { code, stderr, stdout } = await creditlab(args);
      assert.match(stderr, says);
      assert.equal(code, 2);
      assert.equal(stdout, '');
    });
  }
});
