import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { forgetPolicies } from '../../src/policies.ts';
import type { RunResult } from '../../src/result/result.ts';
import { readTraces } from '../../src/trace/file-reader.ts';
import { stepsOf } from '../../src/trace/steps.ts';
import { choosing, folderOf, TEMPLATE } from '../policy-file/modules.ts';
import { inProcess } from './in-process.ts';
import { creditlab } from './spawn.ts';

interface Written {
  readonly scenario: { readonly scheduler: unknown };
  readonly runs: readonly RunResult[];
  readonly complete: boolean;
  readonly rows: readonly { readonly label: string }[];
}

const VMS = '\nvms: [{ name: A }, { name: B }]\n';
const LAB = `
title: Mine and another
scenario:
  pcpus: 1
  duration: 1s
  vms: [{ name: A }, { name: B }]
rows:
  - { label: mine, scheduler: { type: ../policies/mine.mjs, slice: 20ms }, vms: [{ name: A }, { name: B }] }
  - { label: broken, scheduler: ../policies/broken.mjs, vms: [{ name: A }, { name: B }] }
`;

describe("a scheduler of one's own on the command line", function () {
  this.timeout(30_000);
  const folder = folderOf({
    'mine.mjs': readFileSync(TEMPLATE, 'utf8'),
    'broken.mjs': choosing('if (this.turns[0] > 20) null.x;'),
  });
  before(() => {
    for (const name of ['policies', 'labs']) mkdirSync(join(folder.path, name));
    for (const name of ['mine.mjs', 'broken.mjs'])
      writeFileSync(join(folder.path, 'policies', name), readFileSync(join(folder.path, name)));
    writeFileSync(join(folder.path, 'labs', 'lab.yaml'), LAB);
    const scheduler = 'scheduler: { type: ../policies/mine.mjs, slice: 20ms }';
    const events = 'events: [{ at: 1s, scheduler: { slice: 5ms } }]';
    writeFileSync(
      join(folder.path, 'labs', 's.yaml'),
      `pcpus: 1\nduration: 2s\n${scheduler}${VMS}${events}\n`,
    );
  });
  after(folder.remove);
  afterEach(forgetPolicies);

  const sim = (...args: readonly string[]) => inProcess(['sim', ...args], folder.path);
  const json = (name: string) => JSON.parse(readFileSync(join(folder.path, name), 'utf8')) as Written;

  it('is a path, with its own parameters behind it', async () => {
    const vms = ['--pcpus', '1', '--duration', '1s', '--vm', 'A', '--vm', 'B'];
    const { code, stdout, stderr } = await sim(
      '--scheduler',
      './mine.mjs:slice=5ms',
      ...vms,
      '--json',
      'o.json',
    );
    assert.equal(stderr, '');
    assert.equal(code, 0);
    assert.match(stdout, /^command line \(simulated, mine\.mjs\)/);
    const { runs } = json('o.json');
    assert.deepEqual(
      runs[0].vms.map(({ vcpus }) => vcpus[0].dispatches),
      [100, 100],
    );
    assert.ok(!readFileSync(join(folder.path, 'o.json'), 'utf8').includes(folder.path));
  });

  it('lies beside the scenario that names it', async () => {
    const { code, stdout } = await sim('labs/s.yaml', '--json', 'o.json', '--trace', 't.jsonl', '--steps');
    assert.equal(code, 0);
    assert.match(stdout, /slice\s+5ms/);
    assert.deepEqual(json('o.json').scenario.scheduler, { type: 'mine.mjs', parameters: { sliceNs: 20e6 } });
  });

  it('explains itself in a trace where its file is not known', () => {
    const [trace] = readTraces(join(folder.path, 't.jsonl'));
    assert.equal(trace.header.policy.type, 'mine.mjs');
    assert.equal(trace.header.parameters?.scheduler[0].key, 'slice');
    assert.doesNotThrow(() => stepsOf(trace));
    assert.ok(!JSON.stringify(trace.header).includes(folder.path));
  });

  it('is explained by the command, too', async () => {
    const { code, stdout } = await inProcess(
      ['trace', 't.jsonl', '--steps', '--why', 'A/v0@0.5s'],
      folder.path,
    );
    assert.equal(code, 0);
    assert.match(stdout, /it was the first in the queue/);
  });

  it('is a row of a lab, and what was run before another one broke is kept', async () => {
    const { code, stdout, stderr } = await inProcess(
      ['lab', 'labs/lab.yaml', '--simulate', '--json', 'o.json'],
      folder.path,
    );
    assert.equal(code, 1);
    assert.match(stdout, /mine/);
    assert.match(stderr, /the scheduler broken\.mjs is broken: schedule\(\) threw TypeError/);
    const { rows, complete } = json('o.json');
    assert.equal(complete, false);
    assert.deepEqual(
      rows.map(({ label }) => label),
      ['mine'],
    );
  });

  it('says where the scenario names a module that is not there', async () => {
    writeFileSync(join(folder.path, 'bad.yaml'), `pcpus: 1\nduration: 1s\nscheduler: ./min.mjs${VMS}`);
    const { code, stderr } = await sim('bad.yaml');
    assert.equal(code, 2);
    assert.match(
      stderr,
      /bad\.yaml:3:12: there is no policy module .*min\.mjs\n.*\n.*scheduler: \.\/min\.mjs/,
    );
    assert.match(stderr, /did you mean '\.\/mine\.mjs'\?/);
  });

  it('says it of options', async () => {
    for (const [spec, said] of [
      ['./min.mjs', /--scheduler: there is no policy module/],
      ['./mine.mjs:slic=5ms', /unknown key 'slic' of mine\.mjs[^]*did you mean 'slice'/],
      ['./mine.mjs:slice=5us', /slice is out of range[^]*expected 1ms to 1s/],
      ['mine', /unknown scheduler[^]*or the path of a policy module/],
    ] as const) {
      const { code, stderr } = await sim(
        '--scheduler',
        spec,
        '--pcpus',
        '1',
        '--duration',
        '1s',
        '--vm',
        'A',
      );
      assert.equal(code, 2, spec);
      assert.match(stderr, said);
    }
    const write = [
      'conform',
      '--write',
      'g.json',
      '--scheduler',
      './mine.mjs',
      '--pcpus',
      '1',
      '--vm',
      'A:work=1s',
    ];
    const { code, stderr } = await inProcess(write, folder.path);
    assert.equal(code, 2);
    assert.match(stderr, /there are no golden files of the scheduler mine\.mjs/);
  });

  it('that loops ends by itself, and a signal does not last for ever', async () => {
    writeFileSync(join(folder.path, 'endless.mjs'), choosing('if (this.turns[0] > 20) for (;;);'));
    const vms = ['--pcpus', '1', '--duration', '1s', '--vm', 'A', '--vm', 'B'];
    const { code, stderr, tookMs } = await creditlab(['sim', '--scheduler', './endless.mjs', ...vms], {
      cwd: folder.path,
      started: (child) => setTimeout(() => child.kill('SIGINT'), 2000),
    });
    assert.ok(code === 1 || code === 130, String(code));
    assert.match(stderr, /schedule\(\) does not return|SIGINT/);
    assert.ok(tookMs < 15_000, String(tookMs));
  });
});

