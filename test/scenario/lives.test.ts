import assert from 'node:assert/strict';
import { planOf } from '../../src/scenario/plan.ts';
import { errorOf, fromYaml } from './attempt.ts';

const S = 1e9;
const WITH_TWO =
  'pcpus: [0, 1]\nduration: 9s\nvms: [{ name: A, vcpus: 2 }, { name: B, start: 4s }]\nevents:\n';

/** A scenario with A (two vCPUs) and B (from 4 s on), and these events. */
function played(...events: string[]) {
  return fromYaml(WITH_TWO + events.map((event) => `  - { ${event} }\n`).join(''));
}

describe('an event that creates a VM', () => {
  it('is a VM that starts then', () => {
    const { vms, events } = played('at: 3s, create: { name: C, weight: 512, work: 1s, pin: [1] }');
    assert.deepEqual(events, []);
    const { startNs, weight, work, pin } = vms[2];
    assert.deepEqual(
      { names: vms.map(({ name }) => name), startNs, weight, work, pin },
      { names: ['A', 'B', 'C'], startNs: 3 * S, weight: 512, work: { kind: 'cpu', ns: S }, pin: [1] },
    );
  });

  it('makes it known to later events, in whatever order they are written', () => {
    const { events } = played('at: 5s, vm: C, cap: 20', 'at: 3s, create: { name: C }');
    assert.deepEqual(events, [{ atNs: 5 * S, kind: 'set', vm: 'C', cap: 20 }]);
  });

  it('may be all that a scenario begins with', () => {
    const { vms } = fromYaml('duration: 9s\nvms: []\nevents: [{ at: 1s, create: { name: C } }]\n');
    assert.deepEqual(
      vms.map(({ name, startNs }) => [name, startNs]),
      [['C', S]],
    );
  });

  it('does not take a VM for another life that was called like one from the beginning', () => {
    const { vms, events } = fromYaml(
      'duration: 9s\nvms: [{ name: web }, { name: web.2 }]\nevents:\n' +
        '  - { at: 1s, vm: web, action: destroy }\n  - { at: 2s, create: { name: web } }\n' +
        '  - { at: 3s, vm: web, cap: 20 }\n',
    );
    assert.deepEqual(
      vms.map(({ name }) => name),
      ['web', 'web.2', 'web.3'],
    );
    assert.deepEqual(events.at(-1), { atNs: 3 * S, kind: 'set', vm: 'web.3', cap: 20 });
  });

  it('gives a name whose VM was destroyed to another life', () => {
    const { vms, events } = played(
      'at: 1s, vm: A, action: destroy',
      'at: 2s, create: { name: A }',
      'at: 3s, vm: A, weight: 7',
    );
    assert.deepEqual(
      vms.map(({ name, startNs }) => [name, startNs]),
      [
        ['A', 0],
        ['B', 4 * S],
        ['A.2', 2 * S],
      ],
    );
    assert.deepEqual(events[1], { atNs: 3 * S, kind: 'set', vm: 'A.2', weight: 7 });
  });
});

describe('an event that destroys, pins or marks', () => {
  it('is an event of the scenario', () => {
    const { events } = played(
      'at: 1s, vm: A, vcpu: 1, pin: [1]',
      'at: 2s, vm: A, pin: all',
      'at: 3s, mark: look here',
      'at: 3s, vm: A, action: destroy',
    );
    assert.deepEqual(events, [
      { atNs: S, kind: 'pin', vm: 'A', vcpu: 1, pin: [1] },
      { atNs: 2 * S, kind: 'pin', vm: 'A', vcpu: null, pin: null },
      { atNs: 3 * S, kind: 'mark', text: 'look here' },
      { atNs: 3 * S, kind: 'destroy', vm: 'A' },
    ]);
  });

  it('tells the loop pCPUs and numbers, and nothing of marks', () => {
    const scenario = fromYaml(
      'pcpus: [3, 1]\nduration: 9s\nvms: [{ name: A }, { name: B }]\nevents:\n  - { at: 1s, vm: B, pin: [1] }\n' +
        '  - { at: 2s, mark: look }\n  - { at: 3s, vm: B, action: destroy }\n',
    );
    assert.deepEqual(planOf(scenario).events, [
      { atNs: S, kind: 'pin', vm: 1, vcpu: null, pcpus: [1] },
      { atNs: 3 * S, kind: 'destroy', vm: 1 },
    ]);
  });
});

