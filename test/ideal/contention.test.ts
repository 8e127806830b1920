import assert from 'node:assert/strict';
import { contendedSpan, isShareDecided, isTimeDecided, type DoneNs } from '../../src/ideal/contention.ts';
import { fromYaml } from '../scenario/attempt.ts';

const S = 1e9;

describe('all VMs compete', () => {
  const spanOf = (yaml: string, doneNs: readonly DoneNs[], endNs = 10 * S) => {
    const span = contendedSpan(fromYaml(yaml), doneNs, endNs);
    return span === null ? null : [span.fromNs / S, span.toNs / S];
  };

  it('all the time, if none of them ends', () => {
    const yaml = '{ pcpus: 1, duration: 10s, vms: [{ name: A }, { name: B, workload: interactive }] }';
    assert.deepEqual(spanOf(yaml, [null, null]), [0, 10]);
  });

  it('from the start of the last one until the first vCPU is done', () => {
    const yaml =
      '{ pcpus: 1, vms: [{ name: A, work: 2s, vcpus: 2 }, { name: B, work: 2s, start: 1s }, { name: C, work: ' +
      '2s, start: 3s }] }';
    assert.deepEqual(spanOf(yaml, [7 * S, 6 * S, 8 * S, 9 * S]), [3, 6]);
    assert.deepEqual(spanOf(yaml, [null, null, null, null]), [3, 10]);
  });

  it('never, if one is done before another starts', () => {
    const yaml = '{ pcpus: 1, vms: [{ name: A, work: 2s }, { name: B, work: 2s, start: 3s }] }';
    assert.equal(spanOf(yaml, [2 * S, 5 * S]), null);
    assert.equal(spanOf(yaml, [3 * S, 5 * S]), null);
  });

  it('until one is destroyed, and never if it was before the last one starts', () => {
    const destroyed = (at: string) =>
      spanOf(
        '{ pcpus: 1, duration: 10s, vms: [{ name: A }, { name: B, start: 2s }], events: ' +
          `[{ at: ${at}, vm: A, action: destroy }] }`,
        [null, null],
      );
    assert.deepEqual(destroyed('4s'), [2, 4]);
    assert.equal(destroyed('1s'), null);
  });

  it('until one is paused, even if it goes on later', () => {
    const vms = 'pcpus: 1, duration: 10s, vms: [{ name: A }, { name: B, start: 2s }]';
    const pause = (at: string) => `{ at: ${at}, vm: A, action: pause }`;
    const unpause = (at: string) => `{ at: ${at}, vm: A, action: unpause }`;
    const withEvents = (...events: string[]) =>
      spanOf(`{ ${vms}, events: [${events.join(', ')}] }`, [null, null]);
    assert.deepEqual(withEvents(pause('4s'), unpause('5s')), [2, 4]);
    assert.deepEqual(withEvents(pause('1s'), unpause('1500ms')), [2, 10]);
    assert.equal(withEvents(pause('1s'), unpause('3s')), null);
  });
});

