import assert from 'node:assert/strict';
import { simulatedRun } from '../../src/experiment/simulated-run.ts';
import type { RunResult } from '../../src/experiment/result.ts';
import { listLabs, loadLab } from '../../src/scenario/builtin-labs.ts';

const HOST = { allowedCpus: [0, 1] };
/** As `creditlab lab NAME --simulate` has it. */
const JITTER_NS = 50_000;

/** All rows of a lab in virtual time, by their labels. */
function simulated(name: string, jitterNs = JITTER_NS): ReadonlyMap<string, RunResult> {
  const { rows } = loadLab(name, HOST);
  return new Map(rows.map(({ label, scenario }) => [label, simulatedRun(scenario, { jitterNs })]));
}

function run(runs: ReadonlyMap<string, RunResult>, label: string): RunResult {
  const found = runs.get(label);
  assert.ok(found !== undefined, `row ${label}`);
  return found;
}

const shares = ({ vms }: RunResult) => vms.map(({ sharePercent }) => sharePercent);
const seconds = ({ vms }: RunResult) => vms.map(({ wallNs }) => (wallNs ?? NaN) / 1e9);
const total = ({ vms }: RunResult, key: 'dispatches' | 'boosts' | 'steals') =>
  vms.flatMap(({ vcpus }) => vcpus.map((vcpu) => vcpu[key])).reduce((sum, count) => sum + count, 0);
/** Mean lengths of the phases in which a VM ran and didn't, ms. */
const phasesMs = ({ windowNs, vms: [vm] }: RunResult) => {
  const count = vm.vcpus[0].dispatches;
  return { on: vm.cpuNs / count / 1e6, off: (windowNs - vm.cpuNs) / count / 1e6 };
};

function near(actual: readonly number[], expected: readonly number[], tolerance: number): void {
  assert.equal(actual.length, expected.length);
  for (const [i, value] of actual.entries()) {
    assert.ok(Math.abs(value - expected[i]) <= tolerance, `${String(actual)}, not ${String(expected)}`);
  }
}

describe('every ready-made lab', () => {
  for (const { name } of listLabs()) {
    it(`asks, says what to predict and to look at, and explains: ${name}`, () => {
      const { question, predict, look, explanation } = loadLab(name, HOST);
      for (const text of [question, predict, look, explanation]) assert.ok((text ?? '').length > 20);
      assert.match(question ?? '', /\?$/);
      const tables = [predict, look, explanation].flatMap((text) => (text ?? '').match(/^ .*$/gm) ?? []);
      assert.ok(
        tables.every((line) => line.length <= 78),
        'tables fit into 80 columns',
      );
    });

    it(`runs in virtual time, for a minute and a half at most: ${name}`, () => {
      const runs = [...simulated(name).values()];
      assert.ok(runs.every(({ complete, vms }) => complete && vms.some(({ cpuNs }) => cpuNs > 0)));
      const seconds = runs.reduce((sum, { windowNs }) => sum + windowNs, 0) / 1e9;
      assert.ok(seconds <= (name === 'weights-and-caps' ? 75 : 45), `${seconds} s without calibration`);
    });
  }
});

