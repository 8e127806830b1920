import assert from 'node:assert/strict';
import type { Workload } from '../../workloads/contract.ts';
import { LabError } from '../../src/base/errors.ts';
import { calibrate, unitsFor } from '../../src/workload/calibrate.ts';
import { isBadWorkload } from './bad-workload.ts';

/** A workload on an invented clock: the cost of its n-th unit is given, in ns. */
function invented(costNs: (unit: number) => number): {
  workload: Workload;
  clock: () => number;
  done: () => number;
} {
  let nowNs = 123;
  let units = 0;
  const workload: Workload = {
    name: 'invented',
    prepare: () => null,
    step() {
      nowNs += costNs(units++);
    },
    checksum: () => units,
  };
  return { workload, clock: () => nowNs, done: () => units };
}

describe('calibration', () => {
  it('measures a steady workload exactly', () => {
    const { workload, clock } = invented(() => 250_000);
    const result = calibrate(workload, 1, 1, clock);
    assert.equal(result.nsPerUnit, 250_000);
    assert.equal(result.unitsPerSecond, 4000);
    assert.equal(result.spreadPercent, 0);
    assert.equal(result.batches, 9);
  });

  it('measures as long as asked, in as many batches', () => {
    const { workload, clock } = invented(() => 100_000);
    const { unitsPerBatch, batches } = calibrate(workload, 1, 1, clock, { minNs: 50e6, batches: 5 });
    assert.equal(batches, 5);
    assert.equal(unitsPerBatch, 100);
  });

  it('leaves out the slow start, however slow', () => {
    // Interpreted for the first 60 ms, then compiled.
    const { workload, clock } = invented((unit) => (unit < 20 ? 3e6 : 200_000));
    assert.equal(calibrate(workload, 1, 1, clock).nsPerUnit, 200_000);
  });

  it('is not taken in by code that looks settled before it is compiled for the last time', () => {
    const { workload, clock } = invented((unit) => (unit < 400 ? 350_000 : 300_000));
    assert.equal(calibrate(workload, 1, 1, clock).nsPerUnit, 300_000);
  });

  it('warms up for at least 150 ms, and no longer than it must when the speed is steady', () => {
    const { workload, clock, done } = invented(() => 1e6);
    calibrate(workload, 1, 1, clock, { minNs: 9e6, batches: 9 });
    assert.ok(done() >= 150 + 9 && done() <= 200, `${done()} units of 1 ms`);
  });

  it('gives up waiting for a steady speed after 400 ms', () => {
    // Batches of 16 units, one half as fast as the next.
    const { workload, clock, done } = invented((unit) => (Math.floor((unit + 1) / 16) % 2 === 0 ? 1e6 : 2e6));
    calibrate(workload, 1, 1, clock, { minNs: 9e6, batches: 9 });
    assert.ok(done() < 450, `${done()} units`);
  });

  it('takes the median of the batches, so that one disturbed batch does no harm', () => {
    let batch = 0;
    const { workload, clock } = invented((unit) => (unit >= 200 && unit < 220 ? 900_000 : 500_000));
    const steady = (): number => {
      batch++;
      return clock();
    };
    const { nsPerUnit, spreadPercent } = calibrate(workload, 1, 1, steady);
    assert.ok(batch > 9);
    assert.equal(nsPerUnit, 500_000);
    assert.equal(spreadPercent, 0);
  });

  it('shows the spread of an unsteady workload', () => {
    // Batches of about 111 units; the cost rises from one to the next.
    const { workload, clock } = invented((unit) => 200_000 + unit * 20);
    const { spreadPercent } = calibrate(workload, 1, 1, clock);
    assert.ok(spreadPercent > 1 && spreadPercent < 10, `${spreadPercent} %`);
  });

  it('copes with steps from one longer than all batches to a thousandth of a batch', () => {
    for (const costNs of [900e6, 10]) {
      const { workload, clock } = invented(() => costNs);
      assert.equal(calibrate(workload, 1, 1, clock, { minNs: 1e6 }).nsPerUnit, costNs);
    }
  });

  it('skips sleeps: only CPU time counts', () => {
    const { workload, clock } = invented(() => 40_000);
    const sleeper: Workload = {
      ...workload,
      step: (state, guest) => {
        workload.step(state, guest);
        return 3600e9;
      },
    };
    assert.equal(calibrate(sleeper, 1, 1, clock).nsPerUnit, 40_000);
  });

  it('hands the clock to the guest', () => {
    const { workload, clock } = invented(() => 100_000);
    const seen: boolean[] = [];
    const watcher: Workload = {
      ...workload,
      step: (state, guest) => {
        seen.push(guest.cpuNs() === clock());
        workload.step(state, guest);
      },
    };
    calibrate(watcher, 1, 1, clock);
    assert.ok(seen.length > 0 && seen.every((same) => same));
  });

  it('fails when the clock stands still', () => {
    const { workload } = invented(() => 0);
    assert.throws(
      () => calibrate(workload, 1, 1, () => 7),
      (e) => e instanceof LabError && e.code === 'RUN_FAILED',
    );
  });

  it('reports a step that throws as the workload’s error', () => {
    const { workload, clock } = invented(() => {
      throw new Error('broken');
    });
    assert.throws(
      () => calibrate(workload, 1, 1, clock),
      (e) => isBadWorkload(e, 'step threw: broken'),
    );
  });
});

describe('units for an amount of work', () => {
  it('are CPU time over the cost of a unit, rounded', () => {
    assert.equal(unitsFor({ kind: 'cpu', ns: 2e9 }, 300_000), 6667);
  });

  it('are at least one', () => {
    assert.equal(unitsFor({ kind: 'cpu', ns: 1000 }, 300_000), 1);
  });

  it('are the number itself when the scenario gives units', () => {
    assert.equal(unitsFor({ kind: 'units', units: 20_000 }, 300_000), 20_000);
  });
});
