import assert from 'node:assert/strict';
import { conform } from '../../src/conform/conform.ts';
import { goldenProblem } from '../../src/conform/golden-file-schema.ts';
import type { SedfFile } from '../../src/conform/sedf/schema.ts';
import { writeGolden } from '../../src/conform/write-golden.ts';
import { simulationOf } from '../../src/predict/simulated-run.ts';
import { fromYaml } from '../scenario/attempt.ts';

/** The golden file of a scenario, read again. */
function written(yaml: string): SedfFile {
  const scenario = fromYaml(yaml);
  const pieces: string[] = [];
  const options = {
    name: 'x',
    vmNames: scenario.vms.map(({ name }) => name),
    simulation: simulationOf(scenario),
    traceUntilNs: 5e9,
  };
  writeGolden(options, (text) => pieces.push(text));
  return JSON.parse(pieces.join('')) as SedfFile;
}

describe('a golden file of SEDF that was written', () => {
  for (const [what, yaml] of [
    [
      'with a duration',
      '{ scheduler: sedf, pcpus: 2, duration: 3s, vms: [{ name: A, vcpus: 3, period: 20ms, slice: 5ms }, ' +
        '{ name: B, pin: [1], weight: 4, extratime: false }] }',
    ],
    [
      'that ends with its work',
      '{ scheduler: sedf, pcpus: 1, vms: [{ name: A, work: 400ms, period: 10ms, slice: 2ms, extratime: false }, ' +
        '{ name: B, work: 1s, start: 50ms }] }',
    ],
    [
      'with sleepers',
      '{ scheduler: sedf, pcpus: 1, vms: [{ name: A, workload: interactive, work: 300ms }, { name: B }] }',
    ],
    [
      'with events, of which Xen refuses one',
      '{ scheduler: sedf, pcpus: 1, duration: 3s, vms: [{ name: A, period: 20ms, slice: 5ms }, { name: B }], ' +
        'events: [{ at: 1s, vm: A, weight: 9, extratime: false }, { at: 1.1s, vm: A, period: 5ms }, ' +
        '{ at: 1.2s, vm: B, action: pause }, { at: 2s, vm: B, action: unpause }, ' +
        '{ at: 2.5s, vm: B, period: 30ms, slice: 10ms }] }',
    ],
  ] as const) {
    it(`conforms with itself: ${what}`, () => {
      const golden = written(yaml);
      assert.equal(goldenProblem(golden), null);
      const { firstDifference, recordsCompared, policy } = conform(golden);
      assert.equal(policy, 'sedf');
      assert.equal(firstDifference, null);
      assert.ok(recordsCompared > 10);
    });
  }

  it('has the requests of its VMs, and what came of each', () => {
    const { trace } = written(
      '{ scheduler: sedf, pcpus: 1, duration: 1s, vms: [{ name: A, period: 20ms, slice: 5ms, extratime: false }, ' +
        '{ name: B, weight: 1, extratime: false }], events: [{ at: 0.5s, vm: B, period: 5ms }] }',
    );
    const sets = trace.filter(([kind]) => kind === 'set').map(([, atNs, vm, rc]) => [atNs, vm, rc]);
    assert.deepEqual(sets, [
      [0, 'A', 0],
      [0, 'B', 0],
      [500e6, 'B', -22],
    ]);
  });
});
