import assert from 'node:assert/strict';
import { GO_ON, stepOnce, YIELD } from '../../src/workload/run.ts';
import polite from '../../workloads/polite.ts';

/** After how much CPU time each yield came, on a clock where a unit takes `unitNs`. */
function yieldsAt(size: number, unitNs: number, yields: number): number[] {
  let cpuNs = 5e9;
  const state = polite.prepare(1, size);
  const at: number[] = [];
  while (at.length < yields) {
    // It looks at the clock once before its first unit, and once after each.
    const end = stepOnce(polite, state, { cpuNs: () => (cpuNs += unitNs), nowNs: () => cpuNs });
    assert.ok(end === GO_ON || end === YIELD);
    if (end === YIELD) at.push(cpuNs - 5e9 - unitNs);
  }
  return at;
}

describe('polite', () => {
  it('yields after each burst of CPU time, as long as its size says', () => {
    assert.deepEqual(yieldsAt(1000, 20_000, 3), [1e6, 2e6, 3e6]);
    assert.deepEqual(yieldsAt(400, 20_000, 3), [0.4e6, 0.8e6, 1.2e6]);
  });

  it('does not drift: what one burst runs over, the next runs less', () => {
    const last = yieldsAt(1000, 70_000, 100)[99];
    assert.ok(last >= 100e6 && last < 100e6 + 70_000, `100 bursts took ${last} ns`);
  });
});
