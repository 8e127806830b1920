import assert from 'node:assert/strict';
import { noiseWarning } from '../../src/report/host-warnings.ts';
import { disturbedRun } from './sample.ts';

describe('the warning of a noisy host', () => {
  const quiet = { label: 'quiet', run: disturbedRun(1e9, 1e6) };
  const noisy = { label: 'noisy', run: disturbedRun(1e9, 1e9) };

  it('names the worst run', () => {
    assert.match(noiseWarning([noisy]) ?? '', /took 50 % of the VMs' time/);
    assert.match(noiseWarning([quiet, noisy]) ?? '', /in 1 of 2 runs, up to 50 % \(noisy\)/);
  });

  it('is not given when it was quiet', () => {
    assert.equal(noiseWarning([quiet]), null);
    assert.equal(noiseWarning([]), null);
  });
});
