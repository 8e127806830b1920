import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { resultSchema } from '../../src/experiment/result-schema.ts';
import { inProcess } from './in-process.ts';
import { inTemporaryDirectory } from './spawn.ts';

const readJson = (dir: string, name: string): unknown => JSON.parse(readFileSync(join(dir, name), 'utf8'));

describe('creditlab sim', () => {
  it('runs a scenario in virtual time, without the hardware, and says so everywhere', () =>
    inTemporaryDirectory(async (dir) => {
      writeFileSync(
        join(dir, 's.yaml'),
        'name: s\npcpus: 1\nduration: 9s\nvms:\n  - { name: A }\n  - { name: B, weight: 512 }\n',
      );
      const args = ['sim', 's.yaml', '--json', 'o.json', '--csv', 'o.csv'];
      const { code, stdout, stderr } = await inProcess(args, dir);
      assert.equal(code, 0, stderr);
      assert.equal(stderr, '');
      assert.match(stdout, /^s \(simulated\)\n/);
      assert.match(stdout, /^A +33\.\d % +33\.3 %$/m);
      const { runs, host } = resultSchema.parse(readJson(dir, 'o.json'));
      assert.deepEqual([runs.length, runs[0].machine, host.cpuModel], [1, 'simulated', 'simulated']);
      assert.match(readFileSync(join(dir, 'o.csv'), 'utf8'), /^s,1,simulated,true,9000000000,A,/m);
      assert.deepEqual(readdirSync(dir).sort(), ['o.csv', 'o.json', 's.yaml']);
    }));

  it('takes --vm, 64 invented pCPUs and a duration', () =>
    inTemporaryDirectory(async (dir) => {
      const args = ['sim', '--pcpus', '0-63', '--duration', '1s', '--vm', 'A:vcpus=128'];
      const { code, stdout } = await inProcess(args, dir);
      assert.equal(code, 0);
      assert.match(stdout, /^A +6400\.0 %/m);
      assert.match(stdout, /^CPU 63 +100\.00 %/m);
    }));

  it('shows bands over several seeds, with jitter, and repeats them exactly', () =>
    inTemporaryDirectory(async (dir) => {
      const args = [
        'sim',
        '--pcpus',
        '0',
        '--vm',
        'A:work=2s',
        '--vm',
        'B:weight=700,work=2s',
        '--seeds',
        '5',
      ];
      const [one, two] = [await inProcess([...args, '--json', 'o.json'], dir), await inProcess(args, dir)];
      assert.equal(one.code, 0, one.stderr);
      assert.equal(one.stdout, two.stdout);
      assert.match(one.stdout, /5 seeds: median \[least–greatest\]/);
      assert.match(
        one.stdout,
        /^B +700 +none +50\.0 % \[50\.0–50\.0\] +50\.0 % +2\.\d+ s \[2\.\d+–2\.\d+\] +2\.731 s$/m,
      );
      const walls = resultSchema.parse(readJson(dir, 'o.json')).runs.map(({ vms }) => vms[1].wallNs);
      assert.equal(walls.length, 5);
      assert.ok(new Set(walls).size > 1, 'seeds differ');
      const exact = await inProcess([...args, '--jitter', '0', '--json', 'o.json'], dir);
      assert.equal(exact.code, 0);
      const same = resultSchema.parse(readJson(dir, 'o.json')).runs.map(({ vms }) => vms[1].wallNs);
      assert.equal(new Set(same).size, 1, 'without jitter they do not');
    }));

  it('writes a golden file that conform accepts', () =>
    inTemporaryDirectory(async (dir) => {
      const args = ['sim', '--pcpus', '0-1', '--duration', '2s', '--vm', 'A:vcpus=3,cap=120', '--vm', 'B'];
      const written = await inProcess([...args, '--golden', 'g.json'], dir);
      assert.equal(written.code, 0, written.stderr);
      const { code, stdout } = await inProcess(['conform', 'g.json'], dir);
      assert.equal(code, 0);
      assert.match(stdout, /1 of 1 files are the same/);
    }));

  it('takes the time of a unit for all VMs or for one', () =>
    inTemporaryDirectory(async (dir) => {
      const vms = ['--vm', 'A:work=1000 units', '--vm', 'B:work=1000 units'];
      const args = [
        'sim',
        '--pcpus',
        '0',
        ...vms,
        '--unit-time',
        '1ms',
        '--unit-time',
        'B=2ms',
        '--json',
        'o.json',
      ];
      const { code, stderr } = await inProcess(args, dir);
      assert.equal(code, 0, stderr);
      const [{ vms: results }] = resultSchema.parse(readJson(dir, 'o.json')).runs;
      assert.deepEqual(
        results.map(({ cpuNs }) => cpuNs),
        [1e9, 2e9],
      );
    }));

  const bad: [string, string[], RegExp][] = [
    [
      'work in units of unknown length',
      ['--vm', 'A:work=5 units'],
      /work of VM A is in units.*\n.*\n +hint: --unit-time A=/,
    ],
    [
      'a time for a VM that is not there',
      ['--vm', 'A:work=1s', '--unit-time', 'C=1ms'],
      /--unit-time: there is no VM 'C'/,
    ],
    ['a time without a unit', ['--vm', 'A:work=1s', '--unit-time', '5'], /--unit-time: a time needs a unit/],
    ['jitter that is no time', ['--vm', 'A:work=1s', '--jitter', 'much'], /--jitter: not a time/],
    ['jitter of minutes', ['--vm', 'A:work=1s', '--jitter', '2m'], /--jitter: the time is too long/],
    ['no seeds', ['--vm', 'A:work=1s', '--seeds', '0'], /--seeds: not a number/],
    [
      'a golden file with jitter',
      ['--vm', 'A:work=1s', '--jitter', '1us', '--golden', 'g'],
      /a golden file is exact/,
    ],
    [
      'a golden file with seeds',
      ['--vm', 'A:work=1s', '--seeds', '2', '--golden', 'g'],
      /a golden file is exact/,
    ],
    [
      'a file that cannot be written',
      ['--vm', 'A:work=1s', '--golden', 'no/g'],
      /--golden no\/g: there is no directory/,
    ],
    ['nothing to run', [], /there is nothing to run/],
  ];
  for (const [what, args, message] of bad) {
    it(`refuses ${what}, and writes nothing`, () =>
      inTemporaryDirectory(async (dir) => {
        const { code, stderr } = await inProcess(['sim', ...args], dir);
        assert.equal(code, 2);
        assert.match(stderr, message);
        assert.deepEqual(readdirSync(dir), []);
      }));
  }
});
