import assert from 'node:assert/strict';
import { idealOf } from '../../src/ideal/ideal.ts';
import { whyNoIdeal } from '../../src/scenario/entitlement.ts';
import { type Scenario, scenarioSchema } from '../../src/scenario/scenario.ts';
import { Stage } from '../../src/scenario/stage.ts';
import { errorOf, fromFlags, fromYaml } from './attempt.ts';

const HEAD = 'scheduler: sedf\npcpus: 1\nduration: 9s\n';

describe('what a VM of SEDF is given', () => {
  const cases: readonly (readonly [what: string, yaml: string, place: string, says: RegExp])[] = [
    [
      'a weight beside a reservation',
      'vms:\n  - { name: A, period: 20ms, slice: 5ms, weight: 3 }\n',
      '5:50',
      /either a weight or a reservation/,
    ],
    ['a period alone', 'vms:\n  - { name: A, period: 20ms }\n', '5:24', /a period needs a slice/],
    ['a slice alone', 'vms:\n  - { name: A, slice: 5ms }\n', '5:23', /a slice needs a period/],
    [
      'a slice above the period',
      'vms:\n  - { name: A, period: 20ms, slice: 21ms }\n',
      '5:37',
      /slice is more than period.*at most 20ms, the period, got 21ms/s,
    ],
    ['no extra time alone', 'vms:\n  - { name: A, extratime: false }\n', '5:27', /would have nothing/],
    [
      'a slice above the period, by an event',
      'vms:\n  - { name: A, period: 20ms, slice: 5ms }\nevents:\n  - { at: 1s, vm: A, slice: 21ms }\n',
      '7:29',
      /slice is more than period/,
    ],
    [
      'a change that Xen refuses',
      'vms:\n  - { name: A }\nevents:\n  - { at: 1s, vm: A, latency: 5ms }\n',
      '7:31',
      /Xen refuses this change.*a weight, or a slice/s,
    ],
    ['a cap', 'vms:\n  - { name: A, cap: 20 }\n', '5:16', /the scheduler sedf has no 'cap'/],
  ];
  for (const [what, yaml, place, says] of cases) {
    it(`is refused at its place: ${what}`, () => {
      const error = errorOf(() => fromYaml(HEAD + yaml));
      assert.match(error.describe(), says);
      assert.equal(error.details.where, `lab.yaml:${place}`);
    });
  }

  it('is refused at the option that gives it', () => {
    const error = errorOf(() =>
      fromFlags({ vm: ['A:period=20ms,slice=5ms,weight=3'], duration: '1s', scheduler: 'sedf' }),
    );
    assert.equal(error.details.where, '--vm');
    assert.match(error.describe(), /either a weight or a reservation/);
  });

  it('is a scenario as results have it, with a weight of 0 beside a reservation', () => {
    const scenario = fromYaml(`${HEAD}vms:\n  - { name: A, period: 20ms, slice: 5ms }\n`);
    assert.equal(scenario.vms[0].weight, 0);
    assert.deepEqual(scenarioSchema.parse(scenario), scenario);
  });

  it('is a weight after an event gave one, and a reservation after one gave that', () => {
    const scenario = fromYaml(
      `${HEAD}vms:\n  - { name: A, period: 20ms, slice: 5ms }\nevents:\n` +
        '  - { at: 1s, vm: A, weight: 9 }\n  - { at: 2s, vm: A, slice: 30ms }\n',
    );
    const at = (ns: number) => Stage.at(scenario, ns).named('A')?.parameters;
    const common = { latencyNs: 0, extratime: 1 };
    assert.deepEqual(at(0), { ...common, periodNs: 20e6, sliceNs: 5e6, weight: 0 });
    assert.deepEqual(at(1e9), { ...common, periodNs: 0, sliceNs: 0, weight: 9 });
    assert.deepEqual(at(2e9), { ...common, periodNs: 100e6, sliceNs: 30e6, weight: 0 });
  });
});

describe('the ideal under SEDF', () => {
  const shares = (scenario: Scenario) =>
    idealOf(
      scenario,
      scenario.vms.map(() => null),
      9e9,
    ).map(({ sharePercent }) => sharePercent);
  const near = (have: readonly (number | null)[], want: readonly number[]) => {
    assert.equal(have.length, want.length);
    for (const [i, share] of want.entries())
      assert.ok(Math.abs((have[i] ?? NaN) - share) < 0.01, String(have[i]));
  };

  it('is the reservation, and of what is left over as much as scores give', () => {
    near(
      shares(fromYaml(`${HEAD}vms: [{ name: A, period: 20ms, slice: 5ms, extratime: false }, { name: B }]`)),
      [25, 75],
    );
    near(
      shares(fromYaml(`${HEAD}vms: [{ name: A, period: 20ms, slice: 5ms }, { name: B, weight: 8 }]`)),
      [85, 15],
    );
  });

  it('follows an event that makes a reservation of a weight', () => {
    const scenario = fromYaml(
      `${HEAD}vms: [{ name: A }, { name: B }]\n` +
        'events: [{ at: 4500ms, vm: A, period: 20ms, slice: 15ms, extratime: false }]\n',
    );
    near(shares(scenario), [62.5, 37.5]);
  });

  it('is not known where a VM has a weight without extra time, at once or later', () => {
    const weighted = fromYaml(`${HEAD}vms: [{ name: A, weight: 3, extratime: false }, { name: B }]`);
    assert.match(whyNoIdeal(weighted) ?? '', /depends on the other VMs/);
    const later = fromYaml(
      `${HEAD}vms: [{ name: A }, { name: B }]\nevents: [{ at: 1s, vm: A, weight: 3, extratime: false }]\n`,
    );
    assert.deepEqual(shares(later), [null, null]);
  });
});
