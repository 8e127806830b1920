import assert from 'node:assert/strict';
import { heapAt } from '../../scripts/bench/heap-growth.ts';

describe('the heap of a simulation', function () {
  this.timeout(20_000);

  it('is read at each instant that was asked for, while the simulation is alive', () => {
    const readings = heapAt([1, 2, 5]);
    assert.equal(readings.length, 3);
    for (const bytes of readings) assert.ok(bytes > 0 && Number.isInteger(bytes));
  });

  it('does not grow by a number per decision', () => {
    const [before, after] = heapAt([100, 400]);
    // Some 960 decisions per virtual second, 8 bytes each.
    const keptBytes = 300 * 960 * 8;
    assert.ok(after - before < keptBytes / 4, `${after - before} bytes in 300 s of virtual time`);
  });
});
