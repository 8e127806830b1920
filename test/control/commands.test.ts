import assert from 'node:assert/strict';
import { z } from 'zod';
import { commandSpecs, operationsOf, readOrder, resolveOrder } from '../../src/control/commands.ts';
import { Stage } from '../../src/scenario/stage.ts';
import { errorOf, fromYaml } from '../scenario/attempt.ts';

const S = 1e9;
const SCENARIO = fromYaml(
  'pcpus: [3, 1]\nduration: 90s\nvms: [{ name: A, vcpus: 2, weight: 300 }, { name: B, start: 40s }]\n' +
    'events: [{ at: 2s, vm: A, weight: 512 }]\n',
);

function operations(command: object, atNs = 5 * S) {
  const stage = Stage.at(SCENARIO, atNs);
  return operationsOf(resolveOrder(readOrder(command, process.cwd()), stage, atNs, 1024), stage, SCENARIO);
}

const complaint = (command: unknown, atNs = 5 * S) =>
  errorOf(() => resolveOrder(readOrder(command, process.cwd()), Stage.at(SCENARIO, atNs), atNs, 1024));

describe('a command', () => {
  it('becomes operations with numbers in place of names', () => {
    assert.deepEqual(operations({ command: 'set', vm: 'A', weight: 7, cap: 150 }), [
      { kind: 'set', vm: 0, parameters: { weight: 7, cap: 150 } },
    ]);
    assert.deepEqual(operations({ command: 'pin', vm: 'A', vcpu: 1, pin: [1] }), [
      { kind: 'pin', vm: 0, vcpu: 1, pcpus: [1] },
    ]);
    assert.deepEqual(operations({ command: 'pause', vm: 'B' }, 50 * S), [{ kind: 'pause', vm: 1 }]);
    assert.deepEqual(operations({ command: 'tune', scheduler: { tslice: '5ms' } }), [
      { kind: 'tune', parameters: { tsliceNs: 5e6 } },
    ]);
    assert.deepEqual(operations({ command: 'mark', text: 'look' }), [{ kind: 'mark', text: 'look' }]);
  });

  it('that gives a VM another workload destroys the one, and starts the other like it', () => {
    const stage = Stage.at(SCENARIO, 5 * S);
    const order = readOrder({ command: 'workload', vm: 'A', workload: 'fft' }, process.cwd());
    const resolved = resolveOrder(order, stage, 5 * S, 1024);
    assert.equal(resolved.create?.name, 'A.2');
    assert.equal(resolved.create.weight, 512);
    assert.deepEqual(operationsOf(resolved, stage, SCENARIO), [{ kind: 'destroy', vm: 0 }]);
  });

  it('is the same as an event at its instant', () => {
    const vms = 'pcpus: [3, 1]\nduration: 90s\nvms: [{ name: A, vcpus: 2 }]\n';
    const pairs: readonly (readonly [event: string, command: object])[] = [
      ['vm: A, weight: 7', { command: 'set', vm: 'A', weight: 7 }],
      ['vm: A, action: destroy', { command: 'destroy', vm: 'A' }],
      ['vm: A, vcpu: 1, pin: [1]', { command: 'pin', vm: 'A', vcpu: 1, pin: [1] }],
      ['vm: A, workload: fft, size: 64', { command: 'workload', vm: 'A', workload: 'fft', size: 64 }],
      ['scheduler: { tslice: 5ms }', { command: 'tune', scheduler: { tslice: '5ms' } }],
      ['create: { name: C, cap: 9 }', { command: 'create', vm: { name: 'C', cap: 9 } }],
      ['mark: look', { command: 'mark', text: 'look' }],
    ];
    for (const [event, command] of pairs) {
      const planned = fromYaml(`${vms}events: [{ at: 5s, ${event} }]\n`);
      const { create, events } = resolveOrder(
        readOrder(command, process.cwd()),
        new Stage(fromYaml(vms)),
        5 * S,
        1024,
      );
      assert.deepEqual(planned.events, events);
      assert.deepEqual(planned.vms.slice(1), create === null ? [] : [create]);
    }
  });
});

