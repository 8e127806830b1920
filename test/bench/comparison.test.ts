import assert from 'node:assert/strict';
import { compareRun, percentError } from '../../scripts/bench/comparison.ts';
import { errorFigures } from '../../scripts/bench/predict.ts';
import { predictScenarios } from '../../scripts/bench/predict-scenarios.ts';
import { aRun } from './a-run.ts';

const scenario = predictScenarios([0], 4).filter(({ name }) => name === 'cap 50')[0];

describe('a run beside its prediction', () => {
  it("has the error of its time in percent of the prediction's median, signed", () => {
    assert.equal(percentError(1.98e9, 2e9), -1);
    const [{ wall }] = compareRun(scenario, aRun({ vm: { wallNs: 2.01e9 } }));
    assert.equal(wall?.error.toFixed(9), '0.500000000');
    assert.equal(wall?.ideal, 1.9e9);
  });

  it('has the error of its share in points, against the ideal of the measured window', () => {
    const [{ share }] = compareRun(scenario, aRun({ vm: { sharePercent: 49.75 } }));
    assert.equal(share.error, -0.25);
    assert.equal(share.ideal?.toFixed(6), '50.000000');
  });

  it('has no error of the time of an endless VM, and is left out without a prediction', () => {
    assert.equal(compareRun(scenario, aRun({ vm: { wallNs: null } }))[0].wall, null);
    assert.deepEqual(compareRun(scenario, aRun({ vm: { predicted: null } })), []);
  });

  it('is explained only beyond 1 % or half a point', () => {
    const explained = (vm: Parameters<typeof aRun>[0]): string | null =>
      compareRun(scenario, aRun(vm))[0].explanation;
    assert.equal(explained({ vm: { wallNs: 2.02e9, sharePercent: 50.5 } }), null);
    assert.match(
      explained({ vm: { wallNs: 2.059e9 } }) ?? '',
      /^time: no more than a round of the cap's pattern and the latest timer 60\.00 ms \(3\.00 %\)$/,
    );
    assert.match(
      explained({ vm: { sharePercent: 50.51 } }) ?? '',
      /^share: no more than a slice and the latest timer 30\.00 ms \(1\.50 points\)$/,
    );
    assert.match(explained({ vm: { wallNs: 2.07e9 } }) ?? '', /^time: not explained by [^;]+$/);
    assert.match(explained({ vm: { sharePercent: 47 } }) ?? '', /^share: not explained by [^;]+$/);
    assert.match(
      explained({ vm: { wallNs: 2.1e9, sharePercent: 48 }, vcpu: { stolenNs: 0.1e9 } }) ?? '',
      /^time: own stolen time 100\.00 ms \(5\.00 %\); share: own stolen time 100\.00 ms \(5\.00 points\)$/,
    );
  });
});

describe('the errors of many predictions', () => {
  const compared = (wallNs: number | null, sharePercent: number) =>
    compareRun(scenario, aRun({ vm: { wallNs, sharePercent } }));

  it('are told by the median of their sizes, with the largest and the misses beside it', () => {
    const [wall, share, missed] = errorFigures([
      ...compared(1.98e9, 50.2),
      ...compared(2.002e9, 49.9),
      ...compared(2.2e9, 46),
      ...compared(null, 50),
    ]);
    assert.equal(wall.value?.toFixed(6), '1.000000');
    assert.equal(share.value?.toFixed(6), '0.150000');
    assert.equal(missed.value, 1);
    assert.match(wall.how, /^largest 10\.00; 1 of 3 in their bands$/);
    assert.match(share.how, /^largest 4\.00; 3 of 4 in their bands$/);
  });

  it('have no median where no work ended', () => {
    assert.equal(errorFigures(compared(null, 50))[0].value, null);
  });
});
