import assert from 'node:assert/strict';
import { playedAgain } from '../../src/predict/simulated-trace.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { changesOf, comparedSteps, stepsOf, type VmStep } from '../../src/trace/steps.ts';
import { slicesOf } from '../../src/trace/timeline.ts';
import type { Trace } from '../../src/trace/trace.ts';
import { fromYaml } from '../scenario/attempt.ts';
import { inventedTrace, type InventedFacts } from './invented-trace.ts';

const MS = 1e6;

function played(events: string, vms = '{ name: A }, { name: B, weight: 512 }'): Scenario {
  return fromYaml(`name: play\npcpus: [1]\nduration: 8s\nvms: [${vms}]\nevents: [${events}]\n`);
}

function traced(scenario: Scenario, facts: InventedFacts | null = null): Trace {
  return inventedTrace({ scenario, facts });
}

const shares = (steps: readonly VmStep[]) =>
  steps.map(({ vm, fromPercent, toPercent }) => [vm, Math.round(fromPercent), Math.round(toPercent)]);

describe('what the changes in a run did', () => {
  it('is told for each VM whose share changes by more than a point', () => {
    const events = '{ at: 4s, vm: A, cap: 25 }, { at: 6s, vm: C, action: pause }';
    const vms = '{ name: A, pin: [0] }, { name: B, weight: 512, pin: [0] }, { name: C, pin: [1] }';
    const scenario = fromYaml(
      `name: pinned\npcpus: [0, 1]\nduration: 8s\nvms: [${vms}]\nevents: [${events}]\n`,
    );
    assert.deepEqual(
      stepsOf(traced(scenario)).map(({ vm, change }) => `${change.text}: ${vm}`),
      ['A cap 25: A', 'A cap 25: B', 'pause C: C'],
    );
  });

  for (const [weight, before, after] of [
    [512, 33, 50],
    [1024, 33, 67],
    [128, 33, 20],
  ] as const) {
    it(`is that a weight of ${String(weight)} acts when the schedule becomes another one`, () => {
      const unchanged = slicesOf(traced(played('')))[0];
      for (const [at, atNs] of [
        ['4s', 4000 * MS],
        ['4.007s', 4007 * MS],
        ['4.013s', 4013 * MS],
        ['4.029s', 4029 * MS],
      ] as const) {
        const trace = traced(played(`{ at: ${at}, vm: A, weight: ${String(weight)} }`));
        const steps = stepsOf(trace);
        assert.deepEqual(shares(steps), [
          ['A', before, after],
          ['B', 100 - before, 100 - after],
        ]);
        // Each slice is at the same time that of another VM: they part where one ends sooner than it would have.
        const [changed] = slicesOf(trace);
        const parting = changed.findIndex(({ toNs }, i) => toNs !== unchanged[i].toNs);
        const partsNs = Math.min(changed[parting].toNs, unchanged[parting].toNs);
        for (const { delayNs, settlingNs } of steps) {
          assert.ok(delayNs !== null && settlingNs !== null, at);
          assert.ok(Math.abs(delayNs - (partsNs - atNs)) < 1000, `${at}: ${String(delayNs)}`);
          // An accounting, and in the old pattern of three slices there is nothing else yet to be seen.
          assert.ok(delayNs <= (30 + 90) * MS, `${at}: ${String(delayNs)}`);
          assert.ok(settlingNs >= delayNs && settlingNs <= 300 * MS, `${at}: ${String(settlingNs)}`);
        }
      }
    });
  }

  it('is told for pauses, later starts, ends and pins', () => {
    const steps = stepsOf(
      traced(
        played(
          '{ at: 1s, vm: B, action: pause }, { at: 3s, vm: B, action: unpause }, ' +
            '{ at: 5s, create: { name: C } }, { at: 7s, vm: B, action: destroy }',
        ),
      ),
    );
    assert.deepEqual(
      steps.map(({ change, vm, fromPercent, toPercent }) =>
        [change.text, vm, Math.round(fromPercent), Math.round(toPercent)].join(' '),
      ),
      [
        'pause B A 33 100',
        'pause B B 67 0',
        'unpause B A 100 33',
        'unpause B B 0 67',
        'start C A 33 25',
        'start C B 67 50',
        'start C C 0 25',
        'destroy B A 25 50',
        'destroy B B 50 0',
        'destroy B C 25 50',
      ],
    );
    const paused = steps.find(({ vm, change }) => vm === 'B' && change.text === 'pause B');
    // Two of three slices are B's: it runs, or its next slice does not come.
    assert.ok((paused?.delayNs ?? Infinity) <= 30 * MS, String(paused?.delayNs));
  });

  it('ends where work is done: the share changes then, and nobody has changed anything', () => {
    const vms = '{ name: A }, { name: B, weight: 512, work: 3s }';
    const [a] = stepsOf(traced(played('{ at: 3s, vm: A, weight: 512 }', vms)));
    assert.equal(Math.round(a.toPercent), 50);
    assert.ok(a.settlingNs !== null);
  });

  it('counts changes in quick succession as one, from the last of them', () => {
    const drag = Array.from(
      { length: 20 },
      (_, i) => `{ at: ${String(4000 + 50 * i)}ms, vm: A, weight: ${String(264 + 8 * i)} }`,
    );
    const scenario = played([...drag, '{ at: 5s, vm: A, weight: 512 }'].join(', '));
    assert.deepEqual(
      changesOf({ scenario }).map(({ beginNs, atNs, text }) => [beginNs, atNs, text]),
      [[4e9, 5e9, 'A weight 512 (the last of 21)']],
    );
    assert.deepEqual(shares(stepsOf(traced(scenario))), [
      ['A', 33, 50],
      ['B', 67, 50],
    ]);
  });

  it('puts each change into a few words, and leaves marks out', () => {
    const scenario = played(
      '{ at: 1s, vm: A, weight: 9, cap: 50 }, { at: 2s, vm: A, vcpu: 0, pin: [1] }, { at: 3s, mark: look }, ' +
        '{ at: 4s, scheduler: { tslice: 5ms } }, { at: 4s, vm: B, action: pause }',
    );
    assert.deepEqual(
      changesOf({ scenario }).map(({ text }) => text),
      ['A weight 9, cap 50', 'pin A/v0 to 1', 'tslice 5ms; pause B'],
    );
    assert.deepEqual(changesOf({ scenario: played('') }), []);
    assert.deepEqual(stepsOf(traced(played(''))), []);
  });

  it('is taken from what the cores did, without what others stole', () => {
    const scenario = played('{ at: 4s, vm: A, weight: 1024 }');
    const [whole] = stepsOf(traced(scenario, {}));
    const [stolen] = stepsOf(traced(scenario, { stolenPercent: 10 }));
    assert.ok(Math.abs(whole.toPercent - 66.7) < 0.5, String(whole.toPercent));
    assert.ok(Math.abs(stolen.toPercent - 0.9 * whole.toPercent) < 0.1, String(stolen.toPercent));
    assert.ok(stolen.delayNs !== null && stolen.delayNs <= 61 * MS, String(stolen.delayNs));
  });

  it('begins with the oldest record that was kept', () => {
    const scenario = played('{ at: 1s, vm: A, weight: 1024 }, { at: 7s, vm: A, weight: 512 }');
    const all = inventedTrace({ scenario });
    const trace = inventedTrace({ scenario, capacity: Math.floor(all.count / 2) });
    assert.ok(trace.lost.forgotten > 0);
    assert.deepEqual(shares(stepsOf(trace)), [
      ['A', 67, 50],
      ['B', 33, 50],
    ]);
  });
});

