import assert from 'node:assert/strict';
import { stepSizeWarning } from '../../src/workload/size.ts';

describe('the warning of a step of odd size', () => {
  it('comes below 20 µs and above 10 ms', () => {
    assert.match(String(stepSizeWarning('mine', 19_900)), /mine takes only 19\.9 µs/);
    assert.match(String(stepSizeWarning('mine', 10.1e6)), /mine takes 10\.1 ms/);
  });

  it('does not come between them', () => {
    for (const ns of [20e3, 400e3, 10e6]) assert.equal(stepSizeWarning('mine', ns), null);
  });

  it('does not come for a workload that sleeps or yields often', () => {
    assert.equal(stepSizeWarning('idle', 500), null);
    assert.equal(stepSizeWarning('interactive', 50e6), null);
    assert.equal(stepSizeWarning('polite', 500), null);
  });
});
