import assert from 'node:assert/strict';
import { workRateOf } from '../../src/analysis/work-rate.ts';

const stretches = (rates: readonly number[]) => rates.map((rate, i) => ({ timeNs: 1e8 * i, rate }));

describe('the rate at which cores do work', () => {
  it('is compared within each vCPU, so that programs with long steps do not look slow', () => {
    const rate = workRateOf([stretches([5, 5, 5, 5]), stretches([70, 70, 70, 70])]);
    assert.deepEqual(rate, { samples: 8, low: 1, high: 1, driftPercent: 0 });
  });

  it('has a low when the cores were slow for a while', () => {
    const rate = workRateOf([stretches([...Array<number>(15).fill(10), ...Array<number>(5).fill(5)])]);
    assert.equal(rate?.low, 0.5);
    assert.equal(rate?.high, 1);
  });

  it('drifts when it falls steadily', () => {
    const rate = workRateOf([stretches(Array.from({ length: 21 }, (_, i) => 110 - i))]);
    assert.ok(rate !== null);
    assert.ok(Math.abs(rate.driftPercent + 20) < 1e-9, `${rate.driftPercent} %`);
  });

  it('does not drift when it goes up and down by chance', () => {
    const rate = workRateOf([stretches([98, 101, 99, 102, 98, 103, 100, 101, 99, 104])]);
    assert.equal(rate?.driftPercent, 0);
  });

  it('is put in order of time over all vCPUs', () => {
    const falling = stretches(Array.from({ length: 12 }, (_, i) => 110 - i));
    const rate = workRateOf([falling, falling]);
    assert.ok(rate !== null);
    // Each fell by 11 in 104.5; one after the other they would make a saw of 9.1 %.
    assert.ok(Math.abs(rate.driftPercent + 10.8) < 0.5, `${rate.driftPercent} %`);
  });

  it('leaves out a vCPU with a single stretch, which is its own median', () => {
    assert.equal(workRateOf([stretches([5, 5, 5, 5]), stretches([7]), stretches([9])]), null);
  });

  it('is tested for drift in time even when there are very many stretches', () => {
    const falling = Array.from({ length: 5000 }, (_, i) => 1.1 - (0.2 * i) / 4999);
    const rate = workRateOf([stretches(falling)]);
    assert.ok(rate !== null);
    assert.ok(Math.abs(rate.driftPercent + 20) < 0.5, `${rate.driftPercent} %`);
  });

  it('is not known after too short a time', () => {
    assert.equal(workRateOf([stretches([1, 2, 3, 4])]), null);
    assert.equal(workRateOf([[], []]), null);
  });

  it('is not known of a vCPU that got nothing done', () => {
    assert.equal(workRateOf([stretches([0, 0, 0, 0, 0, 0])]), null);
  });
});
