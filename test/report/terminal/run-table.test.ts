import assert from 'node:assert/strict';
import { repeatTable } from '../../../src/report/terminal/repeat-table.ts';
import { bandTable } from '../../../src/report/terminal/band-table.ts';
import { runReport } from '../../../src/report/terminal/run-table.ts';
import { createStyle, plainStyle } from '../../../src/report/terminal/style.ts';
import { fromYaml } from '../../scenario/attempt.ts';
import { sampleRun } from '../sample.ts';

const endless = fromYaml('{ pcpus: 1, duration: 10s, vms: [{ name: A }, { name: B, weight: 512 }] }');
const finite = fromYaml('{ pcpus: 1, vms: [{ name: A, work: 1s }, { name: B, weight: 512, work: 1s }] }');

describe("a run's report", () => {
  it('shows the share of each VM beside the ideal one', () => {
    const run = sampleRun(endless, [{ cpuNs: 3.34e9 }, { cpuNs: 6.65e9 }]);
    const report = runReport(endless, run, plainStyle, 120);
    assert.match(report, /^A +256 +none +3\.340 s +12 +✓$/m);
    assert.match(report, /^A +33\.4 % +33\.3 %$/m);
    assert.match(report, /^B +66\.5 % +66\.7 %$/m);
  });

  it('shows what events made of a weight and a cap, if the run came so far', () => {
    const scenario = fromYaml(
      '{ pcpus: 1, duration: 10s, vms: [{ name: A }, { name: B }], events: [{ at: 5s, vm: A, weight: 1024 }, { ' +
        'at: 8s, vm: A, cap: 50 }] }',
    );
    const report = (windowNs: number, style = plainStyle) =>
      runReport(scenario, sampleRun(scenario, [], { windowNs }), style, 120);
    assert.match(report(10e9), /^A +256 → 1024 +none → 50 % /m);
    assert.match(report(10e9), /^B +256 +none /m);
    assert.match(report(7e9), /^A +256 → 1024 +none /m);
    assert.match(report(10e9, createStyle({ color: false, unicode: false })), /^A +256 -> 1024 /m);
  });

  it('has neither weight nor cap where the scheduler has none', () => {
    const turns = fromYaml('{ scheduler: round-robin, pcpus: 1, duration: 10s, vms: [{ name: A }] }');
    const report = runReport(turns, sampleRun(turns, [{ cpuNs: 3.34e9 }]), plainStyle, 120);
    assert.match(report, /^VM +CPU time/m);
    assert.match(report, /^A +3\.340 s/m);
    const bands = bandTable(turns, [sampleRun(turns), sampleRun(turns)], plainStyle);
    assert.match(bands, /^VM +share/m);
  });

  it('has columns of execution times only for work that ends', () => {
    assert.doesNotMatch(runReport(endless, sampleRun(endless), plainStyle, 120), /ideal time/);
    const times = [
      { wallNs: 2.02e9, idealWallNs: 2e9 },
      { wallNs: 1.5e9, idealWallNs: 1.5e9 },
    ];
    const run = sampleRun(finite, times, { windowNs: 2.02e9 });
    assert.match(runReport(finite, run, plainStyle, 120), /^A .* 2\.020 s +2\.000 s +1\.010$/m);
  });

  it('shows beside what was measured the prediction, and whether it came true', () => {
    const sharePercent = { median: 50.04, min: 49.7, max: 50.2 };
    const predicted = [
      { wallNs: { median: 2e9, min: 1.995e9, max: 2.004e9 }, sharePercent },
      { wallNs: { median: 1.45e9, min: 1.44e9, max: 1.47e9 }, sharePercent },
    ];
    const times = [
      { wallNs: 2.01e9, idealWallNs: 2e9, cpuNs: 1.005e9, predicted: predicted[0] },
      { wallNs: 1.5e9, idealWallNs: 1.5e9, cpuNs: 1e9, predicted: predicted[1] },
    ];
    const run = sampleRun(finite, times, { windowNs: 2.01e9 });
    const report = runReport(finite, run, plainStyle, 120);
    assert.match(report, /^VM +share +predicted +in band +ideal +time +predicted +in band +ideal time$/m);
    assert.match(
      report,
      /^A +50\.0 % +50\.0 % \[49\.7–50\.2\] +✓ .* 2\.010 s +2\.000 s \[1\.995–2\.004\] +✓ /m,
    );
    assert.match(report, /^B .* 1\.500 s +1\.450 s \[1\.440–1\.470\] +✗ /m);
  });

  it('is at most 120 columns wide, with the longest names and ten pCPUs full', () => {
    const scenario = fromYaml(
      '{ pcpus: 2, vms: [{ name: abcdefghijkl, weight: 65535, cap: 1000, vcpus: 10, work: 1s }] }',
    );
    const band = { median: 99e9, min: 99e9, max: 99e9 };
    const predicted = { wallNs: band, sharePercent: { median: 999, min: 999, max: 999 } };
    const run = sampleRun(scenario, [{ cpuNs: 99e9, wallNs: 99.123e9, idealWallNs: 99.123e9, predicted }]);
    for (const line of runReport(scenario, run, plainStyle, 120).split('\n'))
      assert.ok(line.length <= 120, line);
  });

  it('of a simulation has no figures of a loop, and verifies nothing', () => {
    const report = runReport(endless, sampleRun(endless, [], { machine: 'simulated' }), plainStyle, 120);
    assert.doesNotMatch(report, /lateness|verified/);
    assert.match(report, /^CPU 3 +99\.80 %/m);
  });

  it("shows the pCPU's and the loop's figures", () => {
    const report = runReport(endless, sampleRun(endless), plainStyle, 120);
    assert.match(report, /^CPU 3 +99\.80 % +321$/m);
    assert.match(report, /^switch gap +4\.1 µs +9\.0 µs +50\.0 µs +321$/m);
    assert.match(report, /The loop itself used 12\.00 ms of CPU time, 0\.12 % of one core\./);
  });

  it('of many pCPUs shows the first and the last, and how all of them did', () => {
    const scenario = fromYaml('{ pcpus: 1, duration: 10s, vms: [{ name: A }] }');
    const pcpus = Array.from({ length: 5001 }, (_, id) => ({ id, busyNs: 1e6 * id, switches: id }));
    const report = runReport(
      scenario,
      sampleRun(scenario, [], { pcpus, machine: 'simulated' }),
      plainStyle,
      80,
    );
    assert.ok(report.split('\n').length < 25);
    assert.match(report, /^CPU 3 .*\n… 4993 more\nCPU 4997 /m);
    assert.match(report, /^least of all +0\.00 % +0\nmedian +25\.00 % +2500\nmost +50\.00 % +5000$/m);
  });

  it('has shares and times in tables of their own where one would be too wide', () => {
    const predicted = {
      wallNs: { median: 2e9, min: 1.995e9, max: 2.004e9 },
      sharePercent: { median: 50, min: 49.7, max: 50.2 },
    };
    const warnings = ['a sentence that is longer than a line '.repeat(4)];
    const run = sampleRun(
      finite,
      [0, 1].map(() => ({ wallNs: 2e9, idealWallNs: 2e9, predicted })),
      { warnings },
    );
    const report = runReport(finite, run, plainStyle, 80);
    for (const line of report.split('\n')) assert.ok(line.length <= 80, line);
    assert.match(report, /^VM +share +predicted +in band +ideal$/m);
    assert.match(report, /^VM +time +predicted +in band +ideal time$/m);
    assert.match(report, /^warning: a .*\n {2}\S/m);
  });

  it('has shares while all compete beside those of the window, where they are not the same', () => {
    const run = sampleRun(
      finite,
      [
        { cpuNs: 1e9, contendedSharePercent: 33.4 },
        { cpuNs: 1e9, contendedSharePercent: 66.6 },
      ],
      { windowNs: 2e9, contendedNs: 1.5e9 },
    );
    const report = runReport(finite, run, plainStyle, 120);
    assert.match(report, /^VM +share +contended +ideal /m);
    assert.match(report, /^A +50\.0 % +33\.4 % +33\.3 % /m);
    assert.match(report, /^B +50\.0 % +66\.6 % +66\.7 % /m);
    const never = { ...run, contendedNs: 0 };
    assert.match(runReport(finite, never, plainStyle, 120), /^VM +share +ideal /m);
  });

  it('has the forecast only where there is room for it', () => {
    const band = (median: number) => ({ median, min: median, max: median });
    const each = {
      wallNs: 2e9,
      idealWallNs: 2e9,
      predicted: { wallNs: band(2e9), sharePercent: band(10) },
      forecast: { wallNs: band(1.9e9), sharePercent: band(11) },
    };
    const run = sampleRun(finite, [each, each], { contendedNs: 9e9 });
    const wide = runReport(finite, run, plainStyle, 160);
    assert.match(
      wide,
      /^VM +share +contended +predicted +in band +forecast +ideal +time .* forecast +ideal time$/m,
    );
    assert.match(wide, /^A .* 11\.0 % .* 1\.900 s +2\.000 s$/m);
    const narrow = runReport(finite, run, plainStyle, 80);
    for (const line of narrow.split('\n')) assert.ok(line.length <= 80, line);
  });

  it('marks a tick in a band made from what went wrong in the run, and says what that means', () => {
    const predicted = { wallNs: null, sharePercent: { median: 50, min: 30, max: 70 } };
    const report = (cpuNs: number, bandsAreWide: boolean, style = plainStyle) =>
      runReport(endless, sampleRun(endless, [{ cpuNs, predicted }], { bandsAreWide }), style, 120);
    assert.match(report(5e9, true), /^A +50\.0 % .* ✓\* /m);
    assert.match(report(5e9, true), /^✓\*: in band, but the band is made from what went wrong/m);
    assert.match(
      report(5e9, true, createStyle({ color: false, unicode: false })),
      / yes\* .*\n.*\n\nyes\*: /,
    );
    assert.doesNotMatch(report(5e9, false), /\*/);
    assert.doesNotMatch(report(9e9, true), /\*/, 'a miss is a miss');
  });

  it('shows warnings, and that a run is incomplete', () => {
    const run = sampleRun(endless, [], { complete: false, windowNs: 0, warnings: ['the host was busy'] });
    const report = runReport(endless, run, plainStyle, 120);
    assert.match(report, /^The run is incomplete/);
    assert.match(report, /warning: the host was busy$/);
    assert.doesNotMatch(report, /NaN|Infinity/);
  });
});

describe('the table of repeats', () => {
  it('shows median and interval over the complete runs', () => {
    const runs = [1.9, 2, 2.1, 9].map((s, i) =>
      sampleRun(finite, [{ wallNs: s * 1e9 }], { complete: i < 3 }),
    );
    const table = repeatTable(runs, 1, plainStyle);
    assert.match(table, /^3 complete runs/);
    assert.match(table, /^A +2\.000 s +1\.900 s … 2\.100 s/m);
  });

  it('claims no interval for two runs, and nothing for none', () => {
    const runs = [1, 2].map((s) => sampleRun(finite, [{ wallNs: s * 1e9 }]));
    assert.match(repeatTable(runs, 1, plainStyle), /^A +1\.500 s +– \(fewer than 3\)/m);
    assert.match(repeatTable([], 1, plainStyle), /No run was completed/);
  });
});
