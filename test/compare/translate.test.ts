import assert from 'node:assert/strict';
import { join } from 'node:path';
import { translated } from '../../src/compare/translate.ts';
import { vmValues } from '../../src/core/parameters.ts';
import { POLICY_TYPES, policyTypeOf } from '../../src/policies.ts';
import { loadPolicyType } from '../../src/policy-file/load.ts';
import { byField } from '../../src/scenario/parameters.ts';
import type { Scenario, VmSpec } from '../../src/scenario/scenario.ts';
import { changed, folderOf } from '../policy-file/modules.ts';
import { errorOf, fromYaml } from '../scenario/attempt.ts';

const HEAD = 'pcpus: [0]\nduration: 10s\n';
const MS = 1e6;

const credit = (rest: string): Scenario => fromYaml(`${HEAD}${rest}`);
const sedf = (rest: string): Scenario => fromYaml(`${HEAD}scheduler: sedf\n${rest}`);

/** What a VM has that its policy declares, by field. */
function valuesOf({ scheduler, vms }: Scenario, name: string): Record<string, number> {
  const vm: VmSpec = vms.find((each) => each.name === name) ?? assert.fail(name);
  return byField(policyTypeOf(scheduler.type).vmParameters, vm);
}

const reservation = ({ periodNs, sliceNs, extratime, weight }: Record<string, number>) => [
  periodNs / MS,
  sliceNs / MS,
  extratime,
  weight,
];

