import assert from 'node:assert/strict';
import { shareTable } from '../../../src/report/terminal/share-table.ts';
import { isAboutShares, type MeasuredRow } from '../../../src/report/lab-row.ts';
import { plainStyle } from '../../../src/report/terminal/style.ts';
import { resolveLab } from '../../../src/scenario/lab.ts';
import { parseYaml } from '../../../src/scenario/yaml-source.ts';
import { fromYaml, HOST } from '../../scenario/attempt.ts';
import { sampleRun } from '../sample.ts';

const LAB = `
title: t
scenario:
  pcpus: 1
  duration: 10s
  vms: [{ name: A }, { name: B }]
rows:
  - { label: alone, vms: [{ name: A, cap: 25 }] }
  - { label: both, vms: [{ name: A }, { name: B, weight: 768 }] }
`;
const ROWS = resolveLab(parseYaml(LAB, 'lab.yaml'), HOST).rows;
const measured = (): MeasuredRow[] =>
  ROWS.map(({ label, scenario }) => ({
    label,
    scenario,
    run: sampleRun(
      scenario,
      scenario.vms.map((_, i) => ({ cpuNs: i === 0 ? 2.4e9 : 7.5e9 })),
    ),
  }));
const cells = (rows: readonly MeasuredRow[]) =>
  shareTable(rows, plainStyle)
    .split('\n')
    .map((line) => line.trim().split(/ {2,}/));

