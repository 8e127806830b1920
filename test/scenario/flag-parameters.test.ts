import assert from 'node:assert/strict';
import { scenarioText } from '../../src/control/save.ts';
import { simulationValues } from '../../src/scenario/scheduler-flag.ts';
import { errorOf, fromFlags, fromYaml } from './attempt.ts';

const REST = 'pcpus: 1\nduration: 9s\nscheduler: rtds\n';

describe('a parameter that is true or false', () => {
  const extratimeOf = (vm: string) => fromYaml(`${REST}vms: [{ name: A, ${vm} }]\n`).vms[0].parameters;

  it('is so in files', () => {
    assert.equal(extratimeOf('extratime: true')?.extratime, 1);
    assert.equal(extratimeOf('extratime: false')?.extratime, 0);
    const { scheduler } = fromYaml(
      `pcpus: 1\nduration: 1s\nscheduler: { type: rtds, wall-time: true }\nvms: [{ name: A }]\n`,
    );
    assert.equal(scheduler.parameters.wallTime, 1);
  });

  it('is nothing else in files', () => {
    for (const value of ['yes', '1', '"true"', '[]']) {
      const error = errorOf(() => extratimeOf(`extratime: ${value}`));
      assert.match(error.describe(), /extratime must be true or false.*expected true or false/s);
      assert.equal(error.details.where, 'lab.yaml:4:29');
    }
  });

  it('is on the command line a key alone, or has a word', () => {
    const options = { duration: '1s', scheduler: 'rtds' };
    const extratime = (vm: string) => fromFlags({ ...options, vm: [vm] }).vms[0].parameters?.extratime;
    for (const on of ['extratime', 'extratime=yes', 'extratime=true', 'extratime=1', 'vcpus=2,extratime'])
      assert.equal(extratime(`A:${on}`), 1, on);
    for (const off of ['extratime=no', 'extratime=false', 'extratime=0', 'extratime=no,vcpus=2'])
      assert.equal(extratime(`A:${off}`), 0, off);
    const error = errorOf(() => extratime('A:extratime=maybe'));
    assert.match(error.describe(), /extratime must be true or false.*\^.*got 'maybe'/s);
    const wallTime = (scheduler: string) =>
      fromFlags({ vm: ['A'], duration: '1s', scheduler }).scheduler.parameters.wallTime;
    assert.equal(wallTime('rtds:wall-time'), 1);
    assert.equal(wallTime('rtds:wall-time=no'), 0);
    assert.deepEqual(simulationValues('rtds:wall-time'), {});
  });

  it('may change while a run is under way, and is saved as it was written', () => {
    const text =
      `${REST}vms:\n  - { name: A, extratime: false, period: 20ms }\n` +
      'events:\n  - { at: 1s, vm: A, extratime: true, budget: 5ms }\n';
    const scenario = fromYaml(text);
    assert.deepEqual(scenario.events, [
      { atNs: 1e9, kind: 'set', vm: 'A', parameters: { extratime: 1, budgetNs: 5e6 } },
    ]);
    const saved = scenarioText(scenario, { baseDir: '.', isInvented: true });
    assert.match(saved, /\{ name: A, period: 20ms, extratime: false/);
    assert.match(saved, /\{ at: 1s, vm: A, budget: 5ms, extratime: true \}/);
    const [one, other] = [scenario, fromYaml(saved)].map(({ vms, events }) => ({
      vms: vms.map(({ parameters }) => parameters),
      events,
    }));
    assert.deepEqual(one, other);
  });
});
