import assert from 'node:assert/strict';
import { noiseWarning, stolenFraction } from '../../src/analysis/noise.ts';
import type { RunResult } from '../../src/experiment/result.ts';
import { sampleRun } from '../report/sample.ts';
import { fromYaml } from '../scenario/attempt.ts';

const scenario = fromYaml('{ pcpus: 1, duration: 10s, vms: [{ name: A }] }');

function runWith(cpuNs: number, stolenNs: number): RunResult {
  const run = sampleRun(scenario, [{ cpuNs }]);
  return {
    ...run,
    vms: run.vms.map((vm) => ({ ...vm, vcpus: vm.vcpus.map((vcpu) => ({ ...vcpu, stolenNs })) })),
  };
}

describe('a noisy host', () => {
  const quiet = { label: 'quiet', run: runWith(1e9, 1e6) };
  const noisy = { label: 'noisy', run: runWith(1e9, 1e9) };

  it('is known by the time that it took from VMs that held their pCPUs', () => {
    assert.equal(stolenFraction(noisy.run), 0.5);
    assert.equal(stolenFraction(runWith(0, 0)), 0);
  });

  it('is warned of, with the worst run', () => {
    assert.match(noiseWarning([noisy]) ?? '', /took 50 % of the VMs' time/);
    assert.match(noiseWarning([quiet, noisy]) ?? '', /in 1 of 2 runs, up to 50 % \(noisy\)/);
  });

  it('is not warned of when it was quiet', () => {
    assert.equal(noiseWarning([quiet]), null);
    assert.equal(noiseWarning([]), null);
  });
});
