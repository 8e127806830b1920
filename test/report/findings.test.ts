import assert from 'node:assert/strict';
import { capFinding, weightFinding } from '../../src/report/findings.ts';
import { measuredLab } from './lab-fixture.ts';

describe('the sentence about weights', () => {
  it('takes its figures from the row with the most unequal weights', () => {
    assert.equal(
      weightFinding(measuredLab({ '1:4': [1.02, 1] })),
      'Without caps B (weight 1024) finished 1.63 times sooner than A (weight 256); an ideal proportional ' +
        'share predicts 1.60.',
    );
  });

  it('says so when the measurement is far from the ideal', () => {
    assert.match(
      weightFinding(measuredLab({ '1:4': [1, 1.25] })),
      /1\.28 times sooner.*predicts 1\.60, which is 20 % off\.$/,
    );
  });

  it('does not claim that the heavier one was first when it was not', () => {
    assert.match(
      weightFinding(measuredLab({ '1:4': [1, 2] })),
      /B \(weight 1024\) did not finish before A \(weight 256\), in spite of its weight: it took 1\.25 times as long/,
    );
  });

  it('falls back on the next row when that one is missing', () => {
    assert.match(weightFinding(measuredLab({ '1:4': null })), /B \(weight 512\) finished 1\.33 times sooner/);
  });

  it('says that nothing can be said without such a row', () => {
    assert.match(
      weightFinding(measuredLab({ '1:4': null, '1:2': null })),
      /was completed, so nothing can be said/,
    );
    assert.match(weightFinding(measuredLab().slice(0, 2)), /No row compares/);
  });
});

describe('the sentence about caps', () => {
  it('lists how far each cap stretched the run alone', () => {
    assert.equal(
      capFinding(measuredLab({ 'alone, cap 25': [0.9925] })),
      'With the pCPU to itself, a capped VM took this many times as long as without a cap, for the same CPU ' +
        'time: 3.97 at 25 % (ideal 4.00), 2.00 at 50 % (ideal 2.00).',
    );
  });

  it('names the caps that missed the ideal', () => {
    assert.match(
      capFinding(measuredLab({ 'alone, cap 50': [1.2] })),
      /2\.40 at 50 % .*; 50 % missed the ideal by more than 5 %\.$/,
    );
  });

  it('counts the caps that were not measured', () => {
    assert.match(capFinding(measuredLab({ 'alone, cap 50': null })), /; 1 of 2 caps were not measured\.$/);
  });

  it('says that nothing can be said without the run alone and without a cap', () => {
    assert.match(capFinding(measuredLab({ alone: null })), /nothing can be said about caps/);
    assert.match(capFinding(measuredLab().slice(3)), /No row runs a capped VM alone/);
  });
});
