import assert from 'node:assert/strict';
import fc from 'fast-check';
import { simulate } from '../../src/sim/simulate.ts';
import { scenario } from './arbitrary.ts';
import { BusyWatch } from './busy-watch.ts';
import { CreditWatch } from './credit-watch.ts';
import { TraceLines } from './trace-lines.ts';

describe('any simulation', function () {
  this.timeout(20_000);

  it('keeps a sound state: everyone who can run is on one pCPU, once, and all counts are right', () => {
    fc.assert(
      fc.property(scenario(), (options) => {
        simulate({ ...options, paranoid: true });
      }),
      { numRuns: 200 },
    );
  });

  it('runs nobody twice at once, nor where it may not, and gives out exactly the time that pCPUs are busy', () => {
    fc.assert(
      fc.property(scenario(), (options) => {
        const recorder = new BusyWatch();
        const { vcpus, busyNs, endNs } = simulate({ ...options, jitterNs: 0, recorder });
        const usedNs = vcpus.reduce((sum, { cpuNs }) => sum + cpuNs, 0);
        assert.equal(usedNs, recorder.totalNs(endNs));
        assert.equal(
          usedNs,
          busyNs.reduce((sum, ns) => sum + ns, 0),
        );
      }),
      { numRuns: 150 },
    );
  });

  it('with late timers gives out no more time than pCPUs are busy', () => {
    fc.assert(
      fc.property(scenario(), fc.constantFrom(50_000, 3_000_000), (options, jitterNs) => {
        const { vcpus, busyNs } = simulate({ ...options, jitterNs });
        const usedNs = vcpus.reduce((sum, { cpuNs }) => sum + cpuNs, 0);
        assert.ok(usedNs <= busyNs.reduce((sum, ns) => sum + ns, 0));
      }),
      { numRuns: 50 },
    );
  });

  it('leaves credits in bounds after each accounting, and priorities that tell debt', () => {
    fc.assert(
      fc.property(scenario(), (options) => {
        simulate({ ...options, recorder: new CreditWatch() });
      }),
      { numRuns: 150 },
    );
  });

  it('is the same when its input is the same, jitter included', () => {
    fc.assert(
      fc.property(scenario(), (options) => {
        const [first, second] = [new TraceLines(), new TraceLines()];
        assert.deepEqual(
          simulate({ ...options, recorder: first }),
          simulate({ ...options, recorder: second }),
        );
        assert.deepEqual(first.lines, second.lines);
      }),
      { numRuns: 50 },
    );
  });
});
