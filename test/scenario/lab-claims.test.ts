import assert from 'node:assert/strict';
import { Priority } from '../../src/core/credit1/constants.ts';
import { simulatedRun } from '../../src/predict/simulated-run.ts';
import { listLabs, loadLab } from '../../src/scenario/builtin-labs.ts';
import {
  desk,
  HOST,
  JITTER_NS,
  near,
  phasesMs,
  recorded,
  run,
  scenarioOf,
  seconds,
  shares,
  simulated,
  total,
  withDesk,
  withInstants,
} from './simulated-lab.ts';

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
    const longer = simulatedRun({ ...scenarioOf('weights'), durationNs: 30e9 }, { jitterNs: JITTER_NS });
    near(shares(longer), [33.4, 66.6], 0.05);
  });

  it('reservation: extra time is no little more', () => {
    const [exact, late] = [0, JITTER_NS].map((jitterNs) => simulated('reservation', jitterNs));
    near(shares(run(exact, 'no extra time')), [25, 75], 0.01);
    near(shares(run(exact, 'extra time')), [97.72, 2.27], 0.01);
    near(shares(run(late, 'extra time')), [96.6, 2.2], 0.05);
    const { scenario } = loadLab('reservation', HOST).rows[1];
    const vms = scenario.vms.map((vm) => (vm.name === 'B' ? { ...vm, weight: 32 } : vm));
    near(shares(simulatedRun({ ...scenario, vms })), [62.5, 37.5], 0.01);
  });

  it('no-admission: the first one gets all that it was promised', () => {
    const only = run(simulated('no-admission'), 'no-admission');
    near(shares(only), [74.8, 25.1], 0.06);
    for (const [vm, ms] of [45, 15].entries())
      near([only.vms[vm].cpuNs / only.vms[vm].vcpus[0].dispatches / 1e6], [ms], 0.6);
    for (const [sliceNs, expected] of [
      [11e6, [54.9, 45]],
      [18e6, [89.7, 10.1]],
    ] as const) {
      const scenario = scenarioOf('no-admission');
      const vms = scenario.vms.map((vm) => ({ ...vm, parameters: { ...vm.parameters, sliceNs } }));
      near(shares(simulatedRun({ ...scenario, vms })), expected, 0.06);
    }
  });

  it('gaps: what is shorter than a piece of extra time stays empty', () => {
    const rows = simulated('gaps', 0);
    for (const [label, ofB, idle] of [
      ['2.4 of 5 ms', 49.5, 2.5],
      ['1.2 of 2 ms', 25, 15],
      ['0.6 of 1 ms', 0, 40],
      ['0.4 of 0.8 ms', 0, 50],
    ] as const) {
      const { vms, pcpus, windowNs } = run(rows, label);
      near([vms[1].sharePercent, 100 - (100 * pcpus[0].busyNs) / windowNs], [ofB, idle], 0.05);
    }
  });

  it('all-on-one: SEDF leaves a pCPU idle, credit does not', () => {
    const rows = simulated('all-on-one');
    near(shares(run(rows, 'sedf')), [50, 50], 0.05);
    assert.equal(run(rows, 'sedf').pcpus[1].busyNs, 0);
    near(shares(run(rows, 'credit')), [100, 100], 0.05);
  });

  it("dhall: global EDF doesn't keep what it promised", () => {
    near(shares(run(simulated('dhall', 0), 'dhall')), [89.94, 20.02, 20.02], 0.01);
    const scenario = scenarioOf('dhall');
    const vms = scenario.vms.map((vm) => ({ ...vm, pin: [vm.name === 'L' ? 0 : 1] }));
    near(shares(simulatedRun({ ...scenario, vms })), [95, 20, 20], 0.06);
  });

  it('caps: the rest of the core stays unused', () => {
    const only = run(simulated('caps'), 'caps');
    near(shares(only), [25, 50.1], 0.05);
    near([(100 * only.pcpus[0].busyNs) / only.windowNs], [75.1], 0.05);
    for (const seed of [2, 3, 4, 5])
      near(shares(simulatedRun(scenarioOf('caps'), { jitterNs: JITTER_NS, seed })), shares(only), 0.25);
  });

  it('weights-and-caps: who finishes first, and when the last one finishes', () => {
    const rows = simulated('weights-and-caps');
    const expected: Record<string, readonly number[]> = {
      'alone, cap 25': [4.0],
      'alone, cap 50': [1.96],
      'alone, cap 75': [1.3],
      '256:512, no cap': [2.0, 1.54],
      '256:1024, no cap': [2.0, 1.3],
      '256:1024, cap 50': [2.02, 2.03],
      '256:1024, cap 75': [2.24, 1.39],
    };
    for (const [label, times] of Object.entries(expected)) near(seconds(run(rows, label)), times, 0.005);
    for (const weights of ['256:256', '256:512', '256:1024']) {
      near(seconds(run(rows, `${weights}, cap 25`)), [4, 4], 0.05);
    }
  });

  it('work-conservation: what the sleeper leaves goes to the others by weight, but not to the capped', () => {
    const rows = simulated('work-conservation');
    near(shares(run(rows, 'all compute')), [33.3, 33.3, 33.3], 0.4);
    near(shares(run(rows, 'one sleeps')), [50.6, 49.4, 0], 0.05);
    near(shares(run(rows, 'one sleeps, 256:512')), [33.6, 66.4, 0], 0.05);
    near(shares(run(rows, 'one sleeps, caps')), [33, 33, 0], 0.3);
  });

  it('smp: the weight counts per vCPU', () => {
    const rows = simulated('smp');
    near(shares(run(rows, '256:256, two cores')), [133.4, 66.6], 0.05);
    near(shares(run(rows, '128:256, two cores')), [100.9, 99.1], 0.05);
    near(shares(run(rows, '256:256, one core')), [67, 33], 0.05);
  });

  it('work-stealing: two cores do 7 s of work in 3.5 s, by 33 steals', () => {
    const only = run(simulated('work-stealing'), 'work-stealing');
    near(seconds(only), [1.51, 3.48, 3.52], 0.005);
    assert.equal(total(only, 'steals'), 33);
    // Idle only from the end of the first long job to that of the second.
    const [, , end] = seconds(only);
    const idle = only.pcpus.map(({ busyNs }) => end - busyNs / 1e9);
    near([Math.min(...idle), Math.max(...idle)], [0, end - seconds(only)[1]], 1e-3);
  });

  it('cap-fingerprint: 30/90, 60/60 and 180/60 ms in exact time, and mostly 90/90 at 50 with late instants', () => {
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
    near([phasesMs(late).on, phasesMs(late).off], [86, 86], 0.5);
    near(shares(late), [50], 0.6);
    const last = run(simulated('cap-fingerprint'), 'cap 75');
    near([phasesMs(last).on], [173], 0.5);
  });

  it('cap-fingerprint: late instants make 90/90 of 60/60, for accountings see credits of the last tick', () => {
    const { scenario } = loadLab('cap-fingerprint', HOST).rows[1];
    const paid = recorded(scenario, 'pay').filter(([ns]) => ns > 0.77e9 && ns < 0.95e9);
    assert.deepEqual(
      paid.map(([, , sees, gives, leaves]) => [sees, gives, leaves]),
      [
        [-145, 150, 5],
        [-295, 150, -145],
        [-446, 150, -296],
        [-301, 150, -151],
        [-151, 150, -1],
        [-1, 150, 149],
      ],
    );
    assert.deepEqual(recorded(scenario, 'pay').find(([ns]) => ns > 0.75e9)?.[4], 149);
    for (const seed of [1, 2, 3]) {
      const { on, off } = phasesMs(
        simulatedRun(withInstants(scenario, 'due'), { jitterNs: JITTER_NS, seed }),
      );
      near([on, off], [60, 60], 1.5);
    }
    const exact = recorded(scenario, 'acct', 0).map(([, , balance]) => balance);
    assert.deepEqual(exact.slice(4, 9), [0, -150, -300, -150, 0]);
  });

  it('quantum: jobs wait longer with longer slices, and HOGS take as long with each', () => {
    const rows = simulated('quantum');
    const means = ['1 ms', '5 ms', '30 ms', '100 ms'].map((label) => {
      const [hogs, ...jobs] = seconds(run(rows, label));
      near([hogs], [3.006], 0.001);
      return (1000 * jobs.reduce((sum, time) => sum + time, 0)) / jobs.length;
    });
    near(means, [9.3, 15.7, 44, 101], 0.5);
    const switches = (label: string) => run(rows, label).pcpus[0].switches;
    near([switches('1 ms') / 100, switches('100 ms') / 10], [30, 3], 0.6);
  });

  it('quantum: how long jobs take, over many moments', function () {
    this.timeout(20_000);
    const MOMENTS = 400;
    const rows = loadLab('quantum', HOST).rows.map(({ scenario }) => {
      const [hogs, job] = scenario.vms;
      return Array.from({ length: MOMENTS }, (_, seed) => {
        const startNs = 600e6 + Math.round(((seed + 0.5) / MOMENTS) * 1.4e9);
        const vms = [hogs, { ...job, startNs }];
        return simulatedRun({ ...scenario, vms }, { jitterNs: JITTER_NS, seed });
      });
    });
    const expected = [
      { mean: 10, most: 13 },
      { mean: 14, most: 17 },
      { mean: 36, most: 60 },
      { mean: 116, most: 194 },
    ];
    for (const [i, { mean, most }] of expected.entries()) {
      const times = rows[i].map((each) => 1000 * seconds(each)[1]).sort((a, b) => a - b);
      near([times.reduce((sum, ms) => sum + ms, 0) / MOMENTS, times[0.95 * MOMENTS]], [mean, most], 0.5);
    }
    const [short] = rows;
    const [third, rest] = [true, false].map((isThird) =>
      short.filter(({ vms }) => vms[1].vcpus[0].dispatches > 2 === isThird).map((each) => seconds(each)[1]),
    );
    near([third.length / MOMENTS], [0.5], 0.05);
    const meanMs = (times: readonly number[]) =>
      (1000 * times.reduce((sum, time) => sum + time, 0)) / times.length;
    near([meanMs(rest), meanMs(third)], [8, 11], 1);
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
    near(excess.slice(0, 2), [0.1, 0.1], 0.1);
    for (const points of excess.slice(2)) assert.ok(points > 3, String(excess));
    near(
      ['1:1', '1:2', '1:4', '1:8', '1:16'].map((label) => shares(run(rows, label))[0]),
      [50.1, 33.4, 25.1, 16.5, 9.4],
      0.05,
    );
  });

  it('limits: told due instants, 1:8 and 1:16 are nearly right, and 1:4 is a matter of chance', () => {
    const light = [1, 2, 3, 4, 5].map((seed) =>
      loadLab('limits', HOST).rows.map(
        ({ scenario }) =>
          shares(simulatedRun(withInstants(scenario, 'due'), { jitterNs: JITTER_NS, seed }))[0],
      ),
    );
    for (const each of light) near(each.slice(3), [11.9, 6.4], 0.05);
    const middle = light.map((each) => each[2]);
    assert.ok(Math.min(...middle) > 20 && Math.max(...middle) < 25, String(middle));
    assert.ok(Math.max(...middle) - Math.min(...middle) > 3, String(middle));
  });

  it('limits: accountings between ticks do it, with due instants too', () => {
    // A millisecond before each tick, as good as never with one.
    const light = loadLab('limits', HOST).rows.map(({ scenario }) => {
      const options = { jitterNs: JITTER_NS, parameters: { acctPhaseNs: 29e6 } };
      return shares(simulatedRun(withInstants(scenario, 'due'), options))[0];
    });
    for (const [i, ideal] of [20, 11.1, 5.9].entries()) assert.ok(light[i + 2] - ideal > 3, String(light));
  });

  it('limits: ideal shares are of the whole run, of which 25 ms belong to nobody', () => {
    const [{ label }] = loadLab('limits', HOST).rows;
    const { vms } = run(simulated('limits'), label);
    near(
      vms.map(({ idealSharePercent }) => Number(idealSharePercent)),
      [49.8, 49.8],
      0.05,
    );
    near(
      vms.map(({ idealContendedSharePercent }) => Number(idealContendedSharePercent)),
      [50, 50],
      1e-9,
    );
  });

  it('limits: at 1:4 A has 60 ms of every 240', () => {
    const [a, b] = run(simulated('limits'), '1:4').vms.map((vm) => vm.cpuNs / vm.vcpus[0].dispatches / 1e6);
    near([a, a + b], [60, 240], 6);
  });

  it('limits: where slices end with the accountings, shares are nearly right', () => {
    const light = loadLab('limits', HOST).rows.map(({ scenario }) => {
      const vms = scenario.vms.map((vm) => ({ ...vm, startNs: 0 }));
      return shares(simulatedRun({ ...scenario, vms }, { jitterNs: JITTER_NS }))[0];
    });
    near(light, [50.3, 33.8, 20.4, 11.8, 6.4], 0.05);
  });

  it('interactive: DESK is served at once, and raised once', () => {
    const only = run(simulated('interactive'), 'interactive');
    near(shares(only), [10, 45, 45], 0.05);
    assert.deepEqual([only.vms[0].vcpus[0].dispatches, total(only, 'boosts')], [999, 1]);
  });

  it('interactive: no tick finds DESK, so it is never paid, and deep in debt it is BOOST', () => {
    const DESK = 0;
    const scenario = scenarioOf('interactive');
    assert.ok(recorded(scenario, 'tick').every(([, , vcpu]) => vcpu !== DESK));
    assert.ok(recorded(scenario, 'pay').every(([, vcpu]) => vcpu !== DESK));
    const slept = recorded(scenario, 'decide').filter(([ns, , prev]) => prev === DESK && ns < 9.9e9);
    const [, , , priority, credit] = slept[slept.length - 1];
    assert.deepEqual([priority, credit], [Priority.boost, -9890]);
  });

  it('interactive: who sleeps at every tick gets what it wants, until ticks come out of step', () => {
    const exact = [withDesk(1000, 30), withDesk(1000, 31), withDesk(5000, 30), withDesk(5000, 31)];
    const told = [10, 10, 50, 33.5];
    const found = exact.map((scenario) => desk(simulatedRun(scenario)));
    near(
      found.map(({ share }) => share),
      told,
      0.05,
    );
    assert.deepEqual(
      found.map(({ boosts }) => boosts),
      [1, 217, 1, 414],
    );
    for (const seed of [1, 2, 3, 4]) {
      const late = exact.map((scenario) => desk(simulatedRun(scenario, { jitterNs: JITTER_NS, seed })).share);
      near(
        late,
        found.map(({ share }) => share),
        0.3,
      );
    }
  });

  it('interactive: told due instants, ticks find DESK after some seconds, and the hole is closed', () => {
    const DESK = 0;
    for (const seed of [1, 2, 3, 4]) {
      const due = (sizeUs: number) => ({ ...withInstants(withDesk(sizeUs, 30), 'due'), seed });
      const share = (sizeUs: number) => desk(simulatedRun(due(sizeUs), { jitterNs: JITTER_NS })).share;
      near([share(1000)], [9.8], 0.05);
      near([share(5000)], [36.5], 0.15);
      const foundNs = (sizeUs: number) =>
        recorded(due(sizeUs), 'tick').find(([, , vcpu]) => vcpu === DESK)?.[0] ?? NaN;
      near([foundNs(1000) / 1e9, foundNs(5000) / 1e9], [3.6, 2], 0.3);
    }
  });

  it('interactive: once a tick finds DESK late, it owes 300 credits and waits for a tenth of a second', () => {
    const DESK = 0;
    const scenario = scenarioOf('interactive');
    const vms = scenario.vms.map((vm) => ({ ...vm, startNs: 8e6 }));
    const found = { ...scenario, vms, seed: 4 };
    const [[paidNs, , before, , after, priority]] = recorded(found, 'pay').filter(([, v]) => v === DESK);
    assert.ok(before < -7000);
    assert.deepEqual([after, priority], [-300, Priority.over]);
    const next = recorded(found, 'decide').find(([ns, , , , , v]) => ns > paidNs && v === DESK);
    near([((next?.[0] ?? NaN) - paidNs) / 1e9], [0.1], 0.05);
  });

  it('late-joiner: both share equally from the start of the second', () => {
    near(seconds(run(simulated('late-joiner'), 'late-joiner')), [6.01, 5], 0.005);
  });

  it('weight-change: half of the time one half, then four fifths', () => {
    near(shares(run(simulated('weight-change'), 'weight-change')), [65.2, 34.8], 0.05);
  });
});
