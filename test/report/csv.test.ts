import assert from 'node:assert/strict';
import { CSV_HEADER, toCsv } from '../../src/report/csv.ts';
import { fromYaml } from '../scenario/attempt.ts';
import { sampleRun } from './sample.ts';

const scenario = fromYaml(
  '{ pcpus: [0, 1], duration: 10s, vms: [{ name: A, vcpus: 2 }, { name: B, cap: 50 }] }',
);

/** As RFC 4180 defines it. */
function parseCsv(text: string): string[][] {
  assert.ok(text.endsWith('\r\n'));
  return text
    .slice(0, -2)
    .split('\r\n')
    .map((line) =>
      [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g)].map(
        (m) => m[1]?.replaceAll('""', '"') ?? m[2],
      ),
    );
}

describe('the CSV file', () => {
  it('has a line per vCPU and run, and as many cells in each as in the header', () => {
    const run = sampleRun(scenario, [], { order: 7 });
    const [header, ...lines] = parseCsv(toCsv([{ label: 'x', runs: [run, run] }]));
    assert.deepEqual(header, CSV_HEADER);
    assert.deepEqual(
      lines.map((cells) => [cells[1], cells[header.indexOf('vcpu')]]),
      [1, 2].flatMap((number) => ['A/v0', 'A/v1', 'B/v0'].map((id) => [String(number), id])),
    );
    for (const cells of lines) {
      assert.equal(cells.length, header.length);
      assert.equal(cells[header.indexOf('order')], '7');
    }
  });

  it("has each column once, those of the schedulers' own counters included", () => {
    assert.equal(new Set(CSV_HEADER).size, CSV_HEADER.length);
  });

  it('leaves weight and cap empty where the scheduler has neither', () => {
    const turns = fromYaml('{ scheduler: round-robin, pcpus: 1, duration: 10s, vms: [{ name: A }] }');
    const [header, line] = parseCsv(toCsv([{ label: 'x', runs: [sampleRun(turns)] }]));
    assert.equal(line[header.indexOf('vmWeight')], '');
    assert.equal(line[header.indexOf('vmCap')], '');
  });

  it('leaves a cell empty where there is no value', () => {
    const [header, line] = parseCsv(toCsv([{ label: 'x', runs: [sampleRun(scenario)] }]));
    assert.equal(line[header.indexOf('vmWallNs')], '');
    assert.equal(line[header.indexOf('endNs')], '');
    assert.equal(line[header.indexOf('cpuNs')], '500000000');
  });

  it('says what was simulated, and what was predicted', () => {
    const run = sampleRun(scenario, [], { machine: 'simulated' });
    const band = { median: 2, min: 1, max: 3 };
    const vms = run.vms.map((vm) => ({ ...vm, predicted: { wallNs: null, sharePercent: band } }));
    const [header, line] = parseCsv(toCsv([{ label: 'x', runs: [{ ...run, vms }] }]));
    const cell = (key: string) => line[header.indexOf(key)];
    assert.equal(cell('machine'), 'simulated');
    assert.equal(cell('vmPredictedWallNs'), '');
    assert.deepEqual(
      ['', 'Min', 'Max'].map((suffix) => cell(`vmPredictedSharePercent${suffix}`)),
      ['2', '1', '3'],
    );
    assert.deepEqual(
      ['vmWallInBand', 'vmShareInBand'].map(cell),
      ['', ''],
      'as in a file of an older version',
    );
  });

  it('has the ideal, the share while all compete, whether predictions came true, and the forecast', () => {
    const band = { median: 2, min: 1, max: 3 };
    const predicted = { wallNs: band, sharePercent: band };
    const each = { cpuNs: 0.2e9, wallNs: 9e9, predicted, forecast: { wallNs: null, sharePercent: band } };
    const run = sampleRun(scenario, [each], { contendedNs: 7e9, bandsAreWide: true });
    const [header, line] = parseCsv(toCsv([{ label: 'x', runs: [run] }]));
    const named = (key: string) => line[header.indexOf(key)];
    const keys = ['contendedNs', 'bandsAreWide', 'vmContendedSharePercent', 'vmShareInBand', 'vmWallInBand'];
    assert.deepEqual(keys.map(named), ['7000000000', 'true', '2', 'true', 'false']);
    assert.deepEqual(['vmIdealSharePercent', 'vmIdealContendedSharePercent'].map(named), ['150', '150']);
    assert.deepEqual(['vmForecastWallNs', 'vmForecastSharePercentMax'].map(named), ['', '3']);
  });

  it('says whether a run can be trusted, and nothing of simulations', () => {
    const certificate = { verdict: 'usable' as const, reasons: [], checks: [] };
    const runs = [
      sampleRun(scenario, [], { certificate }),
      sampleRun(scenario, [], { machine: 'simulated' }),
    ];
    const [header, ...lines] = parseCsv(toCsv([{ label: 'x', runs }]));
    const verdicts = lines.map((cells) => cells[header.indexOf('verdict')]);
    assert.deepEqual(verdicts, ['usable', 'usable', 'usable', '', '', '']);
  });

  it('quotes commas and quotes', () => {
    const text = toCsv([{ label: 'a "b", c', runs: [sampleRun(scenario)] }]);
    assert.match(text, /^"a ""b"", c",1,,hardware,true,/m);
    assert.equal(parseCsv(text)[1][0], 'a "b", c');
  });
});
