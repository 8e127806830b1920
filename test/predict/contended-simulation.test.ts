import assert from 'node:assert/strict';
import { simulateContended } from '../../src/predict/contended-simulation.ts';
import { simulatedRun, simulationOf } from '../../src/predict/simulated-run.ts';
import { simulate } from '../../src/sim/simulate.ts';
import { fromYaml } from '../scenario/attempt.ts';

const EVERY_NS = 1e6;

describe('a simulation while all VMs compete', () => {
  for (const jitterNs of [0, 80_000]) {
    it(`has the CPU times of that time to the nanosecond, with timers late by up to ${jitterNs} ns`, () => {
      const scenario = fromYaml(
        '{ pcpus: 2, vms: [{ name: A, work: 1s }, { name: B, weight: 512, work: 1s, vcpus: 2, start: 300ms }, { ' +
          'name: C, work: 700ms }] }',
      );
      const optionsOf = () => simulationOf(scenario, { jitterNs });
      const { result, contended } = simulateContended(scenario, optionsOf);
      const firstNs = Math.min(...result.vcpus.map(({ doneNs }) => doneNs));
      assert.ok(contended !== null);
      assert.equal(contended.ns, firstNs - 300e6);
      // The same run, sampled every millisecond: the samples around the instant enclose it.
      const { samples } = simulate({ ...optionsOf(), sampleNs: EVERY_NS });
      const at = Math.floor(firstNs / EVERY_NS);
      contended.cpuNs.forEach((cpuNs, vcpu) => {
        const [start, low, high] = [300, at, at + 1].map((row) => samples[row][vcpu + 1]);
        assert.ok(cpuNs >= low - start && cpuNs <= high - start, `${cpuNs} of vCPU ${vcpu}`);
      });
    });
  }

  it('is all of it if nobody ends, and none if one is done before another starts', () => {
    const endless = simulatedRun(fromYaml('{ pcpus: 1, duration: 2s, vms: [{ name: A }, { name: B }] }'));
    assert.equal(endless.contendedNs, endless.windowNs);
    for (const { sharePercent, contendedSharePercent } of endless.vms)
      assert.equal(contendedSharePercent, sharePercent);
    const apart = simulatedRun(
      fromYaml('{ pcpus: 1, vms: [{ name: A, work: 1s }, { name: B, work: 1s, start: 2s }] }'),
    );
    assert.equal(apart.contendedNs, 0);
    assert.equal(apart.vms[0].contendedSharePercent, null);
  });

  it('tells what shares over the whole run do not: that weights divide', () => {
    const { vms } = simulatedRun(
      fromYaml('{ pcpus: 1, vms: [{ name: A, work: 3s }, { name: B, weight: 512, work: 3s }] }'),
    );
    for (const { sharePercent } of vms) assert.equal(sharePercent.toFixed(6), '50.000000');
    const [a, b] = vms.map(({ contendedSharePercent }) => Number(contendedSharePercent));
    assert.ok(Math.abs(a - 100 / 3) < 1 && Math.abs(a + b - 100) < 1e-6, `${a}, ${b}`);
  });
});
