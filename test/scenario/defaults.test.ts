import assert from 'node:assert/strict';
import { fromFlags, fromYaml } from './attempt.ts';

/** What Xen leaves nobody to choose. */
const AS_TODAY = { boost: 1, accounting: 0, tickle: 1, queue: 0 };

describe('a scenario file', () => {
  it('is resolved with every value that it states', () => {
    const scenario = fromYaml(`
name: everything
description: shows all keys
pcpus: [1, 3]
duration: 10s
seed: 7
scheduler: { type: credit, tslice: 10ms, ratelimit: 500us, lb-ratelimit: 2ms, migration-delay: 1ms }
vms:
  - { name: A, weight: 512, cap: 150, vcpus: 2, workload: matmul, size: 64, work: 3s, start: 500ms, pin: [3] }
  - { name: B, work: 20000 units }
events:
  - { at: 6s, vm: A, action: pause }
  - { at: 5s, vm: A, weight: 1024, cap: 50 }
  - { at: 5s, scheduler: { tslice: 5ms } }
`);
    const [a, b] = scenario.vms;
    assert.deepEqual(scenario.pcpus, [1, 3]);
    assert.equal(scenario.durationNs, 10e9);
    assert.equal(scenario.seed, 7);
    assert.deepEqual(scenario.scheduler, {
      type: 'credit',
      parameters: {
        tsliceNs: 10e6,
        ratelimitNs: 500e3,
        lbRatelimitNs: 2e6,
        migrationDelayNs: 1e6,
        ...AS_TODAY,
      },
    });
    assert.deepEqual(
      { ...a, workload: null },
      {
        name: 'A',
        weight: 512,
        cap: 150,
        vcpus: 2,
        startNs: 500e6,
        pin: [3],
        workload: null,
        work: { kind: 'cpu', ns: 3e9 },
      },
    );
    assert.match(a.workload.url, /^file:.*\/workloads\/matmul\.[jt]s$/);
    assert.equal(a.workload.size, 64);
    assert.deepEqual(b.work, { kind: 'units', units: 20000 });
  });

  it('has its events in the order of their times, and of the file where these are equal', () => {
    const { events } = fromYaml(`
duration: 9s
vms: [{ name: A }]
events:
  - { at: 6s, vm: A, action: pause }
  - { at: 5s, vm: A, weight: 1024 }
  - { at: 5s, scheduler: { ratelimit: 0 } }
`);
    assert.deepEqual(events, [
      { atNs: 5e9, kind: 'set', vm: 'A', weight: 1024 },
      { atNs: 5e9, kind: 'tune', parameters: { ratelimitNs: 0 } },
      { atNs: 6e9, kind: 'pause', vm: 'A' },
    ]);
  });

  it('gets the defaults of Xen, and all CPUs that are recommended', () => {
    const scenario = fromYaml('vms: [{ name: A, work: 1s }]');
    assert.equal(scenario.name, 'lab');
    assert.deepEqual(scenario.pcpus, [0, 1, 3]);
    assert.equal(scenario.durationNs, null);
    assert.deepEqual(scenario.scheduler, {
      type: 'credit',
      parameters: { tsliceNs: 30e6, ratelimitNs: 1e6, lbRatelimitNs: 1e6, migrationDelayNs: 0, ...AS_TODAY },
    });
    const [{ weight, cap, vcpus, startNs, pin }] = scenario.vms;
    assert.deepEqual(
      { weight, cap, vcpus, startNs, pin },
      { weight: 256, cap: 0, vcpus: 1, startNs: 0, pin: null },
    );
  });

  it('gets the best CPUs when it asks for a number of them', () => {
    assert.deepEqual(fromYaml('{ pcpus: 2, vms: [{ name: A, work: 1s }] }').pcpus, [1, 3]);
    assert.deepEqual(fromYaml('{ pcpus: 1, vms: [{ name: A, work: 1s }] }').pcpus, [3]);
  });

  it('accepts the extremes that the scheduler accepts', () => {
    for (const vm of ['weight: 1', 'weight: 65535', 'cap: 100', 'cap: 400, vcpus: 4', 'vcpus: 1024']) {
      fromYaml(`{ duration: 1s, vms: [{ name: A, ${vm} }] }`);
    }
    for (const scheduler of [
      'tslice: 1ms',
      'tslice: 1000ms, ratelimit: 500ms',
      'ratelimit: 100us',
      'ratelimit: 0',
      'tslice: 1s',
    ]) {
      fromYaml(`{ duration: 1s, scheduler: { ${scheduler} }, vms: [{ name: A }] }`);
    }
  });
});

describe('options of the command line', () => {
  it('describe the same scenario as a file', () => {
    const flags = fromFlags({
      vm: [
        'A:weight=512,cap=50,vcpus=2,workload=matmul,size=64,work=2s,start=500ms,pin=0+1',
        'B:work=20 units,pin=0-1',
      ],
      pcpus: '0-1',
      seed: '9',
    });
    const file = fromYaml(`
name: command line
pcpus: [0, 1]
seed: 9
vms:
  - { name: A, weight: 512, cap: 50, vcpus: 2, workload: matmul, size: 64, work: 2s, start: 500ms, pin: [0, 1] }
  - { name: B, work: 20 units, pin: [0, 1] }
`);
    assert.deepEqual(flags, file);
  });

  it('win over the file', () => {
    const yaml = '{ pcpus: [0], duration: 10s, seed: 1, scheduler: { tslice: 10ms }, vms: [{ name: A }] }';
    const scenario = fromYaml(yaml, {
      pcpus: '1,3',
      duration: '2s',
      seed: '5',
      scheduler: 'credit:ratelimit=5ms',
    });
    assert.deepEqual(scenario.pcpus, [1, 3]);
    assert.equal(scenario.durationNs, 2e9);
    assert.equal(scenario.seed, 5);
    assert.equal(scenario.scheduler.parameters.tsliceNs, 10e6);
    assert.equal(scenario.scheduler.parameters.ratelimitNs, 5e6);
  });
});
