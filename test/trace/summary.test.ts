import assert from 'node:assert/strict';
import { CreditReason } from '../../src/core/credit1/reason.ts';
import { summarizeTrace } from '../../src/trace/summary.ts';
import { wholeOf } from '../../src/trace/window.ts';
import { hogs, scenario as someScenario } from '../sim/arbitrary.ts';
import fc from 'fast-check';
import { inventedTrace } from './invented-trace.ts';
import { watched } from './watched-simulation.ts';

describe('the summary of a trace', () => {
  it('counts what the policy and the machine counted, for any simulation', function () {
    this.timeout(20_000);
    fc.assert(
      fc.property(someScenario(), (options) => {
        const { trace, result } = watched({ ...options, jitterNs: 0 });
        // A memory keeps the newest records only.
        fc.pre(trace.lost.forgotten === 0);
        const { vms, pcpus } = summarizeTrace(trace);
        let first = 0;
        options.vms.forEach(({ vcpus }, vm) => {
          const own = result.vcpus.slice(first, (first += vcpus.length));
          const sum = (key: 'dispatches' | 'steals' | 'migrations' | 'cpuNs') =>
            own.reduce((total, each) => total + each[key], 0);
          const { dispatches, steals, migrations, own: counted, intentNs } = vms[vm];
          assert.deepEqual(
            { dispatches, steals, migrations, boosts: counted.boosts, cpuNs: intentNs },
            {
              dispatches: sum('dispatches'),
              steals: sum('steals'),
              migrations: sum('migrations'),
              boosts: own.reduce((total, { counters }) => total + counters.boosts, 0),
              cpuNs: sum('cpuNs'),
            },
          );
        });
        assert.deepEqual(
          pcpus.map(({ busyNs, switches }) => [busyNs, switches]),
          result.busyNs.map((ns, pcpu) => [ns, result.switches[pcpu]]),
        );
      }),
      { numRuns: 40 },
    );
  });

  it('says by which reasons a VM lost its pCPU, and a pCPU decided', () => {
    const { trace } = watched({ pcpuCount: 1, vms: [hogs(256, 1, 25), hogs(256)], durationNs: 600e6 });
    const { vms, pcpus } = summarizeTrace(trace);
    assert.equal(vms[0].own.parks, 5);
    assert.equal(vms[0].lostBy.get(CreditReason.parked), 5);
    assert.equal(vms[1].lostBy.get(CreditReason.parked), undefined);
    const [{ decidedBy, decisions }] = pcpus;
    assert.equal(
      [...decidedBy.values()].reduce((sum, count) => sum + count, 0),
      decisions,
    );
  });

  it('puts what the cores did beside it', () => {
    const trace = inventedTrace({
      facts: { enterDelayNs: () => 1e6, leaveDelayNs: () => 0, stolenPercent: 10 },
    });
    const { vms, pcpus } = summarizeTrace(trace);
    const ofA = vms[0];
    // Each of A's stays begins 1 ms late, and the host takes a tenth of it.
    const expectedNs = ofA.intentNs - ofA.dispatches * 1e6;
    assert.equal(ofA.factNs, expectedNs);
    assert.ok(Math.abs((ofA.cpuNs ?? 0) - 0.9 * expectedNs) < 10);
    assert.equal(pcpus[0].factNs, (vms[0].factNs ?? 0) + (vms[1].factNs ?? 0));
  });

  it('is that of the part that is looked at', () => {
    const trace = inventedTrace();
    const window = { ...wholeOf(trace), fromNs: 15e6, toNs: 45e6 };
    const { vms } = summarizeTrace(trace, window);
    assert.deepEqual(
      vms.map(({ intentNs, dispatches }) => [intentNs, dispatches]),
      [
        [15e6, 0],
        [15e6, 1],
      ],
    );
    assert.deepEqual(
      summarizeTrace(trace, { ...window, vcpus: new Set([1]) }).vms.map(({ vm }) => vm),
      [1],
    );
  });
});
