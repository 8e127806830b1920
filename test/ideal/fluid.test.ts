import assert from 'node:assert/strict';
import { fluid } from '../../src/ideal/fluid.ts';
import { fromYaml } from '../scenario/attempt.ts';

const seconds = (ns: number | null) => (ns === null ? null : Math.round(ns / 1e6) / 1e3);
const walls = (yaml: string) => fluid(fromYaml(yaml)).vms.map(({ wallNs }) => seconds(wallNs));
const cpus = (yaml: string) => fluid(fromYaml(yaml)).vms.map(({ cpuNs }) => seconds(cpuNs));

describe('the ideal execution time', () => {
  it('is the work itself for a VM alone', () => {
    assert.deepEqual(walls('{ pcpus: 1, vms: [{ name: A, work: 1s }] }'), [1]);
  });

  it('is the work over the cap for a VM alone with a cap', () => {
    assert.deepEqual(walls('{ pcpus: 1, vms: [{ name: A, work: 1s, cap: 25 }] }'), [4]);
  });

  it('follows the weights until the first is done, then the other has all', () => {
    assert.deepEqual(
      walls('{ pcpus: 1, vms: [{ name: A, work: 1s }, { name: B, weight: 1024, work: 1s }] }'),
      [2, 1.25],
    );
  });

  it('keeps the cap when the other is done', () => {
    // B runs at 75 % and is done after 4/3 s; A has 1/3 s by then, and the rest takes it 8/9 s at 75 %.
    assert.deepEqual(
      walls(
        '{ pcpus: 1, vms: [{ name: A, work: 1s, cap: 75 }, { name: B, weight: 1024, work: 1s, cap: 75 }] }',
      ),
      [2.222, 1.333],
    );
  });

  it('is counted from the start of the VM', () => {
    assert.deepEqual(
      walls('{ pcpus: 1, vms: [{ name: A, work: 4s }, { name: B, work: 3s, start: 2s }] }'),
      [6, 5],
    );
  });

  it('is that of all vCPUs together', () => {
    assert.deepEqual(
      walls('{ pcpus: 2, vms: [{ name: A, vcpus: 2, work: 1s }, { name: B, work: 1s }] }'),
      [1.5, 1.5],
    );
    assert.deepEqual(walls('{ pcpus: 1, vms: [{ name: A, vcpus: 2, work: 1s }] }'), [2]);
  });

  it('has each vCPU of a VM finish its own work, pinned or not', () => {
    assert.deepEqual(
      walls('{ pcpus: [0, 1], vms: [{ name: A, work: 1s, pin: [0] }, { name: B, work: 1s, pin: [0] }] }'),
      [2, 2],
    );
  });

  it('takes changes of weight and cap into account', () => {
    const yaml = (event: string) =>
      `{ pcpus: 1, vms: [{ name: A, work: 2s }, { name: B, work: 9s }], events: [{ at: 2s, vm: A, ${event} }] }`;
    assert.deepEqual(walls(yaml('weight: 768')), [3.333, 11]);
    assert.deepEqual(walls(yaml('cap: 10')), [12, 10.889]);
  });

  it('stands still while the VM is paused', () => {
    const events = '[{ at: 500ms, vm: A, action: pause }, { at: 3s, vm: A, action: unpause }]';
    assert.deepEqual(walls(`{ pcpus: 1, vms: [{ name: A, work: 1s }], events: ${events} }`), [3.5]);
  });

  it('is null for a VM that is destroyed before it is done, and the others have its part from then on', () => {
    const yaml = (at: string) =>
      '{ pcpus: 1, vms: [{ name: A, work: 1s }, { name: B, work: 3s }], events: ' +
      `[{ at: ${at}, vm: A, action: destroy }] }`;
    assert.deepEqual(walls(yaml('1s')), [null, 3.5]);
    assert.deepEqual(cpus(yaml('1s')), [0.5, 3]);
    assert.deepEqual(walls(yaml('3s')), [2, 4]);
  });

  it('follows a pin that changes', () => {
    // Both on CPU 0 until 1 s, then each has a CPU.
    const pinned = '[{ name: A, work: 2s, pin: [0] }, { name: B, work: 2s, pin: [0] }]';
    assert.deepEqual(
      walls(`{ pcpus: [0, 1], vms: ${pinned}, events: [{ at: 1s, vm: B, pin: [1] }] }`),
      [2.5, 2.5],
    );
  });

  it('follows the pin of one vCPU', () => {
    // Its vCPUs have a CPU each; from 1 s on they share CPU 0.
    const yaml =
      '{ pcpus: [0, 1], vms: [{ name: A, vcpus: 2, work: 2s }], events: ' +
      '[{ at: 1s, vm: A, vcpu: 1, pin: [0] }, { at: 1s, vm: A, vcpu: 0, pin: [0] }] }';
    assert.deepEqual(walls(yaml), [3]);
    // With one of them pinned, the other one still has the other CPU.
    assert.deepEqual(walls(yaml.replace(', { at: 1s, vm: A, vcpu: 0, pin: [0] }', '')), [2]);
  });

  it('keeps the cap of a VM whose vCPUs are pinned apart', () => {
    const yaml =
      '{ pcpus: [0, 1], duration: 10s, vms: [{ name: A, vcpus: 2, cap: 60 }], events: ' +
      '[{ at: 0s, vm: A, vcpu: 1, pin: [1] }] }';
    assert.deepEqual(cpus(yaml), [6]);
  });

  it('is null for a VM without an end, and for one that is never unpaused', () => {
    assert.deepEqual(walls('{ duration: 1s, vms: [{ name: A }] }'), [null]);
    assert.deepEqual(
      walls(
        '{ pcpus: 1, duration: 9s, vms: [{ name: A, work: 1s }], events: [{ at: 100ms, vm: A, action: pause }] }',
      ),
      [null],
    );
  });

  it('is known beyond the end of a run that is cut off', () => {
    assert.deepEqual(walls('{ pcpus: 1, duration: 1s, vms: [{ name: A, work: 3s }] }'), [3]);
  });
});

