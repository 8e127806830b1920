import assert from 'node:assert/strict';
import { listLabs, loadLab, MAIN_LAB } from '../../src/scenario/builtin-labs.ts';
import { resolveLab } from '../../src/scenario/lab.ts';
import { parseYaml } from '../../src/scenario/yaml-source.ts';
import { errorOf, HOST } from './attempt.ts';

const lab = (rows: string) => `title: t
scenario:
  pcpus: 1
  vms:
    - { name: A, work: 1s }
    - { name: B, work: 1s, cap: 50 }
  events:
    - { at: 1s, vm: B, cap: 60 }
rows:
${rows}
`;
const resolve = (yaml: string) => resolveLab(parseYaml(yaml, 'my.yaml'), HOST);

describe('the ready-made labs', () => {
  it('begin with the main one', () => {
    assert.equal(listLabs()[0].name, MAIN_LAB);
  });

  for (const { name, rows, title } of listLabs()) {
    it(`can be loaded: ${name}`, () => {
      const plan = loadLab(name, { allowedCpus: [0, 1] });
      assert.equal(plan.rows.length, rows);
      assert.equal(plan.title, title);
    });
  }

  it('hold in the main lab each cap alone, and each pair of weights with each cap', () => {
    const { rows } = loadLab(MAIN_LAB, { allowedCpus: [0, 1] });
    const seen = rows.map(({ scenario }) =>
      scenario.vms.map(({ weight, cap }) => `${String(weight)}/${String(cap)}`).join(' '),
    );
    const caps = [0, 25, 50, 75];
    const expected = [
      ...caps.map((cap) => `256/${String(cap)}`),
      ...[256, 512, 1024].flatMap((weight) =>
        caps.map((cap) => `256/${String(cap)} ${String(weight)}/${String(cap)}`),
      ),
    ];
    assert.deepEqual(seen, expected);
    for (const { scenario } of rows) {
      assert.equal(scenario.pcpus.length, 1);
      for (const { work, workload } of scenario.vms) {
        assert.deepEqual(work, { kind: 'cpu', ns: 1e9 });
        assert.equal(workload.spec, rows[0].scenario.vms[0].workload.spec);
      }
    }
  });

  it('take other CPUs and another seed', () => {
    const plan = loadLab(MAIN_LAB, { allowedCpus: [0, 1] }, { pcpus: '0', seed: '77' });
    for (const { scenario } of plan.rows) {
      assert.deepEqual(scenario.pcpus, [0]);
      assert.equal(scenario.seed, 77);
    }
  });

  it('are suggested for a misspelled name', () => {
    assert.match(errorOf(() => loadLab('wieghts', HOST)).describe(), /did you mean 'weights'/);
  });
});

describe('a lab file', () => {
  it('runs in each row the VMs that the row names, with its weights and caps', () => {
    const { rows } = resolve(
      lab('  - { label: a, vms: [{ name: A }] }\n  - { label: b, vms: [{ name: B, weight: 9 }] }'),
    );
    assert.deepEqual(
      rows.map(({ scenario }) => scenario.vms.map(({ name, weight, cap }) => ({ name, weight, cap }))),
      [[{ name: 'A', weight: 256, cap: 0 }], [{ name: 'B', weight: 9, cap: 50 }]],
    );
    assert.deepEqual(
      rows.map(({ scenario }) => scenario.events.length),
      [0, 1],
    );
    assert.equal(rows[1].scenario.name, 'my: b');
  });

  it('gives a row its own cores, duration and scheduler, which changes only what it names', () => {
    const yaml = lab(
      '  - { label: a, vms: [{ name: A }] }\n' +
        '  - { label: b, pcpus: [1], duration: 3s, scheduler: { tslice: 5ms }, vms: [{ name: A }] }',
    ).replace('  pcpus: 1\n', '  pcpus: 1\n  scheduler: { tslice: 10ms, ratelimit: 2ms }\n');
    const [a, b] = resolve(yaml).rows.map(({ scenario }) => scenario);
    assert.deepEqual(
      [a.scheduler.parameters.tsliceNs, a.scheduler.parameters.ratelimitNs, a.durationNs],
      [10e6, 2e6, null],
    );
    assert.deepEqual(
      [b.scheduler.parameters.tsliceNs, b.scheduler.parameters.ratelimitNs, b.durationNs],
      [5e6, 2e6, 3e9],
    );
    assert.deepEqual(b.pcpus, [1]);
  });

  it('gives way to options, also in what a row says', () => {
    const yaml = lab('  - { label: a, pcpus: [1], vms: [{ name: A }] }');
    const { rows } = resolveLab(parseYaml(yaml, 'my.yaml'), HOST, { pcpus: '0' });
    assert.deepEqual(rows[0].scenario.pcpus, [0]);
  });

  it('keeps what it says to its reader', () => {
    const rows = '  - { label: a, vms: [{ name: A }] }\n';
    const plan = resolve(
      `question: why?\npredict: >\n  this\n  and that\n${lab(rows)}explanation: because\n`,
    );
    assert.deepEqual(
      [plan.question, plan.predict, plan.look, plan.explanation],
      ['why?', 'this and that', undefined, 'because'],
    );
  });

  const mistakes: [string, string, string, RegExp][] = [
    [
      'a slice of 0',
      '  - { label: a, scheduler: { tslice: 0 }, vms: [{ name: A }] }',
      '10:38',
      /tslice is out of range/,
    ],
    [
      'a rate limit longer than the slice',
      '  - { label: a, scheduler: { ratelimit: 50ms }, vms: [{ name: A }] }',
      '10:41',
      /ratelimit is more than tslice/,
    ],
    [
      'cores that are not there',
      '  - { label: a, pcpus: 99, vms: [{ name: A }] }',
      '10:24',
      /more pCPUs than/,
    ],
    ['no duration', '  - { label: a, duration: 0, vms: [{ name: A }] }', '10:27', /more than nothing/],
    [
      'an event after the duration',
      '  - { label: a, duration: 500ms, vms: [{ name: B }] }',
      '8:13',
      /after|before|duration/,
    ],
    ['an unknown VM', '  - { label: a, vms: [{ name: C }] }', '10:31', /no VM 'C'/],
    ['a cap above 100', '  - { label: a, vms: [{ name: A, cap: 101 }] }', '10:39', /at most 100/],
    ['weight 0', '  - { label: a, vms: [{ name: A, weight: 0 }] }', '10:42', /at least 1/],
    ['an unknown key', '  - { label: a, vms: [{ name: A, work: 1s }] }', '10:34', /unknown key 'work'/],
    [
      'a label used twice',
      '  - { label: a, vms: [{ name: A }] }\n  - { label: a, vms: [{ name: B }] }',
      '11:14',
      /same label/,
    ],
    ['a VM twice in a row', '  - { label: a, vms: [{ name: A }, { name: A }] }', '10:44', /same name/],
    ['no VMs in a row', '  - { label: a, vms: [] }', '10:22', /no VMs/],
    ['no rows', '  []', '10:3', /no rows/],
  ];
  for (const [title, rows, place, says] of mistakes) {
    it(`is refused at the right place: ${title}`, () => {
      const error = errorOf(() => resolve(lab(rows)));
      assert.match(error.describe(), says);
      assert.equal(error.details.where, `my.yaml:${place}`);
    });
  }

  it('is refused where its scenario is wrong, even in what no row uses', () => {
    const yaml = lab('  - { label: a, vms: [{ name: A }] }').replace('cap: 50', 'cap: 500');
    const error = errorOf(() => resolve(yaml));
    assert.equal(error.details.where, 'my.yaml:6:33');
  });
});
