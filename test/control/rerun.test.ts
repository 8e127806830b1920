import assert from 'node:assert/strict';
import { readOrder } from '../../src/control/commands.ts';
import { nextRun, type NextRun } from '../../src/control/rerun.ts';
import { Stage } from '../../src/scenario/stage.ts';
import { errorOf, fromYaml } from '../scenario/attempt.ts';

/** The run after one of this scenario that ends at 5 s. */
function after(yaml: string, command: object = {}): NextRun {
  const scenario = fromYaml(`duration: 10s\n${yaml}`);
  const { input, source } = readOrder({ command: 'rerun', ...command }, '.');
  if (input.command !== 'rerun') assert.fail(input.command);
  return nextRun(input, scenario, Stage.at(scenario, 5e9), 5e9, source);
}

describe('the next run of a host', () => {
  it('begins with the VMs as they are now', () => {
    const { scenario } = after(
      'vms: [{ name: A, start: 1s, cap: 50 }, { name: B }, { name: gone }, { name: later, start: 7s }]\n' +
        'events: [{ at: 2s, vm: A, weight: 512 }, { at: 2s, vm: gone, action: destroy }, { at: 8s, vm: B, cap: 5 }]\n',
    );
    assert.deepEqual(
      scenario.vms.map(({ name, weight, cap, startNs }) => [name, weight, cap, startNs]),
      [
        ['A', 512, 50, 0],
        ['B', 256, 0, 0],
      ],
    );
    assert.deepEqual([scenario.events, scenario.durationNs], [[], 10e9]);
  });

  it('keeps what stands still standing, and vCPUs where they are pinned', () => {
    const { scenario } = after(
      'vms: [{ name: A, vcpus: 2 }]\n' +
        'events: [{ at: 1s, vm: A, action: pause }, { at: 1s, vm: A, vcpu: 1, pin: [1] }]\n',
    );
    assert.deepEqual(scenario.events, [
      { atNs: 0, kind: 'pin', vm: 'A', vcpu: 1, pin: [1] },
      { atNs: 0, kind: 'pause', vm: 'A' },
    ]);
  });

  it('calls a VM with another workload by its first name, unless that is taken', () => {
    const another = 'events: [{ at: 1s, vm: A, workload: fft }]\n';
    const names = ({ scenario }: NextRun) => scenario.vms.map(({ name }) => name);
    assert.deepEqual(names(after(`vms: [{ name: A }]\n${another}`)), ['A']);
    assert.deepEqual(names(after(`vms: [{ name: A }, { name: A.7 }]\n${another}`)), ['A.7', 'A.8']);
  });

  it('has the scheduler as it was tuned, unless it gets another one', () => {
    const yaml = 'vms: [{ name: A }]\nevents: [{ at: 1s, scheduler: { tslice: 5ms } }]\n';
    assert.equal(after(yaml).scenario.scheduler.parameters.tsliceNs, 5e6);
    assert.deepEqual(after(yaml, { scheduler: 'credit' }).scenario.scheduler.parameters.tsliceNs, 30e6);
  });

  it('tells its scheduler late instants as the run before, unless told otherwise', () => {
    const yaml = 'scheduler: { instants: late }\nvms: [{ name: A }]\n';
    const instants = (command: object) => after(yaml, command).scenario.scheduler.instants;
    assert.equal(instants({}), 'late');
    assert.equal(instants({ scheduler: 'credit2' }), 'late');
    assert.equal(instants({ scheduler: { type: 'credit2', instants: 'due' } }), undefined);
  });

  it('says what becomes of weights that the other scheduler does not have', () => {
    const { scenario, notes } = after('vms: [{ name: A, weight: 768 }, { name: B }]\n', {
      scheduler: 'sedf',
    });
    assert.equal(scenario.scheduler.type, 'sedf');
    assert.ok(
      notes.some((note) => note.startsWith('A has period ')),
      notes.join('; '),
    );
  });

  it('says of VMs that no other scheduler can take over what can be, and nothing of other commands', () => {
    const yaml = 'scheduler: linux-rt\nvms: [{ name: A, class: fifo, priority: 5 }]\n';
    const text = errorOf(() => after(yaml, { scheduler: 'cfs' })).describe();
    assert.match(
      text,
      /can't be taken over from linux-rt to cfs[^]*hint: only weights, caps and reservations/,
    );
    assert.doesNotMatch(text, /--schedulers/);
  });

  it('complains about a scheduler as a scenario file would', () => {
    const { message } = errorOf(() =>
      after('vms: [{ name: A }]\n', { scheduler: { type: 'rtds', tslice: '5ms' } }),
    );
    assert.match(message, /the scheduler rtds has no 'tslice'/);
  });
});
