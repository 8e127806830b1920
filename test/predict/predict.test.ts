import assert from 'node:assert/strict';
import { judgedBy, predict, withPrediction } from '../../src/predict/predict.ts';
import type { RunResult } from '../../src/result/result.ts';
import { sampleRun } from '../report/sample.ts';
import { fromYaml } from '../scenario/attempt.ts';

describe('a prediction', () => {
  it('of shares has a band around what the scheduler does', () => {
    const scenario = fromYaml(
      '{ pcpus: 1, duration: 30s, vms: [{ name: A }, { name: B, weight: 512 }, { name: C }] }',
    );
    const bands = predict(scenario)?.map(({ sharePercent }) => sharePercent) ?? [];
    for (const [index, ideal] of [25, 50, 25].entries()) {
      const { min, median, max } = bands[index] ?? { min: NaN, median: NaN, max: NaN };
      assert.ok(min < max && min <= median && median <= max);
      assert.ok(Math.abs(median - ideal) < 1.5, `${median}`);
    }
  });

  it('of execution times agrees with what the exact scheduler does: a cap of 25 makes 2.985 s last 11.9 s', () => {
    // A whole number of slices would hang on a microsecond: the work ends with the last of them, or in the next one.
    const scenario = fromYaml('{ pcpus: 1, vms: [{ name: A, cap: 25, work: 2985ms }] }');
    const [{ wallNs }] = predict(scenario) ?? [];
    assert.ok(wallNs !== null && wallNs.min >= 11.89e9 && wallNs.max <= 11.93e9, JSON.stringify(wallNs));
  });

  it('goes by the topology of the pCPUs', () => {
    const alike = fromYaml(
      '{ pcpus: 3, duration: 4s, vms: [{ name: A, vcpus: 4 }, { name: B, weight: 100 }, { name: C, work: 1s }] }',
    );
    const apart = { ...alike, topology: { cores: [0, 1, 2], sockets: [1, 0, 1] } };
    assert.notDeepEqual(predict(apart, { jitterNs: 0 }), predict(alike, { jitterNs: 0 }));
  });

  it('without lateness has no width', () => {
    const scenario = fromYaml('{ pcpus: 1, duration: 3s, vms: [{ name: A }, { name: B }] }');
    const [{ sharePercent }] = predict(scenario, { jitterNs: 0 }) ?? [];
    assert.ok(sharePercent !== null && sharePercent.min === sharePercent.max);
  });

  it('is wider, the later timers are', () => {
    const scenario = fromYaml('{ pcpus: 1, duration: 5s, vms: [{ name: A }, { name: B, weight: 1024 }] }');
    const width = (ns: number) => {
      const late = { buckets: [[ns, 1] as const, [2 * ns, 1] as const], max: 4 * ns };
      const latency = { timer: late, exit: late, wake: late };
      const [{ sharePercent }] = predict(scenario, { latency }) ?? [];
      return (sharePercent?.max ?? NaN) - (sharePercent?.min ?? NaN);
    };
    assert.ok(width(5e6) > 2 * width(100));
  });

  it('knows that a vCPU that is woken computes some time after the decision: its period is longer by that', () => {
    const scenario = fromYaml(
      '{ pcpus: 1, duration: 10s, vms: [{ name: D, workload: interactive }, { name: A }, { name: B, weight: 512 }] }',
    );
    const median = (ns: number) => {
      const [timer, told] = [30e3, ns].map((each) => ({ buckets: [[each, 1] as const], max: 2 * each }));
      const latency = { timer, exit: timer, wake: timer, handOver: told, start: told };
      return predict(scenario, { latency })?.map(({ sharePercent }) => sharePercent?.median ?? NaN) ?? [];
    };
    const [soon, late] = [median(1e3), median(60e3)];
    assert.ok(soon[0] - late[0] > 0.2, `DESK ${soon[0]} and ${late[0]}`);
    assert.ok(late[2] - soon[2] > 0.2, `B ${soon[2]} and ${late[2]}`);
  });

  it('of work in units needs to know how long one takes', () => {
    const scenario = fromYaml("{ pcpus: 1, vms: [{ name: A, work: '1000 units' }] }");
    assert.equal(predict(scenario), null);
    assert.equal(predict(scenario, { nsPerUnit: [null] }), null);
    const [{ wallNs }] = predict(scenario, { nsPerUnit: [2e6] }) ?? [];
    assert.equal(wallNs?.median, 2e9);
  });

  it('is quick: 10 s of four vCPUs, eight times, in less than the run itself by far', () => {
    const scenario = fromYaml(
      '{ pcpus: 2, duration: 10s, vms: [{ name: A, vcpus: 2 }, { name: B, workload: interactive }, { name: C, ' +
        'cap: 30 }] }',
    );
    const startMs = performance.now();
    predict(scenario);
    assert.ok(performance.now() - startMs < 5000);
  });
});