/** A command, where the complaint points, and what it says. */
const MISTAKES: readonly (readonly [title: string, command: unknown, where: string, says: RegExp])[] = [
  ['no mapping', 'set', 'command', /no command.*got 'set'/s],
  ['no name', { vm: 'A' }, 'command', /no command is named.*one of: create, destroy/s],
  ['an unknown name', { command: 'puase', vm: 'A' }, 'command', /unknown command.*did you mean 'pause'/s],
  [
    'an unknown key',
    { command: 'set', vm: 'A', wieght: 3 },
    'wieght',
    /unknown key 'wieght'.*did you mean 'weight'/s,
  ],
  ['a key of another command', { command: 'pause', vm: 'A', cap: 3 }, 'cap', /unknown key 'cap'/],
  ['an unknown VM', { command: 'pause', vm: 'AA' }, 'vm', /no VM 'AA'.*known: A, B/s],
  ['no VM', { command: 'pause' }, 'vm', /no VM is named/],
  ['a VM that has not started', { command: 'pause', vm: 'B' }, 'vm', /B has not started.*at 40s on, got 5s/s],
  ['a number in place of a VM', { command: 'pause', vm: 1 }, 'vm', /must be the name of a VM.*got 1/s],
  ['a weight of 0', { command: 'set', vm: 'A', weight: 0 }, 'weight', /at least 1.*1 to 65535, got 0/s],
  ['a cap too high', { command: 'set', vm: 'A', cap: 201 }, 'cap', /at most 200 \(100 × 2 vCPUs\)/],
  ['nothing to set', { command: 'set', vm: 'A' }, 'set', /no effect.*weight and\/or cap/s],
  ['no pin', { command: 'pin', vm: 'A' }, 'pin', /names no host CPUs.*got nothing/s],
  ['a pin outside', { command: 'pin', vm: 'A', pin: [3, 2] }, 'pin[1]', /CPU 2 is not among.*out of 1,3/s],
  ['no workload', { command: 'workload', vm: 'A' }, 'workload', /workload must be a text.*got nothing/s],
  [
    'a slice below the rate limit',
    { command: 'tune', scheduler: { ratelimit: '40ms' } },
    'scheduler.ratelimit',
    /more than tslice/,
  ],
  [
    'an unknown parameter',
    { command: 'tune', scheduler: { tslic: '5ms' } },
    'scheduler.tslic',
    /unknown key 'tslic' in scheduler.*did you mean 'tslice'/s,
  ],
  [
    'a parameter that is fixed',
    { command: 'tune', scheduler: { 'lb-ratelimit': '5ms' } },
    'scheduler.lb-ratelimit',
    /unknown key/,
  ],
  ['a VM without a name', { command: 'create', vm: { weight: 3 } }, 'vm.name', /the VM has no name/],
  ['a VM that is there', { command: 'create', vm: { name: 'A' } }, 'vm.name', /same name.*A\.2 is free/s],
  [
    'a VM with a mistake',
    { command: 'create', vm: { name: 'C', pin: [0] } },
    'vm.pin[0]',
    /CPU 0 is not among/,
  ],
  ['no VM to create', { command: 'create' }, 'vm', /vm is missing.*a mapping/s],
  ['a mark of two lines', { command: 'mark', text: 'a\nb' }, 'text', /one line of text/],
];

describe('a mistake in a command', () => {
  for (const [title, command, where, says] of MISTAKES) {
    it(`is told with its place: ${title}`, () => {
      const error = complaint(command);
      assert.match(error.describe(), says);
      assert.equal(error.details.where, where);
    });
  }

  it('is a VM that was destroyed', () => {
    const stage = Stage.at(SCENARIO, 5 * S);
    stage.take({ atNs: 4 * S, kind: 'destroy', vm: 'A' });
    const error = errorOf(() =>
      resolveOrder(readOrder({ command: 'pause', vm: 'A' }, '/'), stage, 5 * S, 1024),
    );
    assert.match(error.describe(), /A was destroyed at 4s/);
  });
});

describe('the list of commands', () => {
  it('has a JSON Schema and words for each', () => {
    for (const { name, parameters, does } of commandSpecs()) {
      const json = z.toJSONSchema(parameters, { io: 'input', target: 'draft-7' });
      assert.deepEqual(json.properties?.command, { type: 'string', const: name });
      assert.match(does, /^[A-Z].*\.$/);
    }
  });
});
