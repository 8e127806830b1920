import assert from 'node:assert/strict';
import {
  comparedVms,
  type ComparedRow,
  idealShares,
  meanErrors,
  movementsOf,
  schedulersFor,
} from '../../src/compare/comparison.ts';
import type { RunFigures } from '../../src/compare/figures.ts';
import { scenario, vm } from '../host/invented-scenario.ts';
import { sampleRun } from '../report/sample.ts';
import { fromYaml } from '../scenario/attempt.ts';

const source = scenario({ vms: [vm('A'), vm('B')], durationNs: 1e9 });
const [scheduler] = schedulersFor(source, ['credit']);

/** @param percent per VM, over 100 ms */
function figures(percent: readonly (number | null)[], waitNs: number | null = null): RunFigures {
  const wait = waitNs === null ? null : { count: 9, p50: waitNs, p90: waitNs, p99: waitNs, max: waitNs };
  return {
    errors: percent.map((value) => (value === null ? [] : [{ windowNs: 100e6, count: 3, percent: value }])),
    wakeUps: percent.map(() => wait),
    isOfEnd: false,
  };
}

function row(all: readonly RunFigures[], isComplete: readonly boolean[] = []): ComparedRow {
  return {
    scheduler,
    machine: 'hardware',
    runs: all.map((_, i) => sampleRun(source, [], { complete: isComplete[i] ?? true })),
    figures: all,
  };
}

describe('the figures of a comparison', () => {
  it('are medians over the runs, and of the longest waits the longest', () => {
    const [a] = comparedVms(row([figures([1, 9], 5), figures([4, 9], 80), figures([2, 9], 6)]));
    assert.equal(a.errors.get(100e6), 2);
    assert.deepEqual([a.wakeUps?.p50, a.wakeUps?.max], [6, 80]);
  });

  it('are those of runs that came to their end, where there is one', () => {
    const [a] = comparedVms(row([figures([1, 9]), figures([50, 9])], [true, false]));
    assert.equal(a.errors.get(100e6), 1);
    const [cut] = comparedVms(row([figures([50, 9])], [false]));
    assert.equal(cut.errors.get(100e6), 50);
  });

  it('have a mean error over the VMs that have one', () => {
    assert.deepEqual([...meanErrors(row([figures([10, 30])]))], [[100e6, 20]]);
    assert.deepEqual([...meanErrors(row([figures([10, null])]))], [[100e6, 10]]);
    assert.deepEqual([...meanErrors(row([figures([null, null])]))], []);
  });

  it('say nothing of what did not run', () => {
    const [a] = comparedVms(row([]));
    assert.deepEqual([a.sharePercent, a.errors.size, a.wakeUps], [null, 0, null]);
    assert.equal(movementsOf(row([])), null);
  });

  it('count switches by the second', () => {
    const [run] = row([figures([1, 1])]).runs;
    const switches = run.pcpus.reduce((sum, pcpu) => sum + pcpu.switches, 0);
    assert.equal(movementsOf(row([figures([1, 1])]))?.switches, (1e9 * switches) / run.windowNs);
  });

  it('have the ideal of the file, and none where its work has no time', () => {
    const hogs = 'pcpus: [0]\nduration: 4s\nvms: [{ name: A }, { name: B, weight: 768, start: 2s }]\n';
    assert.deepEqual(
      idealShares(fromYaml(hogs))?.map((share) => Number(share.toFixed(6))),
      [62.5, 37.5],
    );
    assert.equal(idealShares(fromYaml('pcpus: [0]\nvms: [{ name: A, work: 5 units }]\n')), null);
  });
});
