import assert from 'node:assert/strict';
import { compareRows } from '../../src/result/compare-rows.ts';
import { fromYaml } from '../scenario/attempt.ts';
import { sampleRun } from '../report/sample.ts';
import { endless, rowOf } from './row-fixture.ts';
import { isSame } from '../analysis/library.ts';

const BASE = [1, 1.01, 1.02, 0.99, 1.005];
const TWICE = [2.02, 1.98, 2, 2.01, 1.99];

describe('rows that were run several times', () => {
  it('are held against the first row that runs the same VM', () => {
    const [found, ...rest] = compareRows([rowOf('alone', BASE), rowOf('capped', TWICE)]);
    assert.deepEqual(rest, []);
    assert.deepEqual(
      [found.vm, found.row, found.base, found.metric, found.runs, found.baseRuns],
      ['A', 'capped', 'alone', 'wallNs', 5, 5],
    );
    assert.ok(isSame(found.ratio ?? 0, 2 / 1.005) && isSame(found.difference, 2e9 - 1.005e9));
    assert.equal(found.cliffsDelta, 1);
    assert.ok(isSame(found.pValue, 2 / 252));
    const { low, high } = found.ratioInterval ?? assert.fail();
    assert.ok(low > 1.9 && low < 2 / 1.005 && high > 2 / 1.005 && high < 2.1);
  });

  it('have p-values that allow for their number', () => {
    const found = compareRows([rowOf('a', BASE), rowOf('b', TWICE), rowOf('c', TWICE), rowOf('d', BASE)]);
    assert.deepEqual(
      found.map(({ row }) => row),
      ['b', 'c', 'd'],
    );
    assert.ok(
      isSame(found[0].pAdjusted, 3 * found[0].pValue) && isSame(found[1].pAdjusted, 3 * found[1].pValue),
    );
    assert.equal(found[2].pAdjusted, 1);
  });

  it('count only as far as their runs are complete', () => {
    const cut = rowOf('cut', TWICE, { complete: false });
    assert.deepEqual(compareRows([rowOf('a', BASE), cut]), []);
    assert.deepEqual(compareRows([rowOf('a', [1]), rowOf('b', [2])]), []);
  });

  it('are not held against one whose VM does something else', () => {
    const others = [
      '{ name: A, work: 2s }',
      '{ name: A, work: 1s, vcpus: 2 }',
      '{ name: A, work: 1s, workload: sort }',
      '{ name: A, work: 1s, size: 100000 }',
      '{ name: B, work: 1s }',
    ];
    for (const other of others) {
      const scenario = fromYaml(`{ pcpus: 1, vms: [${other}] }`);
      const runs = TWICE.map((s) => sampleRun(scenario, [{ wallNs: s * 1e9 }]));
      assert.deepEqual(compareRows([rowOf('a', BASE), { label: 'b', scenario, runs }]), [], other);
    }
  });

  it('are compared by share where VMs run to the end, without a ratio to a share of 0', () => {
    const row = (label: string, cpuNs: number) => ({
      label,
      scenario: endless,
      runs: BASE.map(() => sampleRun(endless, [{ cpuNs }])),
    });
    const [found] = compareRows([row('a', 0), row('b', 1e9)]);
    assert.deepEqual([found.metric, found.difference], ['sharePercent', 10]);
    assert.deepEqual([found.ratio, found.ratioInterval], [null, null]);
  });
});
