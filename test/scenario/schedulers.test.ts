import assert from 'node:assert/strict';
import { resolveLab } from '../../src/scenario/lab.ts';
import { simulationValues } from '../../src/scenario/scheduler-flag.ts';
import { planOf } from '../../src/scenario/plan.ts';
import { parseYaml } from '../../src/scenario/yaml-source.ts';
import { errorOf, fromFlags, fromYaml, HOST } from './attempt.ts';

const REST = 'duration: 9s\nvms: [{ name: A }]\n';

/** What Xen leaves nobody to choose. */
const AS_TODAY = { boost: 1, accounting: 0, tickle: 1, queue: 0 };

describe('the scheduler of a scenario', () => {
  it('is a mapping, or its type alone', () => {
    const [long, short] = ['{ type: round-robin }', 'round-robin'].map(
      (scheduler) => fromYaml(`scheduler: ${scheduler}\n${REST}`).scheduler,
    );
    assert.deepEqual(long, { type: 'round-robin', parameters: { sliceNs: 30e6 } });
    assert.deepEqual(short, long);
  });

  it('can be chosen by an option, which wins over the file, with its parameters', () => {
    const chosen = { scheduler: 'round-robin:slice=5ms' };
    const spec = { type: 'round-robin', parameters: { sliceNs: 5e6 } };
    for (const written of ['', 'scheduler: credit\n', 'scheduler: { type: credit }\n'])
      assert.deepEqual(fromYaml(written + REST, chosen).scheduler, spec);
    assert.deepEqual(fromFlags({ vm: ['A'], duration: '1s', ...chosen }).scheduler, spec);
  });

  it('can have every parameter in the option, and when it is told of late timers', () => {
    const option = 'credit:lb-ratelimit=2ms,migration-delay=3ms,instants=late,tslice=7ms,ratelimit=0';
    assert.deepEqual(fromYaml(REST, { scheduler: option }).scheduler, {
      type: 'credit',
      parameters: { tsliceNs: 7e6, ratelimitNs: 0, lbRatelimitNs: 2e6, migrationDelayNs: 3e6, ...AS_TODAY },
      instants: 'late',
    });
  });

  it('keeps what the option does not say, but of another type only what every scheduler has', () => {
    const yaml = `scheduler: { tslice: 10ms, ratelimit: 2ms, instants: late }\n${REST}`;
    const same = fromYaml(yaml, { scheduler: 'credit:ratelimit=3ms' }).scheduler;
    assert.deepEqual([same.parameters.tsliceNs, same.parameters.ratelimitNs], [10e6, 3e6]);
    assert.equal(same.instants, 'late');
    const other = fromYaml(yaml, { scheduler: 'round-robin' }).scheduler;
    assert.deepEqual(other, { type: 'round-robin', parameters: { sliceNs: 30e6 }, instants: 'late' });
  });

  it('may have a parameter that is one of several names, in files as in the option', () => {
    const { parameters } = fromYaml(`scheduler: { type: credit2, runqueue: core }\n${REST}`).scheduler;
    assert.equal(parameters.runqueue, 2);
    assert.deepEqual(fromYaml(REST, { scheduler: 'credit2:runqueue=core' }).scheduler.parameters, parameters);
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
      /unknown scheduler.*one of: credit, round-robin.*got 'round-robbin'.*did you mean 'round-robin'/s,
    ],
    ['an unknown type in a mapping', `scheduler: { type: bvt }\n${REST}`, '1:20', /unknown scheduler/],
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
    [
      'a name that is none of those there are',
      `scheduler: { type: credit2, runqueue: cores }\n${REST}`,
      '1:39',
      /there is no such runqueue.*one of all, socket, core, cpu.*got 'cores'/s,
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
  });

  it('is reported at the option that makes it', () => {
    const ofVm = errorOf(() => fromFlags({ vm: ['A:cap=20'], duration: '1s', scheduler: 'round-robin' }));
    assert.equal(ofVm.details.where, '--vm');
    assert.match(ofVm.describe(), /round-robin has no 'cap'.*expected none of: weight, cap/s);
  });
});

