import assert from 'node:assert/strict';
import { noiseWarning } from '../../src/report/host-warnings.ts';
import type { RunResult } from '../../src/result/result.ts';
import { fromYaml } from '../scenario/attempt.ts';
import { sampleRun } from './sample.ts';

const scenario = fromYaml('{ pcpus: 1, duration: 10s, vms: [{ name: A }] }');

function runWith(cpuNs: number, stolenNs: number): RunResult {
  const run = sampleRun(scenario, [{ cpuNs }]);
  return {
    ...run,
    vms: run.vms.map((vm) => ({ ...vm, vcpus: vm.vcpus.map((vcpu) => ({ ...vcpu, stolenNs })) })),
  };
}

describe('the warning of a noisy host', () => {
  const quiet = { label: 'quiet', run: runWith(1e9, 1e6) };
  const noisy = { label: 'noisy', run: runWith(1e9, 1e9) };

  it('names the worst run', () => {
    assert.match(noiseWarning([noisy]) ?? '', /took 50 % of the VMs' time/);
    assert.match(noiseWarning([quiet, noisy]) ?? '', /in 1 of 2 runs, up to 50 % \(noisy\)/);
  });

  it('is not given when it was quiet', () => {
    assert.equal(noiseWarning([quiet]), null);
    assert.equal(noiseWarning([]), null);
  });
});
