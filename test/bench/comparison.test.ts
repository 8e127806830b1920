import assert from 'node:assert/strict';
import { compareRun, percentError } from '../../scripts/bench/comparison.ts';
import { errorFigures } from '../../scripts/bench/predict.ts';
import { predictScenarios } from '../../scripts/bench/predict-scenarios.ts';
import type { VmPrediction } from '../../src/result/vm-result.ts';
import { aRun } from './a-run.ts';

const scenario = predictScenarios([0], 4).filter(({ name }) => name === 'cap 50')[0];

describe('a run beside its prediction', () => {
  it("has the error of its time in percent of the prediction's median, signed", () => {
    assert.equal(percentError(1.98e9, 2e9), -1);
    const [{ wall }] = compareRun(scenario, aRun({ vm: { wallNs: 2.01e9 } }));
    assert.equal(wall?.error.toFixed(9), '0.500000000');
    assert.equal(wall?.ideal, 1.9e9);
  });

  it('has the error of its share while all compete, in points', () => {
    const [{ share }] = compareRun(
      scenario,
      aRun({ vm: { sharePercent: 40, contendedSharePercent: 49.75 } }),
    );
    assert.equal(share?.error, -0.25);
    assert.equal(share?.ideal, 50);
  });

  it('has no error of the time of an endless VM, and is left out without a prediction', () => {
    assert.equal(compareRun(scenario, aRun({ vm: { wallNs: null } }))[0].wall, null);
    assert.deepEqual(compareRun(scenario, aRun({ vm: { predicted: null } })), []);
  });

  it('is explained only beyond 1 % or 0.2 points', () => {
    const explained = (vm: Parameters<typeof aRun>[0]): string | null =>
      compareRun(scenario, aRun(vm))[0].explanation;
    assert.equal(explained({ vm: { wallNs: 2.02e9, contendedSharePercent: 50.19 } }), null);
    assert.match(
      explained({ vm: { wallNs: 2.059e9 } }) ?? '',
      /^time: no more than a round of the cap's pattern and the latest timer 60\.00 ms \(3\.00 %\)$/,
    );
    assert.match(
      explained({ vm: { contendedSharePercent: 50.21 } }) ?? '',
      /^share: no more than a slice and the latest timer 30\.00 ms \(1\.50 points\)$/,
    );
    assert.match(explained({ vm: { wallNs: 2.07e9 } }) ?? '', /^time: not explained by [^;]+$/);
    assert.match(explained({ vm: { contendedSharePercent: 47 } }) ?? '', /^share: not explained by [^;]+$/);
    assert.match(
      explained({ vm: { wallNs: 2.1e9, contendedSharePercent: 48 }, vcpu: { stolenNs: 0.1e9 } }) ?? '',
      /^time: own stolen time 100\.00 ms \(5\.00 %\); share: own stolen time 100\.00 ms \(5\.00 points\)$/,
    );
  });
});

describe('the errors of many predictions', () => {
  const predicted = {
    wallNs: { median: 2e9, min: 1.999e9, max: 2.001e9 },
    sharePercent: { median: 50, min: 49.9, max: 50.1 },
  };
  const compared = (
    wallNs: number | null,
    contendedSharePercent: number | null,
    [wall, share]: readonly (boolean | null)[],
    forecast: VmPrediction | null = null,
  ) =>
    compareRun(
      scenario,
      aRun({
        vm: {
          wallNs,
          contendedSharePercent,
          predicted: { ...predicted, inBand: { wallNs: wall, sharePercent: share } },
          forecast,
        },
      }),
    );

  it('are told by the median of their sizes, with the largest and the misses beside it', () => {
    const [wall, share, missed] = errorFigures([
      ...compared(1.98e9, 50.1, [false, true]),
      ...compared(2.002e9, 49.9, [true, true]),
      ...compared(2.2e9, 46, [false, false]),
      ...compared(null, 50, [null, true]),
      ...compared(2e9, null, [true, null]),
    ]);
    assert.equal(wall.value?.toFixed(6), '0.550000');
    assert.equal(share.value?.toFixed(6), '0.100000');
    assert.equal(missed.value, 1);
    assert.match(wall.how, /^largest 10\.00; 2 of 4 in their bands$/);
    assert.match(share.how, /^largest 4\.00; 3 of 4 in their bands$/);
  });

  it('have no median where no work ended', () => {
    assert.equal(errorFigures(compared(null, 50, [null, true]))[0].value, null);
  });

  it('leave out a VM of which nothing is up to the scheduler', () => {
    const nothing = { wallNs: null, sharePercent: null, inBand: { wallNs: null, sharePercent: null } };
    assert.deepEqual(compareRun(scenario, aRun({ vm: { predicted: nothing } })), []);
  });

  it('have those of the forecast beside them', () => {
    const band = (median: number) => ({ median, min: median, max: median });
    const forecast = { wallNs: band(1.6e9), sharePercent: band(48) };
    const figures = errorFigures([
      ...compared(2e9, 50, [true, true], forecast),
      ...compared(2.4e9, 51, [false, false], forecast),
      ...compared(2e9, 50, [true, true]),
    ]);
    const ofForecast = figures.filter(({ figure }) => figure.includes('forecast'));
    assert.deepEqual(
      ofForecast.map(({ value, unit }) => [value?.toFixed(6), unit]),
      [
        ['37.500000', '%'],
        ['2.500000', 'points'],
      ],
    );
    for (const { how } of ofForecast) assert.match(how, /, of 2; /);
  });
});
