import assert from 'node:assert/strict';
import { explainMiss, type Miss } from '../../scripts/bench/explain-miss.ts';
import type { RunResult } from '../../src/result/result.ts';
import { aRun } from './a-run.ts';

const later: Miss = {
  vm: 0,
  measured: 2.04e9,
  predicted: { median: 2e9, min: 1.99e9, max: 2.01e9 },
  error: 2,
  isLoss: true,
  spanNs: 2e9,
  quantum: { name: 'a slice', ns: 10e6 },
  unit: '%',
};
const sooner: Miss = { ...later, measured: 1.96e9, error: -2, isLoss: false };

/** The VM that missed, and one beside it. */
function two(own: Parameters<typeof aRun>[0], other: Parameters<typeof aRun>[0]): RunResult {
  return { ...aRun(own), vms: [...aRun(own).vms, ...aRun(other).vms] };
}

describe('a miss is explained', () => {
  it("by what was measured, in the miss's own unit, the largest first", () => {
    const run = two({ vcpu: { stolenNs: 12e6 } }, { vcpu: { stolenNs: 30e6 } });
    assert.equal(
      explainMiss(run, later),
      "others' stolen time 30.00 ms (1.50 %), own stolen time 12.00 ms (0.60 %)",
    );
  });

  it('by as much of it as falls into the part of the run that the figure is of', () => {
    const run = two({ vcpu: { stolenNs: 60e6 } }, {});
    assert.equal(explainMiss(run, { ...later, spanNs: 1e9, part: 0.5 }), 'own stolen time 30.00 ms (3.00 %)');
  });

  it('by nothing that is less than a quarter of it', () => {
    const run = two({ vcpu: { stolenNs: 10e6 } }, { vcpu: { stolenNs: 4.9e6 } });
    assert.equal(explainMiss(run, later), 'own stolen time 10.00 ms (0.50 %)');
  });

  it('only by what works in its direction', () => {
    const run = two({ vcpu: { stolenNs: 30e6 } }, { vcpu: { stolenNs: 15e6 } });
    assert.equal(explainMiss(run, sooner), "others' stolen time 15.00 ms (0.75 %)");
    assert.equal(
      explainMiss(run, later),
      "own stolen time 30.00 ms (1.50 %), others' stolen time 15.00 ms (0.75 %)",
    );
  });

  it('never by what virtual time has too: pauses put off, and the time that switches take', () => {
    const { loop } = aRun();
    const run = aRun({
      vcpu: { overrunNs: 100e6 },
      run: { loop: { ...loop, switchGapNs: { ...loop.switchGapNs, p50: 1e6 } } },
    });
    assert.match(explainMiss(run, later), /^not explained/);
  });

  it('by a late timer, and by a hold-up that the run warned of', () => {
    const { loop } = aRun();
    const run = aRun({
      run: {
        loop: { ...loop, tickLatenessNs: { ...loop.tickLatenessNs, max: 15e6 } },
        warnings: ['the host held up the scheduler 2 times', 'something else'],
      },
    });
    const causes = 'latest timer 15.00 ms (0.75 %), the host held up the scheduler 2 times';
    assert.equal(explainMiss(run, later), causes);
    assert.equal(explainMiss(run, sooner), causes);
  });

  it('by chance where the simulations themselves scatter as far', () => {
    const scattered = { ...later, predicted: { median: 2e9, min: 1.9e9, max: 2.04e9 } };
    assert.equal(explainMiss(aRun(), scattered), 'chance, it lies in the band');
  });

  it('by the last slice where it is no larger than one that ends late', () => {
    assert.equal(
      explainMiss(aRun(), { ...later, quantum: { name: 'a slice', ns: 40e6 } }),
      'no more than a slice and the latest timer 40.00 ms (2.00 %)',
    );
  });

  it('not at all where nothing measured is large enough, which it says', () => {
    assert.equal(
      explainMiss(aRun({ vcpu: { stolenNs: 1e6 } }), later),
      "not explained by own stolen time 1.00 ms (0.05 %), latest timer 3.0 µs (0.00 %), others' stolen time 0 " +
        'ns (0.00 %)',
    );
  });

  it('in points of the window where it is a share', () => {
    const share: Miss = { ...later, measured: 48, error: -2, spanNs: 4e9, unit: 'points' };
    assert.equal(
      explainMiss(aRun({ vcpu: { stolenNs: 60e6 } }), share),
      'own stolen time 60.00 ms (1.50 points)',
    );
  });
});