describe('a share depends on the scheduler', () => {
  const decided = (yaml: string) => {
    const scenario = fromYaml(yaml);
    return scenario.vms.map((_, vm) => isShareDecided(scenario, 1 * S, vm));
  };

  it('if there is no pCPU for everybody', () => {
    assert.deepEqual(decided('{ pcpus: 1, duration: 1s, vms: [{ name: A }, { name: B }] }'), [true, true]);
    assert.deepEqual(decided('{ pcpus: 2, duration: 1s, vms: [{ name: A }, { name: B }] }'), [false, false]);
    assert.deepEqual(decided('{ pcpus: 2, duration: 1s, vms: [{ name: A, vcpus: 2 }, { name: B }] }'), [
      true,
      true,
    ]);
  });

  it('not if a VM is alone, unless a cap takes something from it', () => {
    const alone = (vm: string) => decided(`{ pcpus: 1, duration: 1s, vms: [{ name: A, ${vm} }] }`)[0];
    assert.deepEqual([alone('vcpus: 2'), alone('cap: 50'), alone('cap: 100')], [false, true, false]);
    const later = '{ pcpus: 1, duration: 9s, vms: [{ name: A }], events: [{ at: 1s, vm: A, cap: 30 }] }';
    assert.deepEqual(decided(later), [true]);
  });

  it('once everybody has had ten turns', () => {
    const decidedIn = (ms: number, yaml: string) => isShareDecided(fromYaml(yaml), ms * 1e6, 0);
    const two = '{ pcpus: 1, duration: 1s, vms: [{ name: A }, { name: B }] }';
    assert.deepEqual([decidedIn(599, two), decidedIn(600, two)], [false, true]);
    const capped = '{ pcpus: 2, duration: 1s, scheduler: { tslice: 5ms }, vms: [{ name: A, cap: 20 }] }';
    assert.deepEqual([decidedIn(49, capped), decidedIn(50, capped)], [false, true]);
  });

  it('by those alone with whom it shares a pCPU, also by way of others', () => {
    const pinned = (pin: string) =>
      decided(
        '{ pcpus: [0, 1], duration: 1s, vms: [{ name: A, pin: [0] }, { name: B, pin: [1] }, { name: C, pin: [1] ' +
          `}, { name: D, pin: ${pin} }] }`,
      );
    assert.deepEqual(pinned('[1]'), [false, true, true, true]);
    const moved =
      '{ pcpus: [0, 1], duration: 1s, vms: [{ name: A, pin: [0] }, { name: B, pin: [1] }], events: ' +
      '[{ at: 500ms, vm: B, pin: [0] }] }';
    assert.deepEqual(decided(moved), [false, false]);
    assert.deepEqual(decided(moved.replace('{ name: B', '{ name: C, pin: [0] }, { name: B')), [
      true,
      true,
      true,
    ]);
    assert.deepEqual(pinned('[0, 1]'), [true, true, true, true]);
  });
});

describe('an execution time depends on the scheduler', () => {
  const decided = (yaml: string, ...doneS: (number | null)[][]) => {
    const scenario = fromYaml(yaml);
    const doneNs = doneS.map((each) => each.map((s) => (s === null ? null : s * S)));
    return scenario.vms.map((_, vm) => isTimeDecided(scenario, doneNs, vm));
  };
  const two = (a = '', b = '') => `{ pcpus: 1, vms: [{ name: A, work: 1s${a} }, { name: B, work: 1s${b} }] }`;

  it('not if it is the last one on its pCPU, which is done when all work is', () => {
    assert.deepEqual(decided(two(), [1.5], [2]), [true, false]);
    assert.deepEqual(decided(two(), [2], [1.5]), [false, true]);
    const pinned =
      '{ pcpus: [0, 1], vms: [{ name: A, work: 1s, pin: [0] }, { name: B, work: 1s, pin: [0] }, { name: C, ' +
      'work: 1s, pin: [1] }, { name: D, work: 1s, pin: [1] }] }';
    assert.deepEqual(decided(pinned, [1.5], [2], [2.1], [1.6]), [true, false, false, true]);
  });

  it('even if it is the last one, where a cap leaves the pCPU idle', () => {
    assert.deepEqual(decided(two(', cap: 25'), [4], [1.3]), [true, true]);
    assert.deepEqual(decided(two('', ', cap: 25'), [1.3], [4]), [true, true]);
    assert.deepEqual(decided('{ pcpus: 1, vms: [{ name: A, work: 1s, cap: 25 }] }', [4]), [true]);
    // Capped, but not last: the other one leaves nothing unused.
    assert.deepEqual(decided(two(', cap: 40'), [2], [2.1]), [true, false]);
  });

  it('if somebody without an end goes on', () => {
    const yaml = '{ pcpus: 1, duration: 9s, vms: [{ name: A, work: 1s }, { name: B }] }';
    assert.equal(decided(yaml, [2], [null])[0], true);
  });

  it('not if it met nobody', () => {
    assert.deepEqual(decided(two('', ', start: 5s'), [1], [6]), [false, false]);
    assert.deepEqual(decided(two('', ', start: 5s'), [5], [6]), [false, false]);
    const wide = '{ pcpus: 2, vms: [{ name: A, work: 1s }, { name: B, work: 1s }] }';
    assert.deepEqual(decided(wide, [1], [1.1]), [false, false]);
  });

  it('on several pCPUs of the last one, too, since who is last alone leaves others unused', () => {
    const yaml =
      '{ pcpus: 2, vms: [{ name: A, work: 1s }, { name: B, work: 1s }, { name: C, work: 1s, start: 200ms }] }';
    assert.deepEqual(decided(yaml, [1.4], [1.4], [1.7]), [true, true, true]);
  });
});