describe('a scenario under another scheduler', () => {
  const oneToFour = credit('vms: [{ name: A }, { name: B, weight: 1024 }]\n');

  it('is itself under its own', () => {
    const { scenario, notes, made } = translated(oneToFour, 'credit');
    assert.equal(scenario, oneToFour);
    assert.deepEqual([notes, made], [[], null]);
  });

  it('has the same weights and caps where the scheduler has both', () => {
    const source = credit('vms: [{ name: A, weight: 300, cap: 40 }, { name: B, weight: 65535 }]\n');
    const { scenario, notes, made } = translated(source, 'credit2');
    assert.deepEqual(valuesOf(scenario, 'A'), { weight: 300, cap: 40 });
    assert.deepEqual(valuesOf(scenario, 'B'), { weight: 65_535, cap: 0 });
    assert.deepEqual([notes, made], [[], null]);
    assert.equal(scenario.scheduler.parameters.tsliceNs, undefined);
  });

  it('loses caps, and says of whom, where the scheduler has weights only', () => {
    const source = credit('vms: [{ name: A, cap: 40 }, { name: B, weight: 512 }, { name: C, cap: 9 }]\n');
    const { scenario, notes } = translated(source, 'lottery');
    assert.deepEqual(valuesOf(scenario, 'B'), { weight: 512 });
    assert.equal('cap' in scenario.vms[0], false);
    assert.deepEqual(notes, ['no cap in lottery: A, C may have more']);
    assert.deepEqual(translated(oneToFour, 'lottery').notes, [], 'there is no cap to lose');
  });

  it('loses weights and caps, and says so, where the scheduler has neither', () => {
    const source = credit('vms: [{ name: A, cap: 40 }, { name: B, weight: 512 }]\n');
    const { scenario, notes } = translated(source, 'round-robin');
    assert.deepEqual(
      [scenario.vms[1].weight, scenario.vms[1].cap, scenario.vms[1].parameters],
      [undefined, undefined, undefined],
    );
    assert.deepEqual(notes, [
      'no weights in round-robin: they are dropped',
      'no cap in round-robin: A may have more',
    ]);
  });

  it('reserves of each 100 ms what a weight comes to, with extra time, under sedf', () => {
    const { scenario, notes, made } = translated(oneToFour, 'sedf');
    assert.deepEqual(reservation(valuesOf(scenario, 'A')), [100, 20, 1, 0]);
    assert.deepEqual(reservation(valuesOf(scenario, 'B')), [100, 80, 1, 0]);
    assert.match(notes.join('\n'), /^weights are reservations of what they come to within caps/);
    assert.deepEqual(made, [
      'period 100ms, slice 20ms, extratime true',
      'period 100ms, slice 80ms, extratime true',
    ]);
  });

  it('reserves what a weight comes to within a cap, without extra time', () => {
    const slices = (cap: number): number[][] => {
      const { scenario } = translated(
        credit(`vms: [{ name: A, cap: ${String(cap)} }, { name: B }, { name: C, weight: 768 }]\n`),
        'sedf',
      );
      return ['A', 'B', 'C'].map((name) => reservation(valuesOf(scenario, name)));
    };
    assert.deepEqual(slices(10), [
      [100, 10, 0, 0],
      [100, 22.5, 1, 0],
      [100, 67.5, 1, 0],
    ]);
    // Its weight gives it less than the cap: nobody is to lose by a cap that doesn't bind.
    assert.deepEqual(slices(50), [
      [100, 20, 0, 0],
      [100, 20, 1, 0],
      [100, 60, 1, 0],
    ]);
  });

  it('reserves for each vCPU its part of a VM, and never more than a pCPU', () => {
    const source = fromYaml(
      'pcpus: [0, 1]\nduration: 1s\nvms: [{ name: A, vcpus: 3, cap: 60 }, { name: B, weight: 1024 }]\n',
    );
    const { scenario } = translated(source, 'sedf');
    assert.deepEqual(reservation(valuesOf(scenario, 'A')), [100, 20, 0, 0]);
    assert.deepEqual(reservation(valuesOf(scenario, 'B')), [100, 100, 1, 0]);
  });

  it('has budgets in whole µs under rtds', () => {
    const source = credit('vms: [{ name: A }, { name: B }, { name: C }]\n');
    const { scenario, made } = translated(source, 'rtds');
    assert.deepEqual(valuesOf(scenario, 'A'), { periodNs: 100 * MS, budgetNs: 33_333_000, extratime: 1 });
    assert.equal(made?.[0], 'period 100ms, budget 33333us, extratime true');
  });

  it('counts only VMs that are there at the same time', () => {
    const source = credit('vms: [{ name: A }, { name: B }]\nevents: [{ at: 5s, vm: A, workload: matmul }]\n');
    const { scenario } = translated(source, 'sedf');
    assert.deepEqual(
      scenario.vms.map(({ name }) => [name, valuesOf(scenario, name).sliceNs / MS]),
      [
        ['A', 50],
        ['B', 50],
        ['A.2', 50],
      ],
    );
  });

  it('has the weights that reservations come to, and says so', () => {
    const source = sedf(
      'vms:\n  - { name: A, period: 20ms, slice: 5ms, extratime: false }\n' +
        '  - { name: B, period: 20ms, slice: 10ms, extratime: false }\n',
    );
    const { scenario, notes, made } = translated(source, 'credit');
    assert.deepEqual(valuesOf(scenario, 'A'), { weight: 250, cap: 25 });
    assert.deepEqual(valuesOf(scenario, 'B'), { weight: 500, cap: 50 });
    assert.match(notes[0], /^reservations are weights: 10 for each percent of a pCPU/);
    assert.equal(
      notes[1],
      "of sedf's period, slice, extratime only the part of a pCPU is kept that they come to",
    );
    assert.deepEqual(made, ['weight 250, cap 25', 'weight 500, cap 50']);
  });

  it('keeps nothing of reservations where VMs have neither weight nor cap, and says so', () => {
    const source = sedf(
      'vms: [{ name: A, period: 20ms, slice: 5ms }, { name: B, period: 8ms, slice: 4ms }]\n',
    );
    const { notes } = translated(source, 'round-robin');
    assert.ok(notes.includes("of sedf's period, slice nothing is kept"), notes.join('\n'));
  });

  it('keeps the period of a reservation where the scheduler has periods', () => {
    const source = sedf(
      'vms: [{ name: A, period: 20ms, slice: 5ms }, { name: B, period: 8ms, slice: 4ms }]\n',
    );
    const { scenario } = translated(source, 'rtds');
    const [a, b] = ['A', 'B'].map((name) => valuesOf(scenario, name));
    // What is left, a quarter, goes to them as 1 to 2.
    assert.deepEqual([a.periodNs / MS, a.budgetNs / MS], [20, 6.667]);
    assert.deepEqual([b.periodNs / MS, b.budgetNs / MS], [8, 5.333]);
  });

  it('has the weights that SEDF shares its extra time by, where nobody has a reservation', () => {
    const source = sedf('vms: [{ name: A, weight: 3 }, { name: B, weight: 9 }]\n');
    const { scenario, notes } = translated(source, 'credit');
    assert.deepEqual([valuesOf(scenario, 'A').weight, valuesOf(scenario, 'B').weight], [3, 9]);
    assert.deepEqual(notes, []);
  });

  it('is refused where its scheduler cannot say what VMs are to have', () => {
    const source = sedf('vms: [{ name: A, weight: 3, extratime: false }, { name: B, weight: 9 }]\n');
    const error = errorOf(() => translated(source, 'credit'));
    assert.equal(error.code, 'BAD_SCENARIO');
    assert.match(
      error.describe(),
      /can't be taken over from sedf to credit.*what a weight without extra time/s,
    );
  });

  it("has the weight of all vCPUs together where it is the whole VM's, and the other way round", () => {
    const source = fromYaml(
      'pcpus: [0, 1]\nduration: 1s\nvms: [{ name: A, vcpus: 3, weight: 100, cap: 60 }, { name: B, weight: 512 }]\n',
    );
    const { scenario, notes } = translated(source, 'cfs');
    assert.deepEqual(
      [valuesOf(scenario, 'A'), valuesOf(scenario, 'B')],
      [
        { weight: 300, nice: 0 },
        { weight: 512, nice: 0 },
      ],
    );
    assert.deepEqual(notes, [
      "a weight is the whole VM's in cfs: it is that of all vCPUs together",
      'no cap in cfs: A may have more',
    ]);
    const back = translated(
      fromYaml(
        'pcpus: [0, 1]\nscheduler: cfs\nduration: 1s\n' +
          'vms: [{ name: A, vcpus: 3, weight: 100 }, { name: B, weight: 512 }]\n',
      ),
      'credit',
    );
    // Thirds are no whole numbers: three times as much is the same.
    assert.deepEqual([back.scenario.vms[0].weight, back.scenario.vms[1].weight], [100, 1536]);
    assert.deepEqual(back.notes, ["a weight is each vCPU's in credit: it is the VM's divided among them"]);
  });

  it('counts nice as the weight that it comes to, with the usual weight as the usual one', () => {
    const nice = fromYaml(
      `${HEAD}scheduler: cfs\nvms: [{ name: A, nice: 5 }, { name: B }, { name: C, weight: 512 }]\n`,
    );
    const { scenario, notes } = translated(nice, 'credit');
    // Nice 5 is a load of 335 where nice 0 has 1024.
    assert.deepEqual(
      scenario.vms.map(({ weight }) => weight),
      [84, 256, 512],
    );
    assert.match(notes.join('\n'), /whole numbers.*\nof cfs's nice only the part/s);
    const [a] = translated(nice, 'eevdf').scenario.vms;
    assert.equal(a.parameters?.nice, 5, 'copied where there is such a thing');
  });

  it('has the changes of weights, which change the slices of all', () => {
    const source = credit(
      'vms: [{ name: A }, { name: B }]\nevents: [{ at: 4s, vm: A, weight: 768 }, { at: 5s, vm: B, action: pause }]\n',
    );
    const { scenario } = translated(source, 'sedf');
    const [toA, toB, pause] = scenario.events;
    assert.deepEqual(toA, { atNs: 4e9, kind: 'set', vm: 'A', parameters: { sliceNs: 75 * MS } });
    assert.deepEqual(toB, { atNs: 4e9, kind: 'set', vm: 'B', parameters: { sliceNs: 25 * MS } });
    assert.deepEqual(pause, { atNs: 5e9, kind: 'pause', vm: 'B' });
    const { events } = translated(source, 'credit2').scenario;
    assert.deepEqual(events[0], { atNs: 4e9, kind: 'set', vm: 'A', weight: 768 });
    assert.equal(events.length, 2);
  });

  it('keeps proportions of reservations where weights are small numbers, and says so', async () => {
    const weight =
      "{ key: 'weight', unit: 'number', min: 1, max: 100, default: 10, description: 'its part' }";
    const line = '  vcpuReadings: [';
    const folder = folderOf({ 'small.mjs': changed(line, `  vmParameters: [${weight}],\n${line}`) });
    try {
      const { type } = await loadPolicyType(join(folder.path, 'small.mjs'));
      const source = sedf(
        'vms:\n  - { name: A, period: 20ms, slice: 5ms, extratime: false }\n' +
          '  - { name: B, period: 20ms, slice: 10ms, extratime: false }\n',
      );
      const { scenario, notes } = translated(source, type);
      assert.deepEqual([valuesOf(scenario, 'A').weight, valuesOf(scenario, 'B').weight], [50, 100]);
      assert.match(
        notes.join('; '),
        /^reservations are weights: in proportion .*; weights are .* from 1 to 100;/,
      );
    } finally {
      folder.remove();
    }
  });

  it('changes only VMs that are there: others begin with what they then have, or are gone', () => {
    const source = credit(
      'vms: [{ name: A }, { name: later, start: 6s }, { name: gone }]\n' +
        'events: [{ at: 1s, vm: gone, action: destroy }, { at: 4s, vm: A, weight: 512 }]\n',
    );
    const { scenario, made } = translated(source, 'sedf');
    assert.deepEqual(
      scenario.events.flatMap((event) => (event.kind === 'set' ? [event.vm] : [])),
      ['A'],
    );
    assert.deepEqual(reservation(valuesOf(scenario, 'later')), [100, 33.333, 1, 0]);
    assert.equal(made?.[1], 'period 100ms, slice 33333us, extratime true');
  });

  it('leaves what is set of the scheduler itself to that one, and says so', () => {
    const source = fromYaml(
      `${HEAD}scheduler: { type: credit, tslice: 5ms, instants: late }\nvms: [{ name: A }]\n` +
        'events: [{ at: 1s, scheduler: { tslice: 6ms } }]\n',
    );
    const { scenario, notes } = translated(source, 'credit2');
    assert.deepEqual(notes, ['tslice 5ms is for credit alone', "1 change of credit's parameters left out"]);
    assert.deepEqual(scenario.events, []);
    assert.equal(scenario.scheduler.instants, 'late');
  });

  it('has values that its scheduler takes, whichever it is', () => {
    const source = credit('vms: [{ name: A, weight: 1 }, { name: B, weight: 65535 }, { name: C, cap: 1 }]\n');
    for (const { type } of POLICY_TYPES) {
      const { scenario } = translated(source, type);
      const policy = policyTypeOf(type);
      for (const { name } of scenario.vms) {
        const values = valuesOf(scenario, name);
        assert.equal(policy.misfitOf?.(values, null) ?? null, null, `${type}: ${name}`);
        assert.deepEqual(vmValues(policy, values), values, `${type}: ${name}`);
      }
    }
  });
});
