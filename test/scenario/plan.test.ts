import assert from 'node:assert/strict';
import { planOf, vcpusOf } from '../../src/scenario/plan.ts';
import { scenario, vm } from '../host/invented-scenario.ts';

describe('the plan of a scenario', () => {
  it('has pCPU numbers for host CPUs, per vCPU', () => {
    const vms = [
      vm('A', { weight: 512, cap: 50, vcpus: 2, pin: [4], startNs: 5 }),
      vm('B', { pin: [4, 6] }),
      vm('C'),
    ];
    const plan = planOf(scenario({ pcpus: [6, 4], vms }));
    assert.deepEqual(plan.cpus, [6, 4]);
    assert.deepEqual(plan.vms, [
      { parameters: { weight: 512, cap: 50 }, vcpus: [[1], [1]] },
      { parameters: { weight: 256, cap: 0 }, vcpus: [[1, 0]] },
      { parameters: { weight: 256, cap: 0 }, vcpus: [null] },
    ]);
    assert.deepEqual(plan.startNs, [5, 0, 0]);
  });

  it('has the topology of the pCPUs, if they are not all alike', () => {
    const topology = { cores: [0, 0], sockets: [0, 0] };
    assert.equal(planOf(scenario({ topology })).topology, topology);
    assert.equal('topology' in planOf(scenario()), false);
  });

  it('has VM numbers for names in its events', () => {
    const plan = planOf(
      scenario({
        vms: [vm('A'), vm('B')],
        events: [
          { atNs: 1, kind: 'set', vm: 'B', weight: 512 },
          { atNs: 2, kind: 'pause', vm: 'A' },
          { atNs: 3, kind: 'unpause', vm: 'A' },
          { atNs: 4, kind: 'tune', parameters: { tsliceNs: 5e6 } },
        ],
      }),
    );
    assert.deepEqual(plan.events, [
      { atNs: 1, kind: 'set', vm: 1, parameters: { weight: 512 } },
      { atNs: 2, kind: 'pause', vm: 0 },
      { atNs: 3, kind: 'unpause', vm: 0 },
      { atNs: 4, kind: 'tune', parameters: { tsliceNs: 5e6 } },
    ]);
  });

  it('crosses threads unchanged', () => {
    const plan = planOf(
      scenario({ vms: [vm('A', { pin: [4] })], events: [{ atNs: 1, kind: 'pause', vm: 'A' }] }),
    );
    assert.deepEqual(structuredClone(plan), plan);
  });
});

describe('a planned run', () => {
  const finite = [vm('A', { vcpus: 2 }), vm('B')];
  const mixed = [...finite, vm('C', { work: null, vcpus: 4 })];

  for (const { what, vms, durationNs, end } of [
    {
      what: 'without a duration ends with all work',
      vms: finite,
      durationNs: null,
      end: [[0, 1, 2], Infinity],
    },
    {
      what: 'without a duration ends with the finite work',
      vms: mixed,
      durationNs: null,
      end: [[0, 1, 2], Infinity],
    },
    { what: 'with a duration ends early when all is done', vms: finite, durationNs: 9, end: [[0, 1, 2], 9] },
    { what: 'with a duration goes on for an endless VM', vms: mixed, durationNs: 9, end: [[], 9] },
    { what: 'of endless VMs lasts its duration', vms: [mixed[2]], durationNs: 9, end: [[], 9] },
  ]) {
    it(what, () => {
      const plan = planOf(scenario({ vms, durationNs }));
      assert.deepEqual([plan.awaited, plan.durationNs], end);
    });
  }
});

describe('the vCPUs of a scenario', () => {
  it('are named and numbered VM by VM', () => {
    const places = vcpusOf(scenario({ vms: [vm('web', { vcpus: 2 }), vm('db')] }));
    assert.deepEqual(
      places.map(({ id, vmIndex, vm: { name } }) => [id, vmIndex, name]),
      [
        ['web/v0', 0, 'web'],
        ['web/v1', 0, 'web'],
        ['db/v0', 1, 'db'],
      ],
    );
  });
});
