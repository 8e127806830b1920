import assert from 'node:assert/strict';
import { errorOf, fromFlags, fromYaml } from './attempt.ts';

/** What is wrong, the file, where the complaint must point (line:col), and what it must say. */
type Case = readonly [title: string, yaml: string, place: string, says: RegExp];

const vm = (keys: string) => `duration: 9s\nvms:\n  - { name: A, ${keys} }\n`;
const event = (keys: string) => `duration: 9s\nvms: [{ name: A }]\nevents:\n  - { ${keys} }\n`;

const CASES: readonly Case[] = [
  ['an empty file', '', '1:1', /the file is empty/],
  ['a file of comments', '# nothing\n', '1:1', /the file is empty/],
  ['a list in place of a mapping', '- a\n', '1:1', /must be a mapping.*got a list/s],
  ['an unclosed bracket', 'vms: [{ name: A\n', '2:1', /not valid YAML/],
  ['a tab as indentation', 'vms:\n\t- name: A\n', '2:1', /tabs/],
  ['a key given twice', 'seed: 1\nseed: 2\nvms: [{ name: A }]\n', '2:1', /given twice/],
  ['two documents', 'seed: 1\n---\nseed: 2\n', '2:1', /more than one YAML document/],
  ['an unknown tag', 'seed: !date 1\nvms: [{ name: A }]\n', '1:7', /not valid YAML/],
  [
    'an unknown key',
    'durration: 1s\nvms: [{ name: A }]\n',
    '1:1',
    /unknown key 'durration'.*did you mean 'duration'/s,
  ],
  [
    'an unknown key of a VM',
    vm('wieght: 1'),
    '3:16',
    /unknown key 'wieght' in vms\[0\].*did you mean 'weight'/s,
  ],
  ['a key like no other', 'foo: 1\nvms: [{ name: A }]\n', '1:1', /known: name, description, pcpus/],
  ['no VMs key', 'duration: 1s\n', '1:1', /vms is missing/],
  ['an empty list of VMs', 'duration: 1s\nvms: []\n', '2:6', /no VMs/],
  ['VMs without a value', 'duration: 1s\nvms:\n', '2:1', /vms must be a list.*got nothing/s],
  ['a VM without a name', 'duration: 1s\nvms:\n  - { weight: 1 }\n', '3:5', /the VM has no name/],
  ['a number as a name', 'duration: 1s\nvms: [{ name: 1 }]\n', '2:15', /must be a text.*write '1'/s],
  ['a name with a space', "duration: 1s\nvms: [{ name: 'a b' }]\n", '2:15', /not a VM name/],
  ['a name too long for a thread', 'duration: 1s\nvms: [{ name: ABCDEFGHIJKLM }]\n', '2:15', /too long/],
  [
    'a name too long for its vCPUs',
    'duration: 1s\nvms: [{ name: ABCDEFGHIJKL, vcpus: 11 }]\n',
    '2:15',
    /ABCDEFGHIJKL\/v10/,
  ],
  ['two VMs of one name', 'duration: 1s\nvms: [{ name: A }, { name: A }]\n', '2:28', /same name/],
  ['weight 0', vm('weight: 0'), '3:24', /weight must be at least 1.*1 to 65535, got 0/s],
  ['weight 65536', vm('weight: 65536'), '3:24', /weight must be at most 65535.*got 65536/s],
  ['a fractional weight', vm('weight: 1.5'), '3:24', /whole number.*got 1\.5/s],
  ['a weight in words', vm('weight: heavy'), '3:24', /whole number.*got 'heavy'/s],
  ['a negative cap', vm('cap: -1'), '3:21', /cap must be at least 0/],
  ['a cap above 100', vm('cap: 101'), '3:21', /at most 100 \(100 × 1 vCPU\)/],
  ['a cap above 100 × vCPUs', vm('cap: 201, vcpus: 2'), '3:21', /at most 200 \(100 × 2 vCPUs\)/],
  ['no vCPUs', vm('vcpus: 0'), '3:23', /vcpus must be at least 1/],
  [
    'too many vCPUs in all',
    'duration: 1s\nvms:\n  - { name: A, vcpus: 1000 }\n  - { name: B, vcpus: 25 }\n',
    '4:23',
    /at most 1024.*got 1025/s,
  ],
  ['an unknown workload', vm('workload: prims'), '3:26', /unknown workload 'prims'.*did you mean primes/s],
  ['a missing module', vm('workload: ./none.mjs'), '3:26', /no workload module/],
  ['a size of 0', vm('size: 0'), '3:22', /size must be at least 1/],
  ['work without a unit', vm('work: 3'), '3:22', /work needs a unit.*write 3s or '3 units'/s],
  ['no work at all', vm('work: 0s'), '3:22', /more than nothing/],
  ['negative work', vm('work: -3s'), '3:22', /cannot be negative/],
  ['a negative start', vm('start: -1s'), '3:23', /cannot be negative/],
  ['a start after the end', vm('start: 9s'), '3:23', /after the end of the run/],
  [
    'a pin outside the pCPUs',
    'pcpus: [0, 1]\nduration: 1s\nvms: [{ name: A, pin: [0, 3] }]\n',
    '3:27',
    /CPU 3 is not among.*out of 0-1, got 3/s,
  ],
  ['an empty pin', vm('pin: []'), '3:21', /pin names no CPU/],
  ['a pin that repeats a CPU', vm('pin: [1, 1]'), '3:25', /given twice/],
  ['a pin that is no list', vm('pin: 1'), '3:21', /vms\[0\]\.pin must be a list/],
  ['a time without a unit', 'duration: 10\nvms: [{ name: A }]\n', '1:11', /needs a unit.*write 10s or 10ms/s],
  ['a negative time', 'duration: -1s\nvms: [{ name: A }]\n', '1:11', /cannot be negative/],
  ['a time in an unknown unit', 'duration: 1h\nvms: [{ name: A }]\n', '1:11', /'h' is not a unit/],
  ['a time that is none', 'duration: soon\nvms: [{ name: A }]\n', '1:11', /not a time.*got 'soon'/s],
  ['a time too long', 'duration: 1441m\nvms: [{ name: A }]\n', '1:11', /at most 24 hours/],
  ['a duration of 0', 'duration: 0\nvms: [{ name: A }]\n', '1:11', /more than nothing/],
  ['a run without an end', 'vms: [{ name: A }]\n', '1:1', /never end/],
  [
    'a VM with work that stays paused',
    'vms: [{ name: A, work: 1s }, { name: B }]\nevents:\n  - { at: 9s, vm: A, action: pause }\n  - { at: 2s, ' +
      'vm: A, action: unpause }\n',
    '3:5',
    /A stays paused.*unpause A later/s,
  ],
  ['CPU time as the work of an idler', vm('workload: idle, work: 3s'), '3:38', /'10 units'.*got 3s/s],
  [
    'more units than can be counted',
    vm('work: 99999999999999999999 units'),
    '3:22',
    /cannot be counted.*at most 9007/s,
  ],
  ['no units', vm('work: 0 units'), '3:22', /at least 1 unit/],
  ['a size that a built-in refuses', vm('workload: fft, size: 100'), '3:37', /power of two from 64 to 16384/],
  ['an alias without an anchor', 'duration: 1s\nvms: *x\n', '2:6', /Unresolved alias/],
  [
    'aliases of aliases of aliases',
    'a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c ' +
      '[*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nvms: [*c,*c]\n',
    '4:10',
    /alias count/,
  ],
  ['a list as a key', '? [a, b]\n: 1\nvms: [{ name: A }]\n', '1:3', /a key must be a plain word/],
  [
    'an escape sequence in a name',
    'name: "a\\e[31m"\nvms: [{ name: A }]\n',
    '1:7',
    /control characters.*got 'a \[31m'/s,
  ],
  ['a name of two lines', 'name: "a\\nb"\nvms: [{ name: A }]\n', '1:7', /one line of text/],
  [
    'an escape sequence in a description',
    'description: "\\e"\nvms: [{ name: A }]\n',
    '1:14',
    /control characters/,
  ],
  ['a zero byte in a path', vm('workload: "./a\\0.mjs"'), '3:26', /control characters/],
  ['a file URL of another machine', vm('workload: file://host/x.mjs'), '3:26', /not the URL of a file/],
  ['a negative seed', 'seed: -1\nvms: [{ name: A }]\n', '1:7', /seed must be at least 0/],
  [
    'a CPU that is not allowed',
    'pcpus: [0, 2]\nvms: [{ name: A }]\n',
    '1:12',
    /CPU 2 is not allowed.*0-1,3/s,
  ],
  [
    'a CPU that is offline',
    'pcpus: [1, 5]\nvms: [{ name: A }]\n',
    '1:12',
    /CPU 5 is offline.*0-1,3.*cpu5\/online` switches it on/s,
  ],
  [
    'more CPUs than there are while some are offline',
    'pcpus: 4\nvms: [{ name: A }]\n',
    '1:8',
    /cpu5\/online/,
  ],
  ['more CPUs than allowed', 'pcpus: 4\nvms: [{ name: A }]\n', '1:8', /at most 3 \(allowed: 0-1,3\)/],
  ['no CPUs', 'pcpus: []\nvms: [{ name: A }]\n', '1:8', /names no CPU/],
  ['0 CPUs', 'pcpus: 0\nvms: [{ name: A }]\n', '1:8', /write \[0\]/],
  ['a CPU twice', 'pcpus: [1, 1]\nvms: [{ name: A }]\n', '1:12', /given twice/],
  ['CPUs in words', 'pcpus: all\nvms: [{ name: A }]\n', '1:8', /names no host CPUs/],
  ['another scheduler', 'scheduler: { type: credit3 }\nvms: [{ name: A }]\n', '1:20', /unknown scheduler/],
  ['a slice too short', 'scheduler: { tslice: 500us }\nvms: [{ name: A }]\n', '1:22', /1ms to 1s/],
  ['a slice too long', 'scheduler: { tslice: 1001ms }\nvms: [{ name: A }]\n', '1:22', /1ms to 1s/],
  [
    'a slice of broken milliseconds',
    'scheduler: { tslice: 1.5ms }\nvms: [{ name: A }]\n',
    '1:22',
    /in steps of 1ms/,
  ],
  [
    'a rate limit too short',
    'scheduler: { ratelimit: 99us }\nvms: [{ name: A }]\n',
    '1:25',
    /100us to 500ms/,
  ],
  [
    'a rate limit too long',
    'scheduler: { tslice: 1s, ratelimit: 501ms }\nvms: [{ name: A }]\n',
    '1:37',
    /100us to 500ms/,
  ],
  [
    'a rate limit above the slice',
    'scheduler: { tslice: 5ms, ratelimit: 6ms }\nvms: [{ name: A }]\n',
    '1:38',
    /ratelimit is more than tslice/,
  ],
  [
    'a slice below the rate limit',
    'scheduler: { tslice: 1ms, ratelimit: 2ms }\nvms: [{ name: A }]\n',
    '1:38',
    /ratelimit is more than tslice/,
  ],
  ['an event for an unknown VM', event('at: 1s, vm: AA, weight: 2'), '4:19', /no VM 'AA'/],
  ['an event without a VM', event('at: 1s, weight: 2'), '4:5', /names no VM/],
  ['an event without a time', event('vm: A, weight: 2'), '4:5', /has no time/],
  ['an event without effect', event('at: 1s, vm: A'), '4:5', /no effect/],
  ['an event with an empty scheduler', event('at: 1s, scheduler: {}'), '4:5', /no effect/],
  ['an event for both', event('at: 1s, vm: A, scheduler: { tslice: 5ms }'), '4:22', /not both/],
  ['an event that does two things', event('at: 1s, vm: A, action: pause, cap: 5'), '4:22', /does one thing/],
  ['an unknown action', event('at: 1s, vm: A, action: stop'), '4:30', /pause, unpause or destroy/],
  ['an event cap above 100 × vCPUs', event('at: 1s, vm: A, cap: 150'), '4:27', /at most 100/],
  ['an event weight of 0', event('at: 1s, vm: A, weight: 0'), '4:30', /at least 1/],
  ['an event after the end', event('at: 9s, vm: A, cap: 5'), '4:11', /after the end of the run/],
  [
    'an event slice below the rate limit',
    'duration: 9s\nscheduler: { ratelimit: 2ms }\nvms: [{ name: A }]\nevents:\n  - { at: 1s, scheduler: { ' +
      'tslice: 1ms } }\n',
    '5:36',
    /ratelimit is more than tslice/,
  ],
];

describe('a mistake in a scenario file', () => {
  for (const [title, yaml, place, says] of CASES) {
    it(`is reported at its place: ${title}`, () => {
      const error = errorOf(() => fromYaml(yaml));
      assert.match(error.describe(), says);
      assert.equal(error.details.where, `lab.yaml:${place}`);
      assert.equal(error.exitCode, 2);
    });
  }

  it('is shown with a caret under it', () => {
    const error = errorOf(() => fromYaml('duration: 1s\nvms:\n  - { name: A, weight: 0 }\n'));
    assert.deepEqual(error.describe().split('\n'), [
      'lab.yaml:3:24: weight must be at least 1',
      '  2 | vms:',
      '  3 |   - { name: A, weight: 0 }',
      '    |                        ^',
      '  expected a whole number from 1 to 65535, got 0',
    ]);
  });

  it('is the first of several in the order of the file', () => {
    const error = errorOf(() => fromYaml('foo: 1\nduration: x\nvms: [{ name: A, weight: 0 }]\nbar: 1\n'));
    assert.equal(error.details.where, 'lab.yaml:1:1');
  });

  it('keeps its caret in sight on a long line', () => {
    const error = errorOf(() =>
      fromYaml(`{ duration: 1s, description: '${'x'.repeat(500)}', vms: [{ name: A, cap: -1 }] }`),
    );
    const [, line, caret] = error.describe().split('\n');
    assert.ok(line.length < 120, line);
    assert.equal(line.slice(caret.indexOf('^'), caret.indexOf('^') + 2), '-1');
  });

  it('sends no control characters to the terminal', () => {
    const error = errorOf(() => fromYaml('vms: [{ name: "A\\e[31m", work: 1s }] # \u001b[31m\n'));
    assert.ok(!error.details.excerpt?.includes('\u001b'));
  });
});

/** The options' text, where the caret must point, and what the complaint must say. */
const OPTION_CASES: readonly (readonly [vm: string, caretAt: string, says: RegExp])[] = [
  ['A:weight=0', '0', /at least 1/],
  ['A:weigth=3', 'weigth', /did you mean 'weight'/],
  ['A:weight=256,cap=x', 'x', /cap must be a whole number/],
  ['A:cap=101', '101', /at most 100/],
  ['A:weight', 'weight', /'weight' has no value/],
  ['A:', '', /not a key=value pair/],
  ['A:cap=1,cap=2', 'cap=2', /given twice/],
  ['A:work=3', '3', /needs a unit/],
  ['A:start=-1s', '-1s', /cannot be negative/],
  ['A:pin=x', 'x', /joined by \+/],
  ['A:pin=0+2', '0+2', /not among the lab's pCPUs/],
  ['A:workload=nope', 'nope', /unknown workload 'nope'/],
  [':weight=1', ':', /not a VM name/],
];

describe('a mistake in --vm', () => {
  for (const [vmText, caretAt, says] of OPTION_CASES) {
    it(`is reported under its part of the option: ${vmText}`, () => {
      const error = errorOf(() => fromFlags({ vm: [vmText], duration: '1s' }));
      const lines = error.describe().split('\n');
      assert.match(error.describe(), says);
      assert.equal(error.details.where, '--vm');
      assert.equal(lines[1], `    --vm ${vmText}`);
      assert.equal(lines[2].indexOf('^'), lines[1].length - (vmText.length - vmText.lastIndexOf(caretAt)));
      assert.equal(error.exitCode, 2);
    });
  }
});

describe('a mistake in another option', () => {
  const cases = [
    ['--duration', { duration: '10' }, /needs a unit/],
    ['--duration', { duration: '0s' }, /more than nothing/],
    ['--pcpus', { pcpus: '0-9' }, /CPU 2 is not allowed/],
    ['--pcpus', { pcpus: '3-1' }, /runs backwards/],
    ['--pcpus', { pcpus: '' }, /not a list of CPUs/],
    ['--pcpus', { pcpus: '1,1' }, /given twice/],
    ['--pcpus', { pcpus: '0-4000000000' }, /too large/],
    ['--seed', { seed: 'x' }, /seed must be a whole number/],
    ['--scheduler', { scheduler: 'credit:tslice=2s' }, /1ms to 1s/],
    ['--scheduler', { scheduler: 'credit:ratelimit=40ms' }, /ratelimit is more than tslice/],
  ] as const;
  for (const [option, flags, says] of cases) {
    it(`names the option: ${option} ${Object.values(flags).join('')}`, () => {
      const byFlags = errorOf(() => fromFlags({ vm: ['A'], duration: '1s', ...flags }));
      const overFile = errorOf(() => fromYaml('duration: 1s\nvms: [{ name: A }]\n', flags));
      for (const error of [byFlags, overFile]) {
        assert.match(error.describe(), says);
        assert.equal(error.details.where, option);
      }
    });
  }

  it('leaves a mistake in the file at its place in the file', () => {
    const error = errorOf(() => fromYaml('duration: 1s\nvms: [{ name: A, pin: [3] }]\n', { pcpus: '0' }));
    assert.equal(error.details.where, 'lab.yaml:2:24');
  });

  it('that both file and --vm or neither is given is refused', () => {
    assert.match(errorOf(() => fromFlags({})).describe(), /nothing to run/);
  });
});

describe('a pause of a VM with work and no duration', () => {
  const events = (list: string) =>
    `{ pcpus: 1, vms: [{ name: A, work: 1s }, { name: B }], events: [${list}] }`;

  it('is taken when an unpause follows, when the VM is endless, or when there is a duration', () => {
    const pause = '{ at: 1s, vm: A, action: pause }';
    fromYaml(events(`{ at: 2s, vm: A, action: unpause }, ${pause}`));
    fromYaml(events('{ at: 1s, vm: B, action: pause }'));
    assert.equal(fromYaml(events(pause), { duration: '9s' }).events.length, 1);
  });
});
