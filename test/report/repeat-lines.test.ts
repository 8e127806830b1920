import assert from 'node:assert/strict';
import { compareRows } from '../../src/result/compare-rows.ts';
import { unsteadySeries } from '../../src/result/steadiness.ts';
import {
  comparisonLines,
  intervalNote,
  repeatTitle,
  unsteadyWarnings,
} from '../../src/report/repeat-lines.ts';
import { endless, rowOf } from '../result/row-fixture.ts';
import { sampleRun } from './sample.ts';

const BASE = [1, 1.01, 1.02, 0.99, 1.005];
const TWICE = BASE.map((s) => 2 * s);

describe('what is said of several runs', () => {
  it('compares rows in a sentence, with interval and p-value', () => {
    const lines = comparisonLines(compareRows([rowOf('alone', BASE), rowOf('capped', TWICE)]));
    assert.equal(lines.length, 1);
    assert.match(lines[0], /^capped: A takes 2\.00 × \[1\.9\d–2\.0\d\] as long as in 'alone', p = 0\.0079$/);
  });

  it('compares shares where VMs run to the end, in points where there is no ratio', () => {
    const row = (label: string, cpuNs: number) => ({
      label,
      scenario: endless,
      runs: BASE.map(() => sampleRun(endless, [{ cpuNs }])),
    });
    const lines = (from: number, to: number) => comparisonLines(compareRows([row('a', from), row('b', to)]));
    assert.match(lines(1e9, 3e9)[0], /^b: A gets 3\.00 × \[3\.00–3\.00\] as much as in 'a', p = 0\.00\d+$/);
    assert.match(lines(0, 1e9)[0], /^b: A gets \+10 points against 'a', /);
  });

  it('warns of a drift, and of two heaps', () => {
    const rising = [1, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7, 1.8, 1.9];
    const [warning] = unsteadyWarnings(unsteadySeries([rowOf('x', rising)]));
    assert.match(warning, /^the times of A in 'x' drift by \+6\.9 % from run to run \(p < 0\.0001\): /);
    const [own] = unsteadyWarnings(unsteadySeries([rowOf('x', rising)]), true);
    assert.match(own, /^the times of A drift/);
    const heaps = Array.from(
      { length: 30 },
      (_, i) => (Math.floor(i / 2) % 2) * 5 + 1 + 0.01 * ((i * 7) % 30),
    );
    assert.match(
      unsteadyWarnings(unsteadySeries([rowOf('x', heaps)])).join(),
      /in 'x' come in two heaps \(p [<=] 0/,
    );
  });

  it('does not promise 95 % of what so few runs cannot hold', () => {
    assert.equal(intervalNote(6), 'medians and their 95 % intervals');
    assert.match(intervalNote(5), /hold the true one in 94 % of cases/);
    assert.match(intervalNote(2), /have no interval/);
    const rows = [rowOf('a', BASE), rowOf('b', [1, 2, 3])];
    assert.match(repeatTitle(rows), /^3 to 5 complete runs of each row, in random order: .*75 %/);
  });
});
