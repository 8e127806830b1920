import assert from 'node:assert/strict';
import { labTable } from '../../../src/report/terminal/lab-table.ts';
import { createStyle, plainStyle } from '../../../src/report/terminal/style.ts';
import { measuredLab } from '../lab-fixture.ts';
import { sampleRun } from '../sample.ts';

const lines = (text: string) => text.split('\n').map((line) => line.split(/ {2,}/));

describe("a lab's table", () => {
  it('has a column for the schedulers where the rows differ', () => {
    const rows = measuredLab().map((row, i) => {
      const { scenario } = row;
      const scheduler = { ...scenario.scheduler, type: i === 3 ? 'round-robin' : 'credit' };
      return { ...row, scenario: { ...scenario, scheduler } };
    });
    const [head, alone, , , one, two] = lines(labTable(rows, plainStyle));
    assert.deepEqual(head.slice(0, 3), ['row', 'scheduler', 'VM']);
    assert.deepEqual(alone.slice(0, 3), ['alone', 'credit', 'A']);
    assert.deepEqual(one.slice(0, 3), ['1:2', 'round-robin', 'A']);
    assert.equal(two[1], 'B');
  });

  it('shows for each row and VM what was measured and what is ideal', () => {
    const [head, alone, cap25, , one, two] = lines(labTable(measuredLab({ '1:2': [1.01, 1] }), plainStyle));
    assert.deepEqual(head, [
      'row',
      'VM',
      'weight',
      'cap',
      'measured',
      'ideal',
      'ratio',
      'slowdown',
      'CPU time',
      'verified',
    ]);
    assert.deepEqual(alone, [
      'alone',
      'A',
      '256',
      'none',
      '1.000 s',
      '1.000 s',
      '1.000',
      '1.00 ×',
      '1.000 s',
      '✓',
    ]);
    assert.deepEqual(cap25.slice(3, 8), ['25 %', '4.000 s', '4.000 s', '1.000', '4.00 ×']);
    assert.deepEqual(one.slice(0, 8), ['1:2', 'A', '256', 'none', '2.020 s', '2.000 s', '1.010', '2.02 ×']);
    assert.deepEqual(two.slice(1, 8), ['B', '512', 'none', '1.500 s', '1.500 s', '1.000', '1.50 ×']);
  });

  it('shows the prediction, and whether it came true', () => {
    const [row] = measuredLab();
    const wallNs = { median: 1e9, min: 0.999e9, max: 1.001e9 };
    const predicted = { wallNs, sharePercent: { median: 100, min: 100, max: 100 } };
    const cells = [1.004e9, 1.1e9].map((measured) => {
      const run = sampleRun(row.scenario, [{ wallNs: measured, idealWallNs: 1e9, predicted }]);
      return lines(labTable([{ ...row, run }], plainStyle))[1].slice(4, 7);
    });
    assert.deepEqual(cells, [
      ['1.004 s', '1.000 s [0.999–1.001] ✓', '1.000 s'],
      ['1.100 s', '1.000 s [0.999–1.001] ✗', '1.000 s'],
    ]);
  });

  it('has the forecast where there is room, and a star at a tick that says little', () => {
    const [row] = measuredLab();
    const band = { median: 1e9, min: 0.9e9, max: 1.1e9 };
    const both = { wallNs: band, sharePercent: null };
    const run = sampleRun(
      row.scenario,
      [{ wallNs: 1.05e9, idealWallNs: 1e9, predicted: both, forecast: both }],
      {
        bandsAreWide: true,
      },
    );
    const text = labTable([{ ...row, run }], plainStyle);
    assert.match(text, /^row .* measured +predicted +forecast +ideal /m);
    assert.match(
      text,
      / 1\.050 s +1\.000 s \[0\.900–1\.100\] ✓\* +1\.000 s +1\.000 s [^]*\n✓\*: in band, but/,
    );
    assert.doesNotMatch(labTable([{ ...row, run }], plainStyle, 100), /forecast/);
  });

  it('fits into 80 columns with all that was measured, and names what it had no room for', () => {
    const predicted = {
      wallNs: { median: 1e9, min: 0.999e9, max: 1.001e9 },
      sharePercent: { median: 100, min: 100, max: 100 },
    };
    const rows = measuredLab().map((row) => ({
      ...row,
      label: row.label.padEnd(16, '!'),
      run: sampleRun(
        row.scenario,
        row.scenario.vms.map(() => ({ wallNs: 1e9, idealWallNs: 1e9, predicted })),
      ),
    }));
    const text = labTable(rows, plainStyle, 80);
    for (const line of text.split('\n')) assert.ok(line.length <= 80, line);
    assert.match(text, /^row +VM +time +predicted +ideal +ratio +slowdown +CPU +ok$/m);
    assert.match(text, / 1\.000 s ✓ .*✓$/m, 'a prediction without its band, and a right checksum');
    assert.match(text, /^no room for: weight, cap$/m);
    assert.doesNotMatch(labTable(rows, plainStyle, 120), /no room/);
  });

  it('says which rows did not run or were cut off', () => {
    const rows = measuredLab({ '1:4': null });
    const [first, ...rest] = rows;
    const cut = { ...first, run: sampleRun(first.scenario, [], { complete: false }) };
    const text = labTable([cut, ...rest], plainStyle);
    assert.match(text, /^alone \(incomplete\) +A +256 +none +– /m);
    assert.match(text, /^1:4 \(did not run\) +A +256 +none +– .*–$/m);
  });

  it('has no slowdown without the run that it is measured by', () => {
    const [head, , cap25] = lines(labTable(measuredLab({ alone: null }), plainStyle));
    assert.ok(!head.includes('slowdown'));
    assert.deepEqual(cap25.slice(4), ['4.000 s', '4.000 s', '1.000', '1.000 s', '✓']);
  });

  it('marks a wrong checksum', () => {
    const [row] = measuredLab();
    const run = sampleRun(row.scenario, [{ checksumOk: false }]);
    assert.match(labTable([{ ...row, run }], plainStyle), /✗$/);
  });

  it('keeps its columns in line with colours, and has none where they are off', () => {
    const coloured = labTable(measuredLab(), createStyle({ color: true, unicode: true }));
    // eslint-disable-next-line no-control-regex -- colours are what is looked for
    const escapes = /\u001b\[\d+m/g;
    assert.match(coloured, escapes);
    const trimmed = coloured.replace(escapes, '').replace(/ +$/gm, '');
    assert.equal(trimmed, labTable(measuredLab(), plainStyle));
  });

  it('is plain ASCII where the locale is not UTF-8', () => {
    const text = labTable(measuredLab({ alone: null }), createStyle({ color: false, unicode: false }));
    assert.match(text, /^[\n -~]*$/);
    assert.match(text, /ok$/m);
  });
});