describe('what the labs explain is what happens in virtual time', () => {
  it('weights: shares of 1:2, as many dispatches for the light VM as for the heavy one', () => {
    const only = run(simulated('weights'), 'weights');
    near(shares(only), [33.6, 66.4], 0.05);
    assert.deepEqual(
      only.vms.map(({ vcpus }) => vcpus[0].dispatches),
      [112, 112],
    );
  });

  it('caps: the rest of the core stays unused', () => {
    const only = run(simulated('caps'), 'caps');
    near(shares(only), [24.9, 50.1], 0.05);
    near([(100 * only.pcpus[0].busyNs) / only.windowNs], [75.1], 0.05);
  });

  it('weights-and-caps: who finishes first, and when the last one finishes', () => {
    const rows = simulated('weights-and-caps');
    const expected: Record<string, readonly number[]> = {
      'alone, cap 25': [4.0],
      'alone, cap 50': [1.99],
      'alone, cap 75': [1.36],
      '256:512, no cap': [2.0, 1.54],
      '256:1024, no cap': [2.0, 1.3],
      '256:1024, cap 50': [1.99, 2.0],
      '256:1024, cap 75': [2.24, 1.36],
    };
    for (const [label, times] of Object.entries(expected)) near(seconds(run(rows, label)), times, 0.005);
    for (const weights of ['256:256', '256:512', '256:1024']) {
      near(seconds(run(rows, `${weights}, cap 25`)), [4, 4], 0.05);
    }
  });

  it('work-conservation: what the sleeper leaves goes to the others by weight, but not to the capped', () => {
    const rows = simulated('work-conservation');
    near(shares(run(rows, 'all compute')), [33.3, 33.3, 33.3], 0.4);
    near(shares(run(rows, 'one sleeps')), [50, 50, 0], 0.5);
    near(shares(run(rows, 'one sleeps, 256:512')), [34, 66, 0], 0.05);
    near(shares(run(rows, 'one sleeps, caps')), [33, 33, 0], 0.3);
  });

  it('smp: the weight counts per vCPU', () => {
    const rows = simulated('smp');
    near(shares(run(rows, '256:256, two cores')), [133.5, 66.5], 0.05);
    near(shares(run(rows, '128:256, two cores')), [100.9, 99.1], 0.05);
    near(shares(run(rows, '256:256, one core')), [67, 33], 0.05);
  });

  it('work-stealing: two cores do 7 s of work in 3.5 s, by 33 steals', () => {
    const only = run(simulated('work-stealing'), 'work-stealing');
    near(seconds(only), [1.48, 3.48, 3.52], 0.005);
    assert.equal(total(only, 'steals'), 33);
    // Idle only from the end of the first long job to that of the second.
    const [, , end] = seconds(only);
    const idle = only.pcpus.map(({ busyNs }) => end - busyNs / 1e9);
    near([Math.min(...idle), Math.max(...idle)], [0, end - seconds(only)[1]], 1e-3);
  });

  it('cap-fingerprint: 30/90, 60/60 and 180/60 ms in exact time, and about 90/90 at 50 with late timers', () => {
    const exact = simulated('cap-fingerprint', 0);
    const lengths = (label: string) => {
      const { on, off } = phasesMs(run(exact, label));
      return [on, off];
    };
    near(lengths('cap 25'), [30, 90], 1e-6);
    near(lengths('cap 50'), [60, 60], 1e-6);
    // The first phase is shorter, and the last one is cut off.
    near(lengths('cap 75'), [180, 60], 8);
    const late = run(simulated('cap-fingerprint'), 'cap 50');
    near([phasesMs(late).on, phasesMs(late).off], [89, 88], 1.5);
    near(shares(late), [50], 0.6);
  });

  it('quantum: jobs wait longer with longer slices, and HOGS take as long with each', () => {
    const rows = simulated('quantum');
    const means = ['1 ms', '5 ms', '30 ms', '100 ms'].map((label) => {
      const [hogs, ...jobs] = seconds(run(rows, label));
      near([hogs], [3.006], 0.001);
      return (1000 * jobs.reduce((sum, time) => sum + time, 0)) / jobs.length;
    });
    near(means.slice(0, 2), [8, 15], 1);
    assert.ok(means[2] > 2 * means[1] && means[3] > 2 * means[2], String(means));
    const switches = (label: string) => run(rows, label).pcpus[0].switches;
    near([switches('1 ms') / 100, switches('100 ms') / 10], [29, 3], 0.6);
  });

  it('memory-neighbours: the scheduler gives everybody a whole core', () => {
    for (const each of simulated('memory-neighbours').values())
      near(
        shares(each),
        each.vms.map(() => 100),
        1e-3,
      );
  });

  it('limits: from 1:4 on the light VM gets far more than its weight says', () => {
    const rows = simulated('limits');
    const excess = ['1:1', '1:2', '1:4', '1:8', '1:16'].map((label, i) => {
      const ratio = 2 ** i;
      return shares(run(rows, label))[0] - 100 / (1 + ratio);
    });
    near(excess.slice(0, 2), [0.3, 0.1], 0.1);
    for (const points of excess.slice(2)) assert.ok(points > 3, String(excess));
    near(
      ['1:4', '1:8', '1:16'].map((label) => shares(run(rows, label))[0]),
      [25.1, 16.5, 9.4],
      0.05,
    );
  });

  it('limits: where slices end with the accountings, shares are nearly right', () => {
    const light = loadLab('limits', HOST).rows.map(({ scenario }) => {
      const vms = scenario.vms.map((vm) => ({ ...vm, startNs: 0 }));
      return shares(simulatedRun({ ...scenario, vms }, { jitterNs: JITTER_NS }))[0];
    });
    near(light, [50.1, 33.8, 20.4, 11.8, 6.4], 0.05);
  });

  it('interactive: DESK is served at once, and raised once', () => {
    const only = run(simulated('interactive'), 'interactive');
    near(shares(only), [10, 44.9, 44.9], 0.05);
    assert.deepEqual([only.vms[0].vcpus[0].dispatches, total(only, 'boosts')], [998, 1]);
  });

  it('late-joiner: both share equally from the start of the second', () => {
    near(seconds(run(simulated('late-joiner'), 'late-joiner')), [6.01, 5], 0.005);
  });

  it('weight-change: half of the time one half, then four fifths', () => {
    near(shares(run(simulated('weight-change'), 'weight-change')), [65.2, 34.8], 0.05);
  });
});
