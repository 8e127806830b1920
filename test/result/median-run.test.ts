import assert from 'node:assert/strict';
import { medianRun } from '../../src/result/median-run.ts';
import { sampleRun } from '../report/sample.ts';
import { finite, rowOf } from './row-fixture.ts';

describe('several runs as one', () => {
  it('have the medians of the complete ones', () => {
    const { runs } = rowOf('a', [1, 5, 2]);
    const cut = sampleRun(finite, [{ wallNs: 99e9 }], { complete: false, warnings: ['cut'] });
    const all = medianRun([...runs, cut]);
    assert.equal(all?.vms[0].wallNs, 2e9);
    assert.deepEqual([all?.complete, all?.warnings], [false, ['cut']]);
  });

  it('are verified only if all are', () => {
    const runOf = (checksumOk: boolean | null) => sampleRun(finite, [{ checksumOk }]);
    const mark = (...marks: (boolean | null)[]) => medianRun(marks.map(runOf))?.vms[0].vcpus[0].checksumOk;
    assert.deepEqual([mark(true, true), mark(true, null), mark(null, false)], [true, null, false]);
  });

  it('span all predictions', () => {
    const runOf = (median: number) => {
      const band = { median, min: median - 1, max: median + 1 };
      return sampleRun(finite, [{ predicted: { wallNs: band, sharePercent: band } }]);
    };
    const predicted = medianRun([runOf(3), runOf(5), runOf(9)])?.vms[0].predicted;
    assert.deepEqual(predicted?.wallNs, { median: 5, min: 2, max: 10 });
  });

  it('predict no execution time if one of them predicts none', () => {
    const band = { median: 2, min: 1, max: 3 };
    const runOf = (wallNs: typeof band | null) =>
      sampleRun(finite, [{ predicted: { wallNs, sharePercent: band } }]);
    const predicted = medianRun([runOf(band), runOf(null)])?.vms[0].predicted;
    assert.deepEqual([predicted?.wallNs, predicted?.sharePercent], [null, band]);
  });

  it('lie in their bands only if each lies in its own', () => {
    const band = { median: 2, min: 1, max: 3 };
    const runOf = (wallNs: number) =>
      sampleRun(finite, [{ wallNs, predicted: { wallNs: band, sharePercent: null } }]);
    const marks = (...walls: number[]) => medianRun(walls.map(runOf))?.vms[0].predicted?.inBand;
    assert.deepEqual(marks(2, 3), { wallNs: true, sharePercent: null });
    assert.deepEqual(marks(2, 9), { wallNs: false, sharePercent: null });
  });

  it('have the medians of what was forecast and of shares while all compete, and wide bands if one has', () => {
    const band = (median: number) => ({ median, min: median - 1, max: median + 1 });
    const runs = [10, 30, 20].map((percent) =>
      sampleRun(
        finite,
        [{ contendedSharePercent: percent, forecast: { wallNs: null, sharePercent: band(percent) } }],
        { contendedNs: percent * 1e8, bandsAreWide: percent === 30 },
      ),
    );
    const all = medianRun(runs);
    assert.deepEqual(
      [all?.contendedNs, all?.bandsAreWide, all?.vms[0].contendedSharePercent],
      [2e9, true, 20],
    );
    assert.deepEqual(all?.vms[0].forecast?.sharePercent, { median: 20, min: 9, max: 31 });
  });

  it('have the median of the work done, if it is known of all', () => {
    const runOf = (workSharePercent: number | null) => {
      const run = sampleRun(finite);
      return { ...run, vms: run.vms.map((vm) => ({ ...vm, workSharePercent })) };
    };
    const work = (...percents: (number | null)[]) => medianRun(percents.map(runOf))?.vms[0].workSharePercent;
    assert.deepEqual([work(40, 60, 50), work(40, null)], [50, null]);
  });

  it('have no execution time if one has none, and are nothing if there are none', () => {
    const { runs } = rowOf('a', [1, 5]);
    assert.equal(medianRun([...runs, sampleRun(finite)])?.vms[0].wallNs, null);
    assert.equal(medianRun([]), null);
  });
});