describe('creditlab policy new', () => {
  const folder = folderOf({ 'there.mjs': 'mine' });
  after(folder.remove);
  afterEach(forgetPolicies);

  const policy = (...args: readonly string[]) => inProcess(['policy', ...args], folder.path);

  it('writes a scheduler of less than 80 lines that runs as it is', async () => {
    const { code, stdout } = await policy('new', 'fifo.mjs');
    assert.equal(code, 0);
    const text = readFileSync(join(folder.path, 'fifo.mjs'), 'utf8');
    assert.ok(text.split('\n').length < 80);
    assert.ok(!text.includes('mine.mjs'));
    const command = /^ {2}creditlab (sim .*)$/m.exec(stdout)?.[1].split(' ') ?? [];
    const ran = await inProcess(command, folder.path);
    assert.equal(ran.stderr, '');
    assert.equal(ran.code, 0);
    assert.match(ran.stdout, /fifo\.mjs/);
  });

  it('replaces nothing unless it is told to', async () => {
    const refused = await policy('new', 'there.mjs');
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /there\.mjs: the file is there already[^]*--force replaces it/);
    assert.equal(readFileSync(join(folder.path, 'there.mjs'), 'utf8'), 'mine');
    assert.equal((await policy('new', 'there.mjs', '--force')).code, 0);
    assert.match(readFileSync(join(folder.path, 'there.mjs'), 'utf8'), /definePolicy/);
  });

  it('says what a good name is', async () => {
    const wrong = await policy('new', 'mine.ts');
    assert.equal(wrong.code, 2);
    assert.match(wrong.stderr, /ends in \.mjs[^]*hint: creditlab policy new mine\.mjs/);
    assert.match((await policy('new', 'not/there.mjs')).stderr, /there is no directory not/);
  });
});
