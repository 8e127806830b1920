import assert from 'node:assert/strict';
import { type Case, type CaseVm, optionsOf, workOf } from '../../src/policy-check/case.ts';
import { randomCase } from '../../src/policy-check/random-case.ts';
import { simplest, smaller } from '../../src/policy-check/smaller.ts';
import { policyTypeOf } from '../../src/policies.ts';
import { simulate } from '../../src/sim/simulate.ts';

const credit = policyTypeOf('credit');

function of(predicate: (scenario: Case) => boolean, from: Case): Case {
  return simplest(
    from,
    40e6,
    false,
    (scenario) => (predicate(scenario) ? 40e6 : null),
    () => true,
  );
}

function isEndless({ load }: CaseVm): boolean {
  return workOf(load) === null;
}

function found(predicate: (scenario: Case) => boolean): Case {
  const cases = Array.from({ length: 500 }, (_, number) => randomCase(credit, 1, number));
  const case_ = cases.find(predicate);
  assert.ok(case_);
  return case_;
}

describe('making a scenario simpler', () => {
  it('leaves one vCPU that computes on one pCPU where nothing is needed', () => {
    const { vms, events, pcpuCount, topology, parameters, durationNs } = of(
      () => true,
      found(({ vms: all, events: most }) => all.length > 2 && most.length > 2 && all.every(isEndless)),
    );
    assert.deepEqual(vms, [{ vcpus: 1, load: { kind: 'hog' }, startNs: 0, pin: null, parameters: {} }]);
    assert.deepEqual([events, pcpuCount, topology, parameters], [[], 1, null, {}]);
    assert.ok(durationNs < 50e6);
  });

  it('keeps what is needed: two pCPUs, a pin and a pause', () => {
    const isNeeded = ({ pcpuCount, vms, events }: Case): boolean =>
      pcpuCount >= 2 && vms.some(({ pin }) => pin !== null) && events.some(({ kind }) => kind === 'pause');
    const simple = of(isNeeded, found(isNeeded));
    assert.ok(isNeeded(simple));
    assert.equal(simple.pcpuCount, 2);
    assert.equal(simple.vms.length <= 2, true);
    assert.equal(simple.events.length, 1);
  });

  it('stops when it may not go on', () => {
    const from = found(({ vms }) => vms.length > 2);
    const same = simplest(
      from,
      1e6,
      false,
      () => 1e6,
      () => false,
    );
    assert.equal(same, from);
  });

  it('makes nothing that cannot be', () => {
    for (let number = 0; number < 30; number++) {
      for (const simpler of smaller(randomCase(credit, 2, number), 10e6, false)) {
        assert.doesNotThrow(
          () => simulate({ ...optionsOf(simpler), durationNs: 1e6 }),
          JSON.stringify(simpler),
        );
      }
    }
  });
});