describe('a run that is played again in virtual time', () => {
  it('has its steps beside those that were measured', () => {
    const measured = traced(played('{ at: 4s, vm: A, weight: 1024 }, { at: 6s, vm: A, weight: 1025 }'), {});
    const steps = comparedSteps(measured, playedAgain(measured));
    assert.deepEqual(
      steps.map(({ vm, change }) => [vm, change.text]),
      [
        ['A', 'A weight 1024'],
        ['B', 'A weight 1024'],
      ],
    );
    for (const { measured: real, simulated } of steps) {
      assert.ok(real !== null && simulated !== null);
      assert.ok(Math.abs(real.toPercent - simulated.toPercent) < 0.5);
      assert.ok(Math.abs((real.delayNs ?? Infinity) - (simulated.delayNs ?? 0)) < 1 * MS);
    }
  });

  it('gives each vCPU as much work as it had done, and lasts as long', () => {
    const scenario = played('', '{ name: A, work: 1s }, { name: B, work: 9s }');
    const measured = traced(scenario, {});
    const again = playedAgain(measured);
    assert.ok(again !== null);
    const done = (trace: Trace) => Math.round((trace.endNs ?? 0) / 1e9);
    assert.equal(done(again), done(measured));
    assert.equal(again.header.machine, 'simulated');
  });

  it('is not there where the oldest records of finite work are gone', () => {
    const scenario = played('', '{ name: A, work: 9s }, { name: B }');
    assert.equal(playedAgain(inventedTrace({ scenario, capacity: 200 })), null);
    assert.notEqual(playedAgain(inventedTrace({ scenario: played(''), capacity: 200 })), null);
  });
});
