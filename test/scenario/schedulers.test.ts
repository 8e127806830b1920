import assert from 'node:assert/strict';
import { resolveLab } from '../../src/scenario/lab.ts';
import { planOf } from '../../src/scenario/plan.ts';
import { parseYaml } from '../../src/scenario/yaml-source.ts';
import { errorOf, fromFlags, fromYaml, HOST } from './attempt.ts';

const REST = 'duration: 9s\nvms: [{ name: A }]\n';

describe('the scheduler of a scenario', () => {
  it('is a mapping, or its type alone', () => {
    const [long, short] = ['{ type: round-robin }', 'round-robin'].map(
      (scheduler) => fromYaml(`scheduler: ${scheduler}\n${REST}`).scheduler,
    );
    assert.deepEqual(long, { type: 'round-robin', parameters: { sliceNs: 30e6 } });
    assert.deepEqual(short, long);
  });

  it('can be chosen by an option, which wins over the file, with options for its parameters', () => {
    const chosen = { scheduler: 'round-robin', slice: '5ms' };
    const spec = { type: 'round-robin', parameters: { sliceNs: 5e6 } };
    for (const written of ['', 'scheduler: credit\n', 'scheduler: { type: credit }\n'])
      assert.deepEqual(fromYaml(written + REST, chosen).scheduler, spec);
    assert.deepEqual(fromFlags({ vm: ['A'], duration: '1s', ...chosen }).scheduler, spec);
  });

  it('has every parameter as an option', () => {
    const { scheduler } = fromYaml(REST, { lbRatelimit: '2ms', migrationDelay: '3ms' });
    const { lbRatelimitNs, migrationDelayNs } = scheduler.parameters;
    assert.deepEqual([lbRatelimitNs, migrationDelayNs], [2e6, 3e6]);
  });

  it('can be another one in a row of a lab, and keeps its parameters where the row changes others', () => {
    const { rows } = resolveLab(
      parseYaml(
        'title: t\nscenario: { pcpus: 1, duration: 1s, scheduler: round-robin, vms: [{ name: A }] }\nrows:\n' +
          '  - { label: a, vms: [{ name: A }] }\n' +
          '  - { label: b, scheduler: { slice: 7ms }, vms: [{ name: A }] }\n' +
          '  - { label: c, scheduler: credit, vms: [{ name: A }] }\n',
        'my.yaml',
      ),
      HOST,
    );
    assert.deepEqual(
      rows.map(({ scenario: { scheduler } }) => [scheduler.type, scheduler.parameters.sliceNs]),
      [
        ['round-robin', 30e6],
        ['round-robin', 7e6],
        ['credit', undefined],
      ],
    );
  });

  it('is given only the parameters of VMs that it declares', () => {
    const [credit, other] = ['credit', 'round-robin'].map((type) =>
      planOf(fromYaml(`scheduler: ${type}\n${REST}`)),
    );
    assert.deepEqual(credit.vms[0].parameters, { weight: 256, cap: 0 });
    assert.deepEqual(other.vms[0].parameters, {});
  });

  it('may change its parameters while it runs', () => {
    const { events } = fromYaml(
      `scheduler: round-robin\n${REST}events: [{ at: 1s, scheduler: { slice: 2ms } }]\n`,
    );
    assert.deepEqual(events, [{ atNs: 1e9, kind: 'tune', parameters: { sliceNs: 2e6 } }]);
  });
});

describe('a mistake about the scheduler', () => {
  const event = (keys: string) => `scheduler: round-robin\n${REST}events:\n  - { at: 1s, ${keys} }\n`;
  const cases: readonly (readonly [title: string, yaml: string, place: string, says: RegExp])[] = [
    [
      'an unknown type',
      `scheduler: round-robbin\n${REST}`,
      '1:12',
      /unknown scheduler.*one of: credit, round-robin.*did you mean 'round-robin'/s,
    ],
    ['an unknown type in a mapping', `scheduler: { type: cfs }\n${REST}`, '1:20', /unknown scheduler/],
    ['a number', `scheduler: 3\n${REST}`, '1:12', /scheduler must be a mapping/],
    [
      'a parameter of another one',
      `scheduler: { type: round-robin, tslice: 5ms }\n${REST}`,
      '1:33',
      /round-robin has no 'tslice'.*one of: slice.*a scheduler that has it: credit/s,
    ],
    [
      'a parameter of another one, of the default',
      `scheduler: { slice: 5ms }\n${REST}`,
      '1:14',
      /credit has no 'slice'.*one of: tslice, .*a scheduler that has it: round-robin/s,
    ],
    [
      'a parameter of a VM of another one',
      'scheduler: round-robin\nduration: 9s\nvms:\n  - { name: A, cap: 5 }\n',
      '4:16',
      /round-robin has no 'cap'.*a scheduler that has it: credit/s,
    ],
    [
      'a parameter of another one, with a value that not even that one takes',
      'scheduler: round-robin\nduration: 9s\nvms:\n  - { name: A, weight: 70000 }\n',
      '4:16',
      /round-robin has no 'weight'/,
    ],
    [
      'a value out of range, as it was written',
      `scheduler: { type: round-robin, slice: 2000ms }\n${REST}`,
      '1:40',
      /slice is out of range.*1ms to 1s.*got '2000ms'/s,
    ],
    ['an event that sets one of another', event('vm: A, weight: 3'), '5:22', /round-robin has no 'weight'/],
    ['an event that tunes one of another', event('scheduler: { ratelimit: 0 }'), '5:28', /no 'ratelimit'/],
    ['an event without effect', event('vm: A'), '5:5', /no effect.*vm with action.*scheduler with slice/s],
    [
      'an unknown key',
      `scheduler: { tslise: 5ms }\n${REST}`,
      '1:14',
      /unknown key 'tslise' in scheduler.*did you mean 'tslice'/s,
    ],
    [
      'a change of what stays',
      `${REST}events:\n  - { at: 1s, scheduler: { lb-ratelimit: 0 } }\n`,
      '4:28',
      /unknown key 'lb-ratelimit'/,
    ],
    [
      'a cap that no scheduler has room for',
      'duration: 9s\nvms:\n  - { name: A, vcpus: 1000, cap: 70000 }\n',
      '3:34',
      /cap must be at most 65534/,
    ],
  ];
  for (const [title, yaml, place, says] of cases) {
    it(`is reported at its place: ${title}`, () => {
      const error = errorOf(() => fromYaml(yaml));
      assert.match(error.describe(), says);
      assert.equal(error.details.where, `lab.yaml:${place}`);
    });
  }

  it('has the caret under the key that does not belong there', () => {
    const ofVm = errorOf(() => fromFlags({ vm: ['A:cap=20'], duration: '1s', scheduler: 'round-robin' }));
    assert.equal(ofVm.details.excerpt, '    --vm A:cap=20\n           ^');
    const option = errorOf(() => fromYaml(REST, { scheduler: 'round-robin', ratelimit: '1ms' }));
    assert.equal(option.details.excerpt, '    --ratelimit 1ms\n    ^');
  });

  it('is reported at the option that makes it', () => {
    const error = errorOf(() => fromYaml(REST, { scheduler: 'round-robin', ratelimit: '1ms' }));
    assert.equal(error.details.where, '--ratelimit');
    const ofVm = errorOf(() => fromFlags({ vm: ['A:cap=20'], duration: '1s', scheduler: 'round-robin' }));
    assert.equal(ofVm.details.where, '--vm');
    assert.match(ofVm.describe(), /round-robin has no 'cap'.*expected none of: weight, cap/s);
  });
});