describe('the prediction beside a measured run', () => {
  const scenario = fromYaml('{ pcpus: 1, vms: [{ name: A, work: 1s }, { name: B, work: 1s }] }');

  it('is made for the CPU time that each vCPU really used', () => {
    const run = withPrediction(scenario, finished(sampleRun(scenario, [{ cpuNs: 1.5e9 }, { cpuNs: 3e9 }])));
    const [a, b] = run.vms.map(({ predicted }) => predicted ?? null);
    assert.ok(Math.abs((a?.wallNs?.median ?? NaN) - 3e9) < 0.07e9, JSON.stringify(a));
    assert.ok(Math.abs((a?.sharePercent?.median ?? NaN) - 50) < 1, JSON.stringify(a));
    assert.equal(b?.wallNs, null, 'the last one is done when all work is, whatever the scheduler does');
  });

  it('is of shares while all compete, and says whether they came true', () => {
    const sharesOf = (contended: readonly number[]) =>
      withPrediction(
        scenario,
        finished(
          sampleRun(
            scenario,
            contended.map((contendedSharePercent) => ({ contendedSharePercent })),
          ),
        ),
      ).vms.map(({ predicted }) => predicted?.inBand?.sharePercent);
    // One second each at equal weights: both have half until the first is done. Over the window each has a tenth.
    assert.deepEqual(sharesOf([50.4, 49.6]), [true, true]);
    assert.deepEqual(sharesOf([54, 46]), [false, false]);
  });

  it('judges no share and no time of a VM that is alone without a cap', () => {
    const alone = fromYaml('{ pcpus: 1, vms: [{ name: A, work: 1s }] }');
    const run = withPrediction(alone, finished(sampleRun(alone, [{ wallNs: 1e9 }])));
    const nothing = { wallNs: null, sharePercent: null, inBand: { wallNs: null, sharePercent: null } };
    assert.deepEqual(run.vms[0].predicted, nothing);
    const capped = fromYaml('{ pcpus: 1, vms: [{ name: A, cap: 50, work: 1s }] }');
    const [{ predicted }] = withPrediction(capped, finished(sampleRun(capped, [{ wallNs: 1.98e9 }]))).vms;
    assert.ok(predicted?.wallNs && predicted.sharePercent);
  });

  it('gives the vCPUs no more of the pCPUs than the run had', () => {
    const endless = fromYaml(
      '{ pcpus: 2, duration: 20s, vms: [{ name: A, weight: 1024, cap: 0 }, { name: B }, { name: C }, { name: D }] }',
    );
    const run = finished(sampleRun(endless));
    const sharesWith = (stolenNs: number): number[] =>
      (
        predict(endless, judgedBy({ ...run, pcpus: run.pcpus.map((pcpu) => ({ ...pcpu, stolenNs })) })) ?? []
      ).map(({ sharePercent }) => sharePercent?.median ?? NaN);
    const sum = (shares: number[]): number => shares.reduce((total, share) => total + share, 0);
    const { busyNs } = run.pcpus[0];
    const [quiet, disturbed] = [sharesWith(0), sharesWith(busyNs / 49)];
    assert.ok(Math.abs(sum(quiet) - 200) < 0.1, `${sum(quiet)}`);
    assert.ok(Math.abs(sum(disturbed) - 196) < 0.1, `${sum(disturbed)}`);
    // Credits are handed out for whole cores, so in the end nobody is in debt, and the heaviest one has what is left.
    assert.ok(disturbed[0] < quiet[0] - 1, `${quiet[0]}, ${disturbed[0]}`);
  });

  it('leaves the vCPUs something of a pCPU that others had all the time', () => {
    const run = finished(sampleRun(scenario));
    const pcpus = run.pcpus.map((pcpu) => ({ ...pcpu, busyNs: 0, stolenNs: 1e9 }));
    const [part] = judgedBy({ ...run, pcpus }).stolenParts ?? [];
    assert.ok(part > 0.99 && part < 1, String(part));
  });

  it('says when its band is made from what others stole in the run', () => {
    const isWide = (stolenNs: number) => {
      const run = finished(sampleRun(scenario));
      const pcpus = run.pcpus.map((pcpu) => ({ ...pcpu, stolenNs, ownThreadsNs: 0 }));
      const vms = run.vms.map((vm) => ({
        ...vm,
        vcpus: vm.vcpus.map((vcpu) => ({ ...vcpu, stolenNs: stolenNs / 2 })),
      }));
      return withPrediction(scenario, { ...run, vms, pcpus }).bandsAreWide;
    };
    assert.deepEqual([isWide(0), isWide(0.2e9)], [false, true]);
  });

  it('says when its band is wide because the scheduler itself came late, and only then', () => {
    const isWide = (p99: number) => {
      const run = finished(sampleRun(scenario));
      const tickLatenessNs = { count: 1000, p50: 23_000, p99, max: 8e6 };
      return withPrediction(scenario, { ...run, loop: { ...run.loop, tickLatenessNs } }).bandsAreWide;
    };
    assert.deepEqual([isWide(0.9e6), isWide(3e6)], [false, true]);
  });

  it('uses the stated work of a vCPU that did not finish', () => {
    const limited = { ...scenario, durationNs: 10e9 };
    const run = withPrediction(limited, sampleRun(limited, [{ cpuNs: 0.2e9 }, { cpuNs: 0.2e9 }]));
    assert.ok(Math.abs((run.vms[1].predicted?.wallNs?.median ?? NaN) - 2e9) < 0.07e9);
  });

  it('takes the speed of work in units from the run', () => {
    const units = fromYaml("{ pcpus: 1, duration: 9s, vms: [{ name: A, work: '5000 units' }] }");
    // 1000 units in 0.5 s
    const run = withPrediction(units, sampleRun(units, [{ cpuNs: 0.5e9 }]));
    assert.equal(run.vms[0].predicted?.wallNs?.median, 2.5e9);
  });

  it('is not made for a run that is incomplete or simulated', () => {
    for (const rest of [{ complete: false }, { machine: 'simulated' as const }]) {
      const run = sampleRun(scenario, [], rest);
      assert.equal(withPrediction(scenario, run), run);
    }
  });
});

/** The same run, in which all vCPUs were done with their work, those of later VMs later. */
function finished(run: RunResult): RunResult {
  const vms = run.vms.map((vm, index) => ({
    ...vm,
    vcpus: vm.vcpus.map((vcpu) => ({ ...vcpu, endNs: (5 + index) * 1e9 })),
  }));
  return { ...run, vms };
}