describe('the table of a lab about shares', () => {
  it('shows share beside ideal, and how long each VM ran at a time', () => {
    const [head, alone, a, b] = cells(measured());
    const titles = ['row', 'VM', 'weight', 'cap', 'share', 'ideal', 'dispatches', 'per dispatch', 'verified'];
    assert.deepEqual(head, titles);
    assert.deepEqual(alone, ['alone', 'A', '256', '25 %', '24.0 %', '25.0 %', '12', '200.00 ms', '✓']);
    assert.deepEqual(a.slice(0, 6), ['both', 'A', '256', 'none', '24.0 %', '25.0 %']);
    assert.deepEqual(b, ['B', '768', 'none', '75.0 %', '75.0 %', '12', '625.00 ms', '✓']);
  });

  it('has a dash for a weight where only the scheduler of another row has weights', () => {
    const turns = fromYaml('{ scheduler: round-robin, pcpus: 1, duration: 10s, vms: [{ name: A }] }');
    const rows = [turns, ROWS[1].scenario].map((scenario, i) => ({
      label: String(i),
      scenario,
      run: sampleRun(scenario),
    }));
    const [head, first, second] = cells(rows);
    // Which is which has a column of its own, as the rows differ.
    assert.deepEqual(head.slice(0, 5), ['row', 'scheduler', 'VM', 'weight', 'cap']);
    assert.deepEqual(first.slice(0, 5), ['0', 'round-robin', 'A', '–', '–']);
    assert.deepEqual(second.slice(0, 5), ['1', 'credit', 'A', '256', 'none']);
    assert.deepEqual(cells(rows.slice(0, 1))[0].slice(0, 3), ['row', 'VM', 'share']);
  });

  it('shows work, boosts and steals where there are any', () => {
    const [first, ...rest] = measured();
    const { run } = first;
    assert.ok(run !== null);
    const vms = run.vms.map((vm) => ({
      ...vm,
      workSharePercent: 17.5,
      vcpus: vm.vcpus.map((vcpu) => ({ ...vcpu, counters: { boosts: 3 }, steals: 4 })),
    }));
    const [head, alone] = cells([{ ...first, run: { ...run, vms } }, ...rest]);
    assert.deepEqual(head.slice(5), [
      'ideal',
      'work',
      'dispatches',
      'per dispatch',
      'boosts',
      'steals',
      'verified',
    ]);
    assert.deepEqual(alone.slice(6), ['17.5 %', '12', '200.00 ms', '3', '4', '✓']);
  });

  it('shows the prediction, and whether it came true', () => {
    const [row] = measured();
    const sharePercent = { median: 25, min: 24.9, max: 25.1 };
    const run = (cpuNs: number) =>
      sampleRun(row.scenario, [{ cpuNs, predicted: { wallNs: null, sharePercent } }]);
    const predicted = [2.5e9, 2e9].map((cpuNs) => cells([{ ...row, run: run(cpuNs) }])[1][5]);
    assert.deepEqual(predicted, ['25.0 % [24.9–25.1] ✓', '25.0 % [24.9–25.1] ✗']);
  });

  it('says it in short before it leaves anything out, where there is little room', () => {
    const [row] = measured();
    const sharePercent = { median: 25, min: 24.9, max: 25.1 };
    const run = sampleRun(row.scenario, [{ cpuNs: 2.5e9, predicted: { wallNs: null, sharePercent } }]);
    const whole = shareTable([{ ...row, run }], plainStyle);
    const tight = shareTable([{ ...row, run }], plainStyle, whole.split('\n')[0].length - 10);
    assert.match(tight, / 25\.0 % ✓ /);
    assert.match(tight.split('\n')[0], / ok$/);
    assert.doesNotMatch(tight, /no room/);
  });

  it('has shares while all compete, where that is a part of the time, and the forecast', () => {
    const [, row] = measured();
    const forecast = { wallNs: null, sharePercent: { median: 24.2, min: 24, max: 25 } };
    const run = sampleRun(
      row.scenario,
      [
        { cpuNs: 3e9, contendedSharePercent: 25.1, forecast },
        { cpuNs: 7e9, contendedSharePercent: 74.9 },
      ],
      { contendedNs: 9e9 },
    );
    const [head, a] = cells([{ ...row, run }]);
    assert.deepEqual(head.slice(4, 8), ['share', 'contended', 'forecast', 'ideal']);
    assert.deepEqual(a.slice(4, 8), ['30.0 %', '25.1 %', '24.2 %', '25.0 %']);
  });

  it('leaves the forecast out first, without a word, where there is little room', () => {
    const [, row] = measured();
    const forecast = { wallNs: null, sharePercent: { median: 24.2, min: 24, max: 25 } };
    const run = sampleRun(row.scenario, [{ forecast }, { forecast }]);
    const whole = shareTable([{ ...row, run }], plainStyle);
    const tight = shareTable([{ ...row, run }], plainStyle, whole.split('\n')[0].length - 1);
    assert.match(whole, / forecast /);
    assert.doesNotMatch(tight, /forecast|no room/);
    assert.match(tight.split('\n')[0], / verified$/);
  });

  it('marks a tick in a band made from what went wrong in the run', () => {
    const [row] = measured();
    const predicted = { wallNs: null, sharePercent: { median: 25, min: 20, max: 30 } };
    const run = sampleRun(row.scenario, [{ cpuNs: 2.5e9, predicted }], { bandsAreWide: true });
    assert.match(
      shareTable([{ ...row, run }], plainStyle),
      / 25\.0 % \[20\.0–30\.0\] ✓\* [^]*\n✓\*: in band, but/,
    );
  });

  it('says which rows did not run', () => {
    const [first, second] = measured();
    assert.match(
      shareTable([first, { ...second, run: null }], plainStyle),
      /^both \(did not run\) +A +256 +none +– /m,
    );
  });
});

describe('a lab is about shares', () => {
  it('when all its rows have a duration, and no work came to its end', () => {
    const [row] = measured();
    const done = { ...row, run: sampleRun(row.scenario, [{ wallNs: 1e9 }]) };
    const untilDone = { ...row, scenario: { ...row.scenario, durationNs: null } };
    assert.deepEqual([[row], [{ ...row, run: null }], [row, done], [row, untilDone]].map(isAboutShares), [
      true,
      true,
      false,
      false,
    ]);
  });
});