describe('an event that changes a workload', () => {
  it('ends the VM, and begins another life of it as it was then', () => {
    const { vms, events } = played(
      'at: 1s, vm: A, weight: 512, cap: 30',
      'at: 2s, vm: A, vcpu: 1, pin: [1]',
      'at: 2s, vm: A, action: pause',
      'at: 3s, vm: A, workload: matmul, size: 64, work: 20 units',
      'at: 5s, vm: A, weight: 3',
    );
    const [, , { name, weight, cap, vcpus, startNs, workload, work, pin }] = vms;
    assert.deepEqual(
      { name, weight, cap, vcpus, startNs, spec: workload.spec, size: workload.size, work, pin },
      {
        name: 'A.2',
        weight: 512,
        cap: 30,
        vcpus: 2,
        startNs: 3 * S,
        spec: 'matmul',
        size: 64,
        work: { kind: 'units', units: 20 },
        pin: null,
      },
    );
    assert.deepEqual(events.slice(3), [
      { atNs: 3 * S, kind: 'destroy', vm: 'A' },
      { atNs: 3 * S, kind: 'pin', vm: 'A.2', vcpu: 1, pin: [1] },
      { atNs: 3 * S, kind: 'pause', vm: 'A.2' },
      { atNs: 5 * S, kind: 'set', vm: 'A.2', weight: 3 },
    ]);
  });

  it('counts the lives', () => {
    const { vms } = played('at: 1s, vm: A, workload: fft', 'at: 2s, vm: A, workload: sort');
    assert.deepEqual(
      vms.map(({ name, workload }) => [name, workload.spec]),
      [
        ['A', 'primes'],
        ['B', 'primes'],
        ['A.2', 'fft'],
        ['A.3', 'sort'],
      ],
    );
  });
});

/** What is wrong, the events, where the complaint must point (line:col), and what it must say. */
const MISTAKES: readonly (readonly [
  title: string,
  events: readonly string[],
  place: string,
  says: RegExp,
])[] = [
  ['before its VM starts', ['at: 1s, vm: B, cap: 5'], '5:19', /B has not started.*at 4s on, got 1s/s],
  [
    'before its VM is created',
    ['at: 1s, vm: C, cap: 5', 'at: 2s, create: { name: C }'],
    '5:19',
    /C has not started.*at 2s on, got 1s/s,
  ],
  [
    'for a VM that was destroyed',
    ['at: 1s, vm: A, action: destroy', 'at: 2s, vm: A, cap: 5'],
    '6:19',
    /A was destroyed at 1s.*'A' at 2s/s,
  ],
  [
    'that destroys a VM twice',
    ['at: 1s, vm: A, action: destroy', 'at: 2s, vm: A, action: destroy'],
    '6:19',
    /was destroyed/,
  ],
  [
    'that creates a VM that is there',
    ['at: 1s, create: { name: A }'],
    '5:31',
    /same name.*'A', which is there.*A\.2 is free/s,
  ],
  ['that creates a VM that starts later', ['at: 1s, create: { name: B }'], '5:31', /'B', which starts at 4s/],
  [
    'that creates two alike',
    ['at: 1s, create: { name: C }', 'at: 2s, create: { name: C }'],
    '6:31',
    /same name/,
  ],
  ['that creates a VM after the end', ['at: 9s, create: { name: C }'], '5:11', /after the end of the run/],
  [
    'with a start in what it creates',
    ['at: 1s, create: { name: C, start: 2s }'],
    '5:34',
    /unknown key 'start' in events\[0\]\.create/,
  ],
  ['with a mistake in what it creates', ['at: 1s, create: { name: C, cap: 101 }'], '5:39', /at most 100/],
  [
    'with an unknown workload in it',
    ['at: 1s, create: { name: C, workload: prims }'],
    '5:44',
    /did you mean primes/,
  ],
  ['that pins outside the pCPUs', ['at: 1s, vm: A, pin: [0, 3]'], '5:31', /CPU 3 is not among.*out of 0-1/s],
  ['that pins to nothing', ['at: 1s, vm: A, pin: []'], '5:27', /pin names no CPU/],
  ['that pins to a word', ['at: 1s, vm: A, pin: some'], '5:27', /names no host CPUs.*or all/s],
  [
    'that pins a vCPU that is not there',
    ['at: 1s, vm: A, vcpu: 2, pin: [0]'],
    '5:28',
    /A has no vCPU 2.*0 to 1, got 2/s,
  ],
  ['with a vCPU alone', ['at: 1s, vm: A, vcpu: 0'], '5:22', /'vcpu' stands alone.*pin beside it/s],
  ['with a size alone', ['at: 1s, vm: A, size: 64'], '5:22', /'size' stands alone.*workload beside it/s],
  [
    'with a size that the workload refuses',
    ['at: 1s, vm: A, workload: fft, size: 100'],
    '5:43',
    /power of two/,
  ],
  ['that marks a VM', ['at: 1s, vm: A, mark: look'], '5:15', /'vm' has no meaning beside 'mark'/],
  ['that marks nothing', ["at: 1s, mark: ''"], '5:21', /must not be empty/],
  ['that does two things', ['at: 1s, vm: A, pin: [0], workload: fft'], '5:32', /does one thing/],
];

