import assert from 'node:assert/strict';
import { metrics } from '../../../src/result/metrics.ts';
import { simulatedRun } from '../../../src/predict/simulated-run.ts';
import { measuredRow as asMeasuredRow } from '../../../src/report/lab-row.ts';
import { labTable } from '../../../src/report/terminal/lab-table.ts';
import { shareTable } from '../../../src/report/terminal/share-table.ts';
import { plainStyle } from '../../../src/report/terminal/style.ts';
import { verdictLines } from '../../../src/report/terminal/verdict-lines.ts';
import { htmlReport } from '../../../src/report/html/report.ts';
import { schedulerOf } from '../../../src/scenario/resolve-scheduler.ts';
import { VcpuReading } from '../../../src/core/credit1/terms.ts';
import { hearReadings } from '../../../src/trace/readings.ts';
import { slicesOf, staysOf } from '../../../src/trace/timeline.ts';
import { scenario, vm } from '../../host/invented-scenario.ts';
import { inventedTrace } from '../../trace/invented-trace.ts';
import { sampleHost, sampleRun } from '../sample.ts';
import { columnsOf, numbersOf, embeddedData, textOf } from './read-page.ts';
import { measuredRow, sampleInput } from './sample-input.ts';

describe('an HTML report', () => {
  const input = sampleInput();
  const text = htmlReport(input);

  it('is the same text for the same input', () => {
    assert.equal(htmlReport(sampleInput()), text);
  });

  it('names the schedulers: in the title what is not the default, in the results which row has which', () => {
    const rows = ['round-robin', 'credit'].map((type) =>
      measuredRow(type, [vm('A')], { durationNs: 1e9, scheduler: schedulerOf(type) }),
    );
    const headOf = (shown: typeof rows) =>
      /<h1>(.*?)<\/h1>/s.exec(htmlReport({ ...input, title: 'T.', rows: shown }));
    assert.equal(headOf(rows.slice(0, 1))?.[1], 'T (round-robin)');
    assert.equal(headOf(rows.slice(1))?.[1], 'T.');
    assert.equal(headOf(rows)?.[1], 'T (round-robin, credit)');
    const column = /<th scope="col" class="name">scheduler<\/th>/;
    assert.match(htmlReport({ ...input, rows }), column);
    assert.doesNotMatch(htmlReport({ ...input, rows: rows.slice(0, 1) }), column);
    assert.match(htmlReport({ ...input, rows }), /<td class="name">round-robin<\/td>/);
  });

  it('refers to nothing outside itself', () => {
    const { body, style, script } = embeddedData(text);
    assert.doesNotMatch(body, /<[^>]*\s(?:src|srcset|href|action|poster|data)=/i);
    assert.doesNotMatch(body, /<(?:link|iframe|object|embed|base|img)\b/i);
    assert.doesNotMatch(style, /url\(|@import/);
    assert.doesNotMatch(script, /\b(?:fetch|XMLHttpRequest|WebSocket|EventSource|Worker|import)\s*\(/);
    assert.doesNotMatch(body + style + script, /\bhttps?:/);
  });

  it('forbids everything but its own style and script', () => {
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(text)?.[1] ?? '';
    assert.match(policy, /^default-src 'none'; style-src 'sha256-[^']+'; script-src 'sha256-[^']+';/);
    assert.doesNotMatch(policy, /unsafe/);
    assert.doesNotMatch(text, /\sstyle="|\son[a-z]+="/, 'the policy would forbid these');
  });

  it('has all slices and stays of every trace', () => {
    const { timelines } = embeddedData(text).data;
    const traces = input.rows.flatMap((row) => [...row.traces, ...(row.simulated ?? []).slice(0, 1)]);
    assert.equal(timelines.length, traces.length);
    for (const [i, trace] of traces.entries()) {
      assert.ok(trace !== null);
      const slices = slicesOf(trace);
      const stays = staysOf(trace);
      for (const [p, pcpu] of timelines[i].pcpus.entries()) {
        const columns = columnsOf(pcpu.slices);
        assert.deepEqual(
          slices[p].map((slice) => ({ ...slice, endReason: slice.endReason ?? 255 })),
          slices[p].map((_, n) => ({
            pcpu: p,
            ...entry(columns, n),
            readings: pcpu.readings.map((reading) => numbersOf(reading)[n]),
          })),
        );
        if (pcpu.stays === null) continue;
        const facts = columnsOf(pcpu.stays);
        assert.deepEqual(
          stays[p].map((stay) => ({ ...stay, why: stay.why ?? 255 })),
          stays[p].map((_, n) => ({ pcpu: p, ...entry(facts, n) })),
        );
      }
    }
  });

  it('has every credit that was told, also where an accounting changes it at the instant of a decision', () => {
    const { timelines } = embeddedData(text).data;
    const [trace] = input.rows[0].traces;
    assert.ok(trace !== null);
    const told = new Set<string>();
    hearReadings(trace, (timeNs, vcpu, reading, value) => {
      if (reading === VcpuReading.credit) told.add(`${timeNs} ${vcpu} ${value}`);
    });
    let atOneInstant = 0;
    for (const [vcpu, { toldNs, readings }] of timelines[0].vcpus.entries()) {
      const times = Array.from(numbersOf(toldNs));
      const credits = Array.from(numbersOf(readings[VcpuReading.credit]));
      times.forEach((timeNs, i) => {
        if (credits[i] !== credits[i - 1]) assert.ok(told.has(`${timeNs} ${vcpu} ${credits[i]}`));
        if (timeNs === times[i - 1] && credits[i] !== credits[i - 1]) atOneInstant++;
      });
    }
    assert.ok(atOneInstant > 0);
  });

  it('shows what events made of a weight and a cap, if a run came so far', () => {
    const events = [
      { atNs: 1e9, kind: 'set', vm: 'A', weight: 1024 },
      { atNs: 2e9, kind: 'set', vm: 'B', cap: 40 },
      { atNs: 9e9, kind: 'set', vm: 'B', weight: 1 },
    ] as const;
    const row = measuredRow('changes', [vm('A', { work: null }), vm('B', { work: null })], {
      events,
      durationNs: 3e9,
    });
    const body = textOf(htmlReport({ ...input, rows: [row] }));
    assert.match(body, / A 256 → 1024 none .* B 256 none → 40 % /);
  });

  it('keeps facts only of traces from real cores', () => {
    const { timelines } = embeddedData(text).data;
    const measured = timelines.filter(({ pcpus }) => pcpus.every(({ stays }) => stays !== null));
    const simulated = timelines.filter(({ pcpus }) => pcpus.every(({ stays }) => stays === null));
    assert.equal(measured.length, 7);
    assert.equal(simulated.length, 5);
    assert.ok(simulated.every(({ title }) => title.endsWith('in virtual time')));
  });

  it('shows names as they are, whatever is in them', () => {
    const evil = '</script><img src=x onerror=alert(1)>"\'&';
    const named = scenario({ pcpus: [0], durationNs: 100e6, vms: [vm(evil, { work: null, cap: 40 })] });
    const trace = inventedTrace({ scenario: named, label: evil, facts: {} });
    const page = htmlReport({
      title: evil,
      host: { ...sampleHost, cpuModel: evil },
      generatedAt: evil,
      rows: [
        { label: evil, scenario: named, runs: [sampleRun(named, [], { warnings: [evil] })], traces: [trace] },
      ],
      texts: { description: evil, question: evil, predict: evil, look: evil, explanation: evil },
    });
    assert.doesNotMatch(page, /<img/);
    assert.equal(page.match(/<\/script>/g)?.length, 2, 'those of the data and of the viewer');
    assert.equal(embeddedData(page).data.timelines[0].vcpus[0].name, evil);
    assert.ok(textOf(page).includes(evil));
  });

  it('keeps the paragraphs and the tables of a text, as YAML gives them', () => {
    const explanation = 'One.\nTwo:\n\n  cap  on\n   25  30 ms\n\nThree.';
    const { body } = embeddedData(htmlReport(sampleInput({ texts: { explanation } })));
    assert.match(body, /<p>One\.<\/p><p>Two:<\/p><pre> {2}cap {2}on\n {3}25 {2}30 ms<\/pre><p>Three\.<\/p>/);
  });

  it('describes each prediction as what it is of', () => {
    const { body } = embeddedData(text);
    const titles = [...body.matchAll(/title="([^"]*)">predicted</g)].map(
      ([, title]) => title.split('; ✓')[0],
    );
    assert.deepEqual(titles, [
      metrics.predictedWallNs.description,
      metrics.predictedSharePercent.description,
    ]);
  });

  it('says how many runs it has no timeline of', () => {
    const [row, ...others] = input.rows;
    const rows = [{ ...row, traces: row.traces.map((trace, i) => (i === 0 ? null : trace)) }, ...others];
    assert.match(textOf(htmlReport({ ...input, rows })), / 1 run is not shown: /);
    assert.doesNotMatch(textOf(text), /not shown/);
  });

  it('says of every measured value whether it lies in its band', () => {
    // Not of the last ones to finish on the one pCPU.
    assert.match(textOf(text), /9 of 9 execution times lie in the predicted band; 12 of 12 shares/);
  });

  describe('of VMs that finish', () => {
    const two = scenario({ pcpus: [0], vms: [vm('A'), vm('B', { weight: 512 })] });
    const share = (median: number) => ({ median, min: median - 0.1, max: median + 0.1 });
    const predicted = [33.4, 66.6].map((median) => ({ wallNs: null, sharePercent: share(median) }));
    const forecast = [34.2, 65.8].map((median) => ({ wallNs: null, sharePercent: share(median) }));
    const run = sampleRun(
      two,
      [33.4, 66.6].map((contendedSharePercent, i) => ({
        cpuNs: 1e9,
        wallNs: 2e9,
        contendedSharePercent,
        predicted: predicted[i],
        forecast: forecast[i],
      })),
      { windowNs: 2e9, contendedNs: 1.5e9 },
    );
    const pageOf = (change: Partial<typeof run>) =>
      htmlReport({
        title: 't',
        host: sampleHost,
        generatedAt: '',
        rows: [{ label: 'x', scenario: two, runs: [{ ...run, ...change }], traces: [null] }],
      });

    it('judges shares while all compete, beside those of the window, and has the forecast', () => {
      const { body } = embeddedData(pageOf({}));
      for (const { description } of [metrics.contendedSharePercent, metrics.forecastSharePercent])
        assert.ok(body.includes(description));
      const said = textOf(pageOf({}));
      assert.match(said, /2 of 2 shares lie in the predicted band;/);
      assert.match(said, / A .* 50\.0 % 33\.4 % 33\.4 % ✓ 33\.3–33\.5 % 34\.2 % 34\.1–34\.3 % 33\.3 % /);
      assert.doesNotMatch(said, /✓\*/);
    });

    it('marks what lies in a band made from what went wrong in the run, and says so', () => {
      const said = textOf(pageOf({ bandsAreWide: true }));
      assert.match(
        said,
        /2 of 2 shares lie in the predicted band, 2 of them \(✓\*\) in a band made from what went wrong/,
      );
      assert.match(said, / 33\.4 % ✓\* 33\.3–33\.5 % /);
      assert.match(
        said,
        /✓\*: in band, but the band is made from what went wrong in this run: the scheduler came late/,
      );
    });

    it('shows no prediction of shares from a file of an older version, which is of the whole window', () => {
      const older = ({ name, cpuNs, sharePercent, wallNs, idealWallNs, vcpus }: (typeof run.vms)[0]) => ({
        ...{ name, cpuNs, sharePercent, wallNs, idealWallNs, vcpus },
        predicted: { wallNs: { median: 2e9, min: 1.9e9, max: 2.1e9 }, sharePercent: share(50) },
      });
      const { windowNs, complete, pcpus, loop, warnings } = run;
      const old = { windowNs, complete, pcpus, loop, warnings, vms: run.vms.map(older) };
      const page = htmlReport({
        title: 't',
        host: sampleHost,
        generatedAt: '',
        rows: [{ label: 'x', scenario: two, runs: [old], traces: [null] }],
      });
      const said = textOf(page);
      assert.doesNotMatch(said, /lie in the predicted band/);
      assert.match(said, / 2\.000 s – 1\.900–2\.100 s /);
      assert.doesNotMatch(said, /49\.9–50\.1/);
    });
  });

  it('folds the table of pCPUs up where there are more than 16', () => {
    const bodyWith = (pcpuCount: number) => {
      const pcpus = Array.from({ length: pcpuCount }, (_, id) => id);
      const what = scenario({ pcpus, durationNs: 100e6, vms: [vm('A', { vcpus: 2, work: null })] });
      const rows = [{ label: 'x', scenario: what, runs: [simulatedRun(what)], traces: [null] }];
      return embeddedData(htmlReport({ title: 't', host: sampleHost, generatedAt: '', rows })).body;
    };
    const folded = /<details>\s*<summary>\s*(\d+ pCPUs, [^<]*?)\s*<\/summary>\s*<table class="pcpus">/;
    assert.doesNotMatch(bodyWith(16), folded);
    assert.match(bodyWith(16), /<table class="pcpus">/);
    const [, summary] = folded.exec(bodyWith(17)) ?? [];
    assert.equal(summary, '17 pCPUs, each busy for 0.00 % to 100.00 % of the time');
  });

  it('begins with the worst verdict, and the reasons of all runs that are not good', () => {
    const verdicts = ['good', 'do not trust', 'usable'] as const;
    const named = scenario({ pcpus: [0], durationNs: 100e6, vms: [vm('A', { work: null })] });
    const rows = verdicts.map((verdict, i) => {
      const check = { key: 'stolen', title: 'stolen', found: `${String(i)} %`, verdict };
      const certificate = { verdict, reasons: [`reason ${String(i)}`], checks: [check] };
      return {
        label: verdict,
        scenario: named,
        runs: [{ ...sampleRun(named), certificate }],
        traces: [null],
      };
    });
    const page = htmlReport({ title: 't', host: sampleHost, generatedAt: '', rows });
    const said = textOf(page);
    assert.match(said, /Do not trust: .* Of 3 runs: 1 good, 1 usable, 1 do not trust\./);
    assert.match(said, /do not trust: reason 1 usable: reason 2/);
    assert.match(
      said,
      /run verdict stolen good ✓ good 0 % do not trust ✗ do not trust ✗ 1 % usable ~ usable ~ 2 %/,
    );
    assert.ok(page.indexOf('id="verdict"') < page.indexOf('id="results"'));
  });

  it('says once what many runs have to say, and folds what goes beyond three reasons', () => {
    const named = scenario({ pcpus: [0], durationNs: 100e6, vms: [vm('A', { work: null })] });
    const rows = [1.06, 1.45, 1.3, 1.11].map((factor, i) => {
      const reasons = [
        `the speed differs by a factor of ${factor.toFixed(2)} within the run`,
        ...(i === 3 ? ['one', 'two', 'three'] : []),
      ];
      const certificate = { verdict: 'usable' as const, reasons, checks: [] };
      return {
        label: `row ${String(i)}`,
        scenario: named,
        runs: [{ ...sampleRun(named), certificate }],
        traces: [null],
      };
    });
    const said = textOf(htmlReport({ title: 't', host: sampleHost, generatedAt: '', rows }));
    assert.match(
      said,
      /in 4 runs: the speed differs by a factor of 1\.06 to 1\.45 within the run row 3: one row 3: two 1 more row 3: three/,
    );
    assert.equal(said.match(/the speed differs/g)?.length, 1);
  });

  it('says what a verdict means as the terminal does', () => {
    const named = scenario({ pcpus: [0], durationNs: 100e6, vms: [vm('A', { work: null })] });
    const certificate = { verdict: 'usable' as const, reasons: ['the run broke off'], checks: [] };
    const run = { ...sampleRun(named, [], { complete: false }), certificate };
    const rows = [{ label: 'r', scenario: named, runs: [run], traces: [null] }];
    const said = textOf(htmlReport({ title: 't', host: sampleHost, generatedAt: '', rows }));
    const terminal = verdictLines(certificate, plainStyle)
      .split('\n')[0]
      .replace('Verdict: usable', 'Usable');
    assert.match(said, /The run did not come to its end\./);
    assert.ok(said.indexOf('did not come to its end') < said.indexOf(terminal), said);
    assert.match(said, / the run broke off /);
  });

  it('says that a simulation is one, and that nothing disturbed it', () => {
    const wanted = scenario({
      pcpus: [1],
      durationNs: 2e9,
      vms: [vm('A', { cap: 50, work: null }), vm('B', { work: null })],
    });
    const options = { jitterNs: 50_000, seed: 1 };
    const page = htmlReport({
      title: 'Caps.',
      host: sampleHost,
      generatedAt: '',
      rows: [
        {
          label: 'r',
          scenario: wanted,
          runs: [simulatedRun(wanted, options)],
          traces: [inventedTrace({ scenario: wanted, simulation: options })],
        },
      ],
    });
    assert.match(page, /<title>Caps \(simulated\)<\/title>/);
    assert.match(page, /<h1>Caps \(simulated\)<\/h1>/);
    assert.match(textOf(page), /Can it be trusted\? Simulated: nothing was measured/);
    assert.doesNotMatch(text, /\(simulated\)/);
    assert.doesNotMatch(page, /id="fingerprints"/, 'A was never parked');
    assert.equal(embeddedData(page).data.timelines[0].pcpus[0].name, 'CPU 1');
  });

  it('draws the fingerprints of VMs that were parked', () => {
    const said = textOf(text);
    assert.match(said, /alone, cap 25: A , cap 25 % measured .* ms off · predicted/);
    assert.doesNotMatch(said, /256:512: A , cap/);
  });

  it("has the columns of the terminal's tables", () => {
    const titles = (page: string): string[] => {
      const table = /id="results".*?<thead>(.*?)<\/thead>/s.exec(page)?.[1] ?? '';
      return [...table.matchAll(/<th[^>]*>([^<]*)</g)].map(([, title]) => title.trim());
    };
    const endless = { work: null };
    const shares = ['256:512', '256:1024'].map((label, i) =>
      measuredRow(label, [vm('A', endless), vm('B', { ...endless, weight: 512 << i })], { durationNs: 1e9 }),
    );
    const about = { title: 't', host: sampleHost, generatedAt: '' };
    for (const [rows, table] of [
      [shares, shareTable],
      [input.rows, labTable],
    ] as const) {
      const measured = rows.map((row) => asMeasuredRow(row.label, row.scenario, row.runs));
      const wanted = table(measured, plainStyle).split('\n')[0].trim().split(/ {2,}/);
      const found = titles(htmlReport({ ...about, rows }));
      const isMissing = (title: string): boolean => !found.includes(title === 'measured' ? 'time' : title);
      assert.deepEqual(wanted.filter(isMissing), []);
    }
    assert.ok(!titles(htmlReport({ ...about, rows: shares })).includes('time'), 'nobody finished');
  });

  it('gives VMs with far smaller times an axis and a unit of their own', () => {
    const rows = [
      measuredRow('r', [
        vm('HOG', { work: { kind: 'cpu', ns: 2e9 } }),
        vm('JOB', { work: { kind: 'cpu', ns: 2e6 } }),
      ]),
    ];
    const page = htmlReport({ title: 't', host: sampleHost, generatedAt: '', rows });
    const times = /<section aria-labelledby="times">.*?<\/section>/s.exec(page)?.[0] ?? '';
    const heads = [...times.matchAll(/<thead>.*?<\/thead>/gs)].map(([head]) =>
      head.replace(/<[^>]*>|\s+/g, ' '),
    );
    assert.equal(heads.length, 2);
    assert.match(heads[0], /\d s /);
    assert.match(heads[1], /\d ms /);
    assert.match(textOf(page), /JOB 256 none \d+\.\d\d ms/);
  });

  it('has no timeline where nothing was recorded, and no bands where nothing was predicted', () => {
    const named = scenario({ pcpus: [0], durationNs: 100e6, vms: [vm('A', { work: null })] });
    const page = htmlReport({
      title: 't',
      host: sampleHost,
      generatedAt: '',
      rows: [{ label: 'r', scenario: named, runs: [sampleRun(named)], traces: [null] }],
    });
    assert.doesNotMatch(page, /id="timeline"/);
    assert.doesNotMatch(embeddedData(page).body, /predicted/);
    assert.match(textOf(page), /10\.0 %/);
  });

  it('says so when a row did not run or a trace has gaps', () => {
    const named = scenario({
      pcpus: [0],
      durationNs: 9e9,
      vms: [vm('A', { work: null }), vm('B', { work: null })],
    });
    const trace = inventedTrace({ scenario: named, complete: false, capacity: 1024, lostFacts: 3 });
    const page = htmlReport({
      title: 't',
      host: sampleHost,
      generatedAt: '',
      rows: [
        { label: 'never', scenario: named, runs: [], traces: [] },
        { label: 'cut', scenario: named, runs: [sampleRun(named, [], { complete: false })], traces: [trace] },
      ],
    });
    assert.match(textOf(page), /never \(did not run\).*cut \(incomplete\)/);
    const [timeline] = embeddedData(page).data.timelines;
    assert.match(
      timeline.note ?? '',
      /did not come to its end.*first \d+ records were dropped.*3 records are missing/,
    );
    assert.ok(timeline.startNs > 0, 'what was forgotten is not shown as idle');
  });
});

function entry(columns: Readonly<Record<string, ArrayLike<number>>>, n: number): Record<string, number> {
  return Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, values[n]]));
}