describe('a mistake in --scheduler', () => {
  const cases: readonly (readonly [text: string, caretAt: string, says: RegExp])[] = [
    ['', '', /unknown scheduler.*expected one of: credit, .*got nothing.*hint: docs\/schedulers.md/s],
    ['kredit:tslice=5ms', 'kredit', /unknown scheduler.*got 'kredit'.*did you mean 'credit'/s],
    ['fair', 'fair', /unknown scheduler.*got 'fair'\n +hint: docs\/schedulers.md/s],
    [
      'slice=5ms',
      'slice',
      /the scheduler itself is missing.*TYPE:key=value.*--scheduler round-robin:slice=5ms/s,
    ],
    ['credit:', '', /not a key=value pair.*got nothing/s],
    ['credit:tslice', 'tslice', /'tslice' has no value.*got 'tslice'/s],
    ['credit:tslice=5ms,', '', /not a key=value pair.*got nothing/s],
    ['credit:tslice=5ms,tslice=6ms', 'tslice=6ms', /'tslice' is given twice/],
    ['credit:ratelimit=0,tslise=5ms', 'tslise', /unknown key 'tslise'.*got 'tslise'.*did you mean 'tslice'/s],
    [
      'credit:quota=5ms',
      'quota',
      /unknown key 'quota'.*one of: tslice, .*instants, got 'quota'\n +hint: docs/s,
    ],
    [
      'credit:slice=5ms',
      'slice',
      /credit has no 'slice'.*round-robin, lottery have it: write --scheduler round-robin:slice=5ms; did you mean 'tslice'/s,
    ],
    [
      'round-robin:ratelimit=0',
      'ratelimit',
      /round-robin has no 'ratelimit'.*one of: slice, .*credit, credit2 have it: write --scheduler credit:/s,
    ],
    ['credit:weight=512', 'weight', /unknown key 'weight'.*it is a VM's: write --vm NAME:weight=512/s],
    ['credit:acct-phase=5ms', 'acct-phase', /for virtual time.*'creditlab sim'/s],
    ['credit:tslice=5', '5', /a time needs a unit.*got '5'.*write 5s or 5ms/s],
    ['credit:tslice=', '', /not a time.*got ''/s],
    ['credit:ratelimit=1ms,tslice=2s', '2s', /tslice is out of range.*1ms to 1s.*got '2s'/s],
    ['credit:tslice=5ms,ratelimit=6ms', '6ms', /ratelimit is more than tslice.*at most 5ms/s],
    ['round-robin:instants=never', 'never', /unknown instants.*due or late/s],
  ];
  for (const [text, caretAt, says] of cases) {
    it(`has a caret, what was expected, and a hint: ${text}`, () => {
      for (const attempt of [
        () => fromYaml(REST, { scheduler: text }),
        () => fromFlags({ vm: ['A'], duration: '1s', scheduler: text }),
      ]) {
        const error = errorOf(attempt);
        assert.match(error.describe(), says);
        assert.equal(error.details.where, '--scheduler');
        const [line, caret] = error.details.excerpt?.split('\n') ?? [];
        assert.equal(line, `    --scheduler ${text}`);
        assert.equal(caret.indexOf('^'), line.length - (text.length - text.lastIndexOf(caretAt)));
        assert.equal(error.exitCode, 2);
      }
    });
  }

  it('that is a parameter of simulations is found where they are given', () => {
    assert.deepEqual(simulationValues('credit:tslice=5ms,acct-phase=5ms'), { acctPhaseNs: 5e6 });
    assert.deepEqual(simulationValues('round-robin'), {});
    assert.deepEqual(simulationValues(undefined), {});
    const error = errorOf(() => simulationValues('credit:acct-phase=3s'));
    assert.match(
      error.describe(),
      /acct-phase is out of range\n.*\n {34}\^\n +expected 0 \(none\) to 2s, got '3s'/,
    );
    fromYaml(REST, { scheduler: 'credit:acct-phase=5ms', isSimulated: true });
  });
});

describe('an option for the scheduler of a lab', () => {
  const lab = (rows: string, scheduler: string) =>
    resolveLab(
      parseYaml(
        'title: t\nscenario: { pcpus: 1, duration: 1s, scheduler: { tslice: 10ms }, vms: [{ name: A }] }\n' +
          `rows:\n${rows}`,
        'my.yaml',
      ),
      HOST,
      { scheduler },
    );
  const PLAIN = '  - { label: a, vms: [{ name: A }] }\n';
  const NAMED = '  - { label: b, scheduler: credit, vms: [{ name: A }] }\n';
  const SET = '  - { label: c, scheduler: { tslice: 3ms }, vms: [{ name: A }] }\n';
  const seen = ({ rows }: ReturnType<typeof lab>) =>
    rows.map(({ scenario: { scheduler } }) => [
      scheduler.type,
      ...Object.values(scheduler.parameters).slice(0, 2),
    ]);

  it('holds for rows that name none, and says which rows keep theirs', () => {
    const plan = lab(PLAIN + NAMED, 'round-robin:slice=5ms');
    assert.deepEqual(seen(plan), [
      ['round-robin', 5e6],
      ['credit', 10e6, 1e6],
    ]);
    assert.deepEqual(plan.notes, ["Row 'b' keeps the scheduler that is named there."]);
    assert.equal(lab(PLAIN, 'round-robin').notes, undefined);
  });

  it('leaves parameters that a row sets, and says so', () => {
    const plan = lab(PLAIN + SET, 'credit:tslice=5ms,ratelimit=0');
    assert.deepEqual(seen(plan), [
      ['credit', 5e6, 0],
      ['credit', 3e6, 0],
    ]);
    assert.deepEqual(plan.notes, ["Row 'c' keeps the tslice that is given there."]);
  });

  it('is refused where no row would take it', () => {
    const named = errorOf(() => lab(NAMED, 'round-robin'));
    assert.match(
      named.describe(),
      /--scheduler: each row of this lab names its scheduler.*leave the option out/s,
    );
    const set = errorOf(() => lab(SET, 'credit:tslice=5ms'));
    assert.match(set.describe(), /--scheduler: each row of this lab sets tslice itself.*leave tslice out/s);
    assert.equal(set.details.excerpt, '    --scheduler credit:tslice=5ms\n                       ^');
  });

  it('is refused at a row with a parameter that the scheduler does not have', () => {
    const error = errorOf(() => lab(PLAIN + SET, 'round-robin'));
    assert.equal(error.details.where, 'my.yaml:5:30');
    assert.match(error.describe(), /round-robin has no 'tslice'.*choose a scheduler that has it: credit/s);
  });
});