describe('a mistake in an event', () => {
  for (const [title, events, place, says] of MISTAKES) {
    it(`is reported at its place: one ${title}`, () => {
      const error = errorOf(() => played(...events));
      assert.match(error.describe(), says);
      assert.equal(error.details.where, `lab.yaml:${place}`);
    });
  }

  it('is a name too long for another life', () => {
    const yaml =
      'duration: 9s\nvms: [{ name: ABCDEFGHIJKL }]\nevents:\n  - { at: 1s, vm: ABCDEFGHIJKL, workload: fft }\n';
    const error = errorOf(() => fromYaml(yaml));
    assert.match(error.describe(), /too long for another life.*'ABCDEFGHIJKL\.2' \(14\)/s);
    assert.equal(error.details.where, 'lab.yaml:4:19');
  });

  it('is one vCPU too many in all VMs, those that were destroyed included', () => {
    const yaml =
      'duration: 9s\nvms: [{ name: A, vcpus: 1000 }]\nevents:\n  - { at: 1s, vm: A, action: destroy }\n' +
      '  - { at: 2s, create: { name: B, vcpus: 25 } }\n';
    const error = errorOf(() => fromYaml(yaml));
    assert.match(error.describe(), /too many vCPUs.*at most 1024.*got 1025/s);
    assert.equal(error.details.where, 'lab.yaml:5:31');
  });
});

describe('a run without a duration', () => {
  const run = (events: string) => fromYaml(`{ pcpus: 1, vms: [{ name: A, work: 1s }], events: [${events}] }`);

  it('may end with a VM that is destroyed while it is paused', () => {
    assert.equal(
      run('{ at: 1s, vm: A, action: pause }, { at: 2s, vm: A, action: destroy }').events.length,
      2,
    );
  });

  it('may have its only work in a VM that is created', () => {
    const yaml = '{ pcpus: 1, vms: [{ name: A }], events: [{ at: 1s, create: { name: B, work: 1s } }] }';
    assert.equal(fromYaml(yaml).vms.length, 2);
  });

  it('must not wait for a life that begins paused', () => {
    const error = errorOf(() =>
      run('{ at: 1s, vm: A, action: pause }, { at: 2s, vm: A, workload: fft, work: 1s }'),
    );
    assert.match(error.describe(), /VM A\.2 stays paused/);
  });
});

describe('a lab whose scenario creates VMs', () => {
  it('has them in each row, with what happens to them, and leaves out what happens to others', async () => {
    const { resolveLab } = await import('../../src/scenario/lab.ts');
    const { parseYaml } = await import('../../src/scenario/yaml-source.ts');
    const { HOST } = await import('./attempt.ts');
    const yaml =
      'title: t\nscenario:\n  duration: 9s\n  vms: [{ name: A }, { name: B }]\n  events:\n' +
      '    - { at: 1s, create: { name: C } }\n    - { at: 2s, vm: C, cap: 5 }\n' +
      '    - { at: 3s, vm: B, workload: fft }\n    - { at: 4s, vm: B.2, cap: 7 }\n' +
      'rows: [{ label: one, vms: [{ name: A }] }, { label: two, vms: [{ name: B }] }]\n';
    const { rows } = resolveLab(parseYaml(yaml, 'lab.yaml'), HOST);
    const told = rows.map(({ scenario: { vms, events } }) => ({
      vms: vms.map(({ name }) => name),
      events: events.map((event) => event.kind),
    }));
    assert.deepEqual(told, [
      { vms: ['A', 'C'], events: ['set'] },
      { vms: ['B', 'C', 'B.2'], events: ['set', 'destroy', 'set'] },
    ]);
  });
});