describe('the ideal CPU time', () => {
  it('is counted inside the window', () => {
    assert.deepEqual(
      cpus('{ pcpus: 1, duration: 3s, vms: [{ name: A }, { name: B, weight: 512 }] }'),
      [1, 2],
    );
    assert.deepEqual(cpus('{ pcpus: 1, duration: 1s, vms: [{ name: A, work: 3s }] }'), [1]);
  });

  it('of an interactive VM is what it asks for', () => {
    const yaml = (size: string) =>
      `{ pcpus: 1, duration: 10s, vms: [{ name: D, workload: interactive${size} }, { name: A }] }`;
    assert.deepEqual(cpus(yaml('')), [1, 9]);
    assert.deepEqual(cpus(yaml(', size: 4000')), [4, 6]);
  });

  it('of one that is due every 10 ms, or sleeps for its size, too', () => {
    const yaml = (workload: string) =>
      `{ pcpus: 1, duration: 10s, vms: [{ name: D, workload: ${workload} }, { name: A }] }`;
    assert.deepEqual(cpus(yaml('periodic, size: 4000')), [4, 6]);
    assert.deepEqual(cpus(yaml('sleeper')), [1, 9]);
    assert.deepEqual(cpus(yaml('sleeper, size: 4000')), [2, 8]);
  });

  it('adds up to the work that was done', () => {
    const { windowNs, vms } = fluid(
      fromYaml('{ pcpus: 1, vms: [{ name: A, work: 1s }, { name: B, work: 2s }] }'),
    );
    assert.equal(windowNs, 3e9);
    assert.deepEqual(
      vms.map(({ cpuNs }) => seconds(cpuNs)),
      [1, 2],
    );
  });
});

describe('work in units', () => {
  const scenario = fromYaml("{ pcpus: 1, vms: [{ name: A, work: '500 units' }] }");

  it('needs to be told how long a unit takes', () => {
    assert.throws(() => fluid(scenario), TypeError);
    assert.equal(fluid(scenario, { workNs: () => 500 * 1e6 }).vms[0].wallNs, 500e6);
  });
});
