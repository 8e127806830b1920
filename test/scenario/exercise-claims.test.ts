import assert from 'node:assert/strict';
import { simulatedRun } from '../../src/predict/simulated-run.ts';
import { loadLab } from '../../src/scenario/builtin-labs.ts';
import {
  desk,
  HOST,
  JITTER_NS,
  near,
  recorded,
  run,
  scenarioOf,
  shares,
  simulated,
  total,
  withDesk,
  withInstants,
} from './simulated-lab.ts';

describe('what the exercises say is what happens in virtual time', () => {
  it('1: ideal times at 256:512 with caps of 75', () => {
    const { vms } = run(simulated('weights-and-caps'), '256:512, cap 75');
    near(
      vms.map(({ idealWallNs }) => (idealWallNs ?? NaN) / 1e9),
      [2.17, 1.5],
      0.005,
    );
  });

  it('2: a cap of 40 is on for 30 ms once, and then for 60, with 90 off', () => {
    const { scenario } = loadLab('cap-fingerprint', HOST).rows[0];
    const capped = simulatedRun({ ...scenario, vms: [{ ...scenario.vms[0], cap: 40 }] });
    assert.equal(total(capped, 'dispatches'), 41);
    near([capped.vms[0].cpuNs / 1e9], [2.43], 1e-6);
  });

  it('4: with DESK last in the list, late instants put ticks and bursts out of step', () => {
    const last = withDesk(5000, 30, [1, 2, 0]);
    const { share } = desk(simulatedRun(last));
    near([share], [49.7], 0.05);
    for (const seed of [1, 2, 3, 4]) {
      near([desk(simulatedRun(last, { jitterNs: JITTER_NS, seed })).share], [33.1], 0.05);
    }
    near([desk(simulatedRun(withDesk(5000, 30), { jitterNs: JITTER_NS })).share], [49.9], 0.05);
    near([desk(simulatedRun(withDesk(5000, 31), { jitterNs: JITTER_NS })).share], [33.4], 0.05);
    const due = [withDesk(5000, 30), last].map((scenario) => withInstants(scenario, 'due'));
    for (const [i, scenario] of due.entries())
      near([desk(simulatedRun(scenario, { jitterNs: JITTER_NS })).share], [[36.5, 36.3][i]], 0.05);
  });

  it('4: after 10 s in exact time DESK owes 10 000 credits', () => {
    const decisions = recorded(scenarioOf('interactive'), 'decide', 0).filter(([, , prev]) => prev === 0);
    assert.equal(decisions[decisions.length - 1][4], -10_000);
  });

  it('6 and reading-results.md: the phase decides about 1:4, and late timers change little', () => {
    const scenario = scenarioOf('weights');
    const light = (heavy: number, jitterNs: number, instants: 'due' | 'late') => {
      const vms = scenario.vms.map((vm, i) => ({ ...vm, weight: i === 0 ? 256 : heavy }));
      const longer = withInstants({ ...scenario, vms, durationNs: 30e9 }, instants);
      return [0, 5e6].map(
        (acctPhaseNs) => shares(simulatedRun(longer, { parameters: { acctPhaseNs }, jitterNs }))[0],
      );
    };
    for (const jitterNs of [0, JITTER_NS]) {
      near(light(1024, jitterNs, 'due'), [20.1, 25.1], 0.05);
      near(light(512, jitterNs, 'due'), [33.4, 33.5], 0.05);
    }
    near(light(1024, JITTER_NS, 'late'), [20.1, 25], 0.05);
    near(light(512, JITTER_NS, 'late'), [33.4, 33.3], 0.05);
  });
});
