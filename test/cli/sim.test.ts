import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { resultSchema } from '../../src/result/result.ts';
import { inProcess } from './in-process.ts';
import { inTemporaryDirectory } from './spawn.ts';

const readJson = (dir: string, name: string): unknown => JSON.parse(readFileSync(join(dir, name), 'utf8'));

/** All keys, however deep. */
function keysOf(value: unknown, keys = new Set<string>()): Set<string> {
  if (typeof value !== 'object' || value === null) return keys;
  if (!Array.isArray(value)) for (const key of Object.keys(value)) keys.add(key);
  for (const each of Object.values(value)) keysOf(each, keys);
  return keys;
}

describe('creditlab sim', () => {
  it('says with --steps, and in the report, what the changes did', () =>
    inTemporaryDirectory(async (dir) => {
      writeFileSync(
        join(dir, 's.yaml'),
        'pcpus: [0]\nduration: 4s\nvms: [{ name: A }, { name: B }]\nevents: [{ at: 2s, vm: A, cap: 25 }]\n',
      );
      const { code, stdout } = await inProcess(['sim', 's.yaml', '--steps', '--html', 'r.html'], dir);
      assert.equal(code, 0);
      assert.match(stdout, /What the changes did\n.*\n2\.000 s: A cap 25\nA +50\.0 → 25\.0 %/);
      const page = readFileSync(join(dir, 'r.html'), 'utf8');
      assert.match(page, /<h2 id="steps">What the changes did/);
      assert.match(page, /A cap 25.*50\.0 → 25\.0 %/s);
      const still = await inProcess(['sim', '--pcpus', '0', '--duration', '1s', '--vm', 'A', '--steps'], dir);
      assert.match(still.stdout, /What the changes did\nNothing was changed while it ran/);
    }));

  it('says which scheduler it was where it is not the default', () =>
    inTemporaryDirectory(async (dir) => {
      const args = ['--scheduler', 'round-robin', '--pcpus', '0', '--duration', '1s', '--vm', 'A'];
      const { stdout } = await inProcess(['sim', ...args, '--trace', 't.jsonl'], dir);
      assert.match(stdout, /^command line \(simulated, round-robin\)\n/);
      assert.match(
        (await inProcess(['trace', 't.jsonl'], dir)).stdout,
        /^command line \(simulated, round-robin\)\n/,
      );
    }));

  it('writes neither weights nor caps under a scheduler that has none', () =>
    inTemporaryDirectory(async (dir) => {
      const files = ['--json', 'o.json', '--trace', 't.jsonl'];
      const keysUnder = async (scheduler: string) => {
        const args = ['--scheduler', scheduler, '--pcpus', '0', '--duration', '1s', '--vm', 'A', '--vm', 'B'];
        const { code, stderr } = await inProcess(['sim', ...args, ...files], dir);
        assert.equal(code, 0, stderr);
        const [header] = readFileSync(join(dir, 't.jsonl'), 'utf8').split('\n');
        const result = resultSchema.parse(readJson(dir, 'o.json'));
        assert.equal(result.runs[0].vms[0].idealSharePercent, 50);
        const { scenario } = JSON.parse(header) as { scenario: unknown };
        return [keysOf(result), keysOf(scenario)].map((keys) =>
          ['weight', 'cap'].filter((key) => keys.has(key)),
        );
      };
      assert.deepEqual(await keysUnder('round-robin'), [[], []]);
      assert.deepEqual(await keysUnder('credit'), [
        ['weight', 'cap'],
        ['weight', 'cap'],
      ]);
    }));

  it('writes only what the scheduler counts', () =>
    inTemporaryDirectory(async (dir) => {
      const countersUnder = async (scheduler: string) => {
        const args = ['--scheduler', scheduler, '--pcpus', '0', '--duration', '1s', '--vm', 'A'];
        const desk = ['--vm', 'DESK:workload=interactive'];
        const { stdout } = await inProcess(
          ['sim', ...args, ...desk, '--json', 'o.json', '--csv', 'o.csv'],
          dir,
        );
        const [{ vms }] = resultSchema.parse(readJson(dir, 'o.json')).runs;
        const [header, ...lines] = readFileSync(join(dir, 'o.csv'), 'utf8').split('\r\n');
        const boosts = lines[1].split(',')[header.split(',').indexOf('boosts')];
        return [vms[1].vcpus[0].counters, boosts, stdout.includes('boosts')];
      };
      assert.deepEqual(await countersUnder('round-robin'), [{}, '', false]);
      assert.deepEqual(await countersUnder('credit'), [{ boosts: 1 }, '1', true]);
    }));

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
      assert.match(
        readFileSync(join(dir, 'o.csv'), 'utf8'),
        /^s,1,,simulated,true,,9000000000,9000000000,,,A,/m,
      );
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

  it('takes 1024 pCPUs and 16384 vCPUs', () =>
    inTemporaryDirectory(async (dir) => {
      const args = ['sim', '--pcpus', '0-1023', '--duration', '200ms', '--vm', 'A:vcpus=16384'];
      const { code, stdout, stderr } = await inProcess(args, dir);
      assert.equal(code, 0, stderr);
      assert.match(stdout, /^CPU 1023 +100\.00 %/m);
    }));

  it('takes a topology, which decides who runs where', () =>
    inTemporaryDirectory(async (dir) => {
      const args = ['sim', '--duration', '1s', '--vm', 'A:vcpus=2'];
      const busyNs = async (...options: string[]) => {
        const { code, stderr } = await inProcess([...args, ...options, '--json', 'o.json'], dir);
        assert.equal(code, 0, stderr);
        const { runs, scenario } = resultSchema.parse(readJson(dir, 'o.json'));
        return { topology: scenario.topology, busyNs: runs[0].pcpus.map(({ busyNs: ns }) => ns) };
      };
      assert.deepEqual(await busyNs('--pcpus', '0-3'), { topology: undefined, busyNs: [1e9, 1e9, 0, 0] });
      assert.deepEqual(await busyNs('--topology', '1x2x2'), {
        topology: { cores: [0, 0, 1, 1], sockets: [0, 0, 0, 0] },
        busyNs: [0.02e9, 1e9, 0.98e9, 0],
      });
    }));

  it('shows bands over several seeds, with lateness, and repeats them exactly', () =>
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
        /^B +700 +none +71\.\d % \[71\.\d–7\d\.\d\] +73\.2 % +2\.\d+ s \[2\.\d+–2\.\d+\] +2\.731 s$/m,
      );
      const walls = resultSchema.parse(readJson(dir, 'o.json')).runs.map(({ vms }) => vms[1].wallNs);
      assert.equal(walls.length, 5);
      assert.ok(new Set(walls).size > 1, 'seeds differ');
      const exact = await inProcess([...args, '--latency', 'none', '--json', 'o.json'], dir);
      assert.equal(exact.code, 0);
      const same = resultSchema.parse(readJson(dir, 'o.json')).runs.map(({ vms }) => vms[1].wallNs);
      assert.equal(new Set(same).size, 1, 'without lateness they do not');
    }));

  it('takes every model of lateness, and repeats it by seed', () =>
    inTemporaryDirectory(async (dir) => {
      const vms = ['--pcpus', '0', '--vm', 'A:work=1s', '--vm', 'B:weight=700,work=1s'];
      const wallNs = async (...options: string[]) => {
        const { code, stderr } = await inProcess(['sim', ...vms, ...options, '--json', 'o.json'], dir);
        assert.equal(code, 0, stderr);
        return resultSchema.parse(readJson(dir, 'o.json')).runs[0].vms[1].wallNs;
      };
      const exact = await wallNs();
      // A result with its lateness, as `creditlab run` would have written it.
      const result = resultSchema.parse(readJson(dir, 'o.json'));
      const each = {
        count: 4,
        p50: 40e3,
        p99: 3e6,
        max: 3e6,
        buckets: [[40e3, 3] as const, [2.8e6, 1] as const],
      };
      const latencyNs = { timer: each, exit: each, wake: each, handOver: each, gap: each, start: each };
      const runs = result.runs.map((run) => ({ ...run, loop: { ...run.loop, latencyNs } }));
      writeFileSync(join(dir, 'r.json'), JSON.stringify({ ...result, runs }));
      for (const model of [
        'fixed:40us',
        'uniform:50us',
        'exponential:30us',
        'normal:30us,10us',
        'measured:r.json',
      ]) {
        const late = await wallNs('--latency', model);
        // A lateness that is always the same shifts everything by the same.
        if (model !== 'fixed:40us') assert.notEqual(late, exact, model);
        assert.equal(late, await wallNs('--latency', model), model);
        const other = await wallNs('--latency', model, '--seed', '2');
        if (model === 'fixed:40us') assert.equal(other, late);
        else assert.notEqual(other, late, model);
      }
      for (const model of ['none', 'uniform:0', 'normal:0,0us']) {
        assert.equal(await wallNs('--latency', model), exact, model);
      }
    }));

  it('does not replace the result that lateness is taken from', () =>
    inTemporaryDirectory(async (dir) => {
      writeFileSync(join(dir, 'r.json'), '{}');
      const args = ['sim', '--vm', 'A:work=1s', '--latency', 'measured:./r.json', '--json', 'r.json'];
      const { code } = await inProcess(args, dir);
      assert.equal(code, 2);
      assert.equal(readFileSync(join(dir, 'r.json'), 'utf8'), '{}');
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
    [
      'an unknown model of lateness',
      ['--vm', 'A:work=1s', '--latency', 'unifrom:5us'],
      /--latency: not a model of lateness\n.*got 'unifrom:5us'\n +hint: did you mean 'uniform'\?/,
    ],
    ['a model without its time', ['--vm', 'A:work=1s', '--latency', 'uniform'], /--latency: not a model/],
    [
      'a model with a time too many',
      ['--vm', 'A:work=1s', '--latency', 'fixed:1us,2us'],
      /--latency: not a model/,
    ],
    ['no lateness with a time', ['--vm', 'A:work=1s', '--latency', 'none:1us'], /--latency: not a model/],
    [
      'a model with a bad time',
      ['--vm', 'A:work=1s', '--latency', 'normal:30us,10'],
      /--latency: a time needs a unit\n.*got 'normal:30us,10'/,
    ],
    [
      'lateness of minutes',
      ['--vm', 'A:work=1s', '--latency', 'exponential:2m'],
      /--latency: the time is too long/,
    ],
    [
      'lateness from a file that is not there',
      ['--vm', 'A:work=1s', '--latency', 'measured:r.json'],
      /r\.json: there is no such file/,
    ],
    [
      'a tick phase that is no time',
      ['--vm', 'A:work=1s', '--scheduler', 'credit:tick-phase=x'],
      /--scheduler: not a time\n.*credit:tick-phase=x\n {34}\^\n/,
    ],
    ['no seeds', ['--vm', 'A:work=1s', '--seeds', '0'], /--seeds: not a number/],
    [
      'a topology of another size',
      ['--vm', 'A:work=1s', '--pcpus', '0', '--topology', '2x4x2'],
      /--topology: .*= 1, /s,
    ],
    [
      'jitter, which another option says',
      ['--vm', 'A:work=1s', '--jitter', '50us'],
      /--jitter: there is no such option any more\n.*hint: --latency uniform:50us says the same/,
    ],
    [
      'a golden file, which another command writes',
      ['--vm', 'A:work=1s', '--golden', 'g.json'],
      /--golden: .*\n.*hint: .*'creditlab conform --write g\.json'/,
    ],
    [
      'a file that cannot be written',
      ['--vm', 'A:work=1s', '--json', 'no/g'],
      /--json no\/g: there is no directory/,
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
