import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MOST_OWN_FIELDS } from '../../src/core/policy-terms.ts';
import { gantt } from '../../src/report/terminal/gantt.ts';
import { plainStyle } from '../../src/report/terminal/style.ts';
import { stateTable, summaryTables } from '../../src/report/terminal/trace-tables.ts';
import { whyText } from '../../src/report/terminal/why-text.ts';
import { htmlReport } from '../../src/report/html/report.ts';
import { chromeOf } from '../../src/trace/export/chrome.ts';
import { perfettoOf } from '../../src/trace/export/perfetto/perfetto.ts';
import { readTraces } from '../../src/trace/file-reader.ts';
import { TraceFileWriter } from '../../src/trace/file-writer.ts';
import { Column } from '../../src/trace/record.ts';
import { TraceRecorder } from '../../src/trace/recorder.ts';
import { runStatesOf } from '../../src/trace/run-states.ts';
import { traceSummaryFile } from '../../src/trace/summary-file.ts';
import { summarizeTrace } from '../../src/trace/summary.ts';
import { slicesOf } from '../../src/trace/timeline.ts';
import type { Trace } from '../../src/trace/trace.ts';
import { wholeOf } from '../../src/trace/window.ts';
import { recordWords } from '../../src/trace/words/record-words.ts';
import { explain } from '../../src/trace/words/why.ts';
import { sampleHost, sampleRun } from '../report/sample.ts';
import { embeddedData, numbersOf } from '../report/html/read-page.ts';
import { decodePerfetto } from './export/perfetto-decoder.ts';
import { inventedTrace } from './invented-trace.ts';
import { ODD_TERMS, oddTrace } from './invented-policy.ts';

const MS = 1e6;
const trace = oddTrace();
const whole = wholeOf(trace);

/** Words of credit1 and of nobody else. */
function assertOwnWords(text: string): string {
  assert.doesNotMatch(
    text.replaceAll('creditlab', ''),
    /[Cc]redit|[Pp]riorit|UNDER|OVER|BOOST|[Bb]oost|[Aa]ccounting|over its cap/,
  );
  return text;
}

describe('a trace of a policy that the program has never heard of', () => {
  let dir: string;

  before(() => {
    dir = mkdtempSync(join(tmpdir(), 'odd-'));
  });

  after(() => {
    rmSync(dir, { recursive: true });
  });

  function written(): string {
    const path = join(dir, 'odd.jsonl');
    const writer = new TraceFileWriter(path);
    writer.begin(trace.header);
    writer.append(trace.rows, trace.count);
    writer.end({ endNs: trace.endNs, complete: true, lostIntents: 0, lostFacts: 0 });
    writer.close();
    return path;
  }

  it('has its readings, kinds and reasons by name in its file, and is read back as it was', () => {
    const path = written();
    const [, ...lines] = readFileSync(path, 'utf8').split('\n');
    assert.ok(lines.includes('["decide",0,0,-1,0,0,0,40000000,7,"tickled","earliest"]'), lines.join('\n'));
    assert.ok(lines.includes('["decide",20000000,0,0,80000000,7,1,62500000.5,3,"depleted","earliest"]'));
    assert.ok(lines.includes('["tick",10000000,0,0,40000000,7]'));
    assert.ok(lines.includes('["set",15000000,1,50,0]'));
    assert.ok(lines.includes('["deplete",20000000,0,80000000]'));
    assert.ok(lines.includes('["round",40000000,2]'));
    const [read] = readTraces(path);
    assert.deepEqual(read.header.policy, ODD_TERMS);
    assert.deepEqual(read.rows, trace.rows);
  });

  it('is told in words, record by record, with names and units', () => {
    const [read] = readTraces(written());
    const words = Array.from({ length: read.count }, (_, row) => recordWords(read, row));
    assertOwnWords(words.join('\n'));
    assert.deepEqual(words.slice(4), [
      'CPU 0: CPU 0 was idle (tickled); A/v0 (deadline 40 ms, eager) came: its deadline came first',
      'CPU 0: tick, A/v0 (deadline 40 ms, eager)',
      'B has budget 50 % from now on',
      'budget used up: A/v0, deadline 80 ms',
      'CPU 0: its budget was used up (A/v0); B/v0 (deadline 62.5 ms, lazy) came: its deadline came first',
      'round begins: jobs 2',
      'replenish: A/v0, lazy',
      'CPU 0: there was another decision (tickled); B/v0 (deadline 62.5 ms, lazy) goes on: its deadline came first',
      'B/v0 goes to sleep',
      'CPU 0: it slept, or had done its work (B/v0); A/v0 (deadline 80 ms, lazy) came: its deadline came first',
    ]);
  });

  it('is explained: who ran, who waited, who was parked and why, and what it had', () => {
    const said = (vcpu: number, atMs: number): string => {
      const [explanation] = explain(trace, [vcpu], atMs * MS);
      return assertOwnWords(whyText(explanation, 1000, plainStyle));
    };
    assert.match(
      said(0, 5),
      /A\/v0 at 0\.005 s: ran on CPU 0.*deadline 40 ms since 0\.000 s: when its budget/s,
    );
    assert.match(
      said(1, 5),
      /waited on CPU 0.*ran A\/v0 from 0\.000 s \(deadline 40 ms, eager\).*waits for its turn/s,
    );
    assert.match(
      said(0, 30),
      /was parked, from 0\.020 s to 0\.040 s.*its budget was used up|was parked.*its budget is used up/s,
    );
    assert.match(said(0, 30), /deadline 80 ms since 0\.020 s/);
    assert.match(said(0, 50), /waited.*no longer parked: its budget is full.*lazy since 0\.040 s/s);
    assert.match(said(1, 50), /B has budget 50 %/);
  });

  it('is summed up under its own headings', () => {
    const summary = summarizeTrace(trace);
    const text = assertOwnWords(
      [
        summaryTables(trace, summary, whole, plainStyle),
        stateTable(trace, runStatesOf(trace), plainStyle),
      ].join('\n'),
    );
    assert.match(text, /VM +time +share +dispatches +depletions\nA +60\.00 ms +60\.0 % +2 +1\n/);
    assert.match(text, /decided when +tickled +blocked +budget over\nCPU 0 +2 +1 +1\n/);
    assert.match(text, /A\/v0 +running.*\n.*\n +parked +1 +20 ms/);
    const json = JSON.parse(JSON.stringify(traceSummaryFile(trace, whole))) as {
      policy: string;
      vms: { depletions: number; lostBy: object }[];
    };
    assert.equal(json.policy, 'odd');
    assert.equal(json.vms[0].depletions, 1);
    assert.deepEqual(json.vms[0].lostBy, { depleted: 1 });
  });

  it('is drawn in the terminal: levels as lines with their unit, classes by letters', () => {
    const text = gantt(trace, { fromNs: 0, toNs: 100 * MS, width: 29, style: plainStyle });
    assertOwnWords(text);
    const lines = text.split('\n');
    const at = lines.findIndex((line) => line.startsWith('A/v0 '));
    assert.deepEqual(lines.slice(at, at + 2), [
      'A/v0     ▄▄▄▄pppp████████████',
      '         eeeeeeeellllllllllll',
    ]);
    assert.match(
      text.replaceAll('\n', ' '),
      /deadline: ▂▄█ up to 33\.3, 66\.7, 100 ms; mood: e eager l lazy; p parked/,
    );
  });

  it('has its readings, reasons and moments in an HTML report', () => {
    const row = { label: 'odd', scenario: trace.header.scenario, runs: [sampleRun(trace.header.scenario)] };
    const page = htmlReport({
      title: 'Odd',
      host: sampleHost,
      generatedAt: '2026-01-02T03:04:05.678Z',
      rows: [{ ...row, traces: [trace] }],
    });
    const { data } = embeddedData(page);
    assertOwnWords(JSON.stringify(data));
    const [policy] = data.policies;
    assert.deepEqual(
      policy.readings.map(({ key, unit, kind, classes }) => [
        key,
        unit,
        kind,
        classes.map(({ name }) => name),
      ]),
      [
        ['deadline', 'ms', 'level', []],
        ['mood', '', 'class', ['eager', 'lazy']],
      ],
    );
    const [{ pcpus, vcpus, marksNs }] = data.timelines;
    const slices = slicesOf(trace)[0];
    assert.deepEqual(
      pcpus[0].readings.map((each) => [...Array.from(numbersOf(each))]),
      [0, 1].map((reading) => slices.map(({ readings }) => readings[reading])),
    );
    assert.deepEqual(Array.from(numbersOf(vcpus[0].toldNs)), [0, 0, 20 * MS, 40 * MS]);
    assert.deepEqual(
      vcpus[0].readings.map((each) => Array.from(numbersOf(each))),
      [
        [0, 40 * MS, 80 * MS, 80 * MS],
        [3, 7, 7, 3],
      ],
    );
    assert.deepEqual(Array.from(numbersOf(marksNs)), [40 * MS]);
    assert.equal(policy.began[slices[1].reason], 'the budget of the one before was used up');
    assert.equal(policy.chosen[slices[1].choice], 'its deadline came first');
    assert.equal(policy.parked, 'its budget is used up');
    const section = /<section aria-labelledby="timeline-title">.*?<\/section>/s.exec(page)?.[0] ?? '';
    const prose = assertOwnWords(section.replace(/\s+/g, ' '));
    assert.match(prose, /its deadline \(ms\) on the same time axis/);
    assert.match(prose, /its mood, from high to low eager and lazy/);
    assert.match(prose, /Thin vertical lines are beginnings of rounds\./);
    assert.match(prose, /<th scope="col">budget over<\/th>/);
  });

  it('of which there are several beside another policy keeps each its own meaning in one report', () => {
    const credit = inventedTrace();
    const row = (label: string, each: Trace) => ({
      label,
      scenario: each.header.scenario,
      runs: [sampleRun(each.header.scenario)],
      traces: [each],
    });
    const { data } = embeddedData(
      htmlReport({
        title: 'Both',
        host: sampleHost,
        generatedAt: '2026-01-02T03:04:05.678Z',
        rows: [row('odd', trace), row('credit', credit), row('odd again', oddTrace())],
      }),
    );
    assert.deepEqual(
      data.timelines.map(({ policy }) => data.policies[policy].readings[0].key),
      ['deadline', 'priority', 'deadline'],
    );
  });

  it('goes to Perfetto with its counters, their units, and what slices and moments tell', () => {
    const { tracks, events, sched } = decodePerfetto(perfettoOf(trace));
    assertOwnWords(JSON.stringify([tracks, events, sched]));
    assert.deepEqual(
      tracks.filter(({ kind }) => kind === 'counter').map(({ name, unit }) => [name, unit]),
      [
        ['A/v0 deadline', 'ns'],
        ['A/v0 mood', '7 eager, 3 lazy'],
        ['B/v0 deadline', 'ns'],
        ['B/v0 mood', '7 eager, 3 lazy'],
      ],
    );
    assert.ok(tracks.some(({ name }) => name === 'odd scheduler'));
    assert.ok(tracks.some(({ name }) => name === 'round begins'));
    const [first, second] = events.filter(
      ({ type, track }) => type === 'begin' && track.name === 'CPU 0 intent',
    );
    assert.deepEqual(first.details, {
      began: 'a vCPU was queued and the pCPU told to look',
      chosen: 'its deadline came first',
      ended: 'its budget was used up',
      deadlineMs: 40,
      mood: 'eager',
      renewals: 0,
    });
    assert.equal(second.details.deadlineMs, 62.5);
    const named = (name: string) => events.find((event) => event.type === 'instant' && event.name === name);
    assert.deepEqual(named('budget used up')?.details, { deadlineMs: 80 });
    assert.equal(named('budget used up')?.track.name, 'A/v0');
    assert.deepEqual(named('round begins')?.details, { jobs: 2 });
    assert.deepEqual(named('budget')?.details, { budgetPercent: 50 });
    const ofA = events.filter(({ type, track }) => type === 'counter' && track.name === 'A/v0 deadline');
    assert.deepEqual(
      ofA.map(({ value }) => value),
      [40 * MS, 80 * MS],
    );
    const ofB = events.filter(({ type, track }) => type === 'counter' && track.name === 'B/v0 deadline');
    assert.equal(ofB.at(-1)?.value, 62.5 * MS + 0.5);
    // 0 goes first: eager, then lazy.
    assert.deepEqual(
      sched.flatMap(({ event }) => (event.kind === 'waking' ? [event.task.prio] : [])),
      [0, 1, 1],
    );
  });

  it('goes to Chrome with the same', () => {
    const text = assertOwnWords(chromeOf(trace));
    assert.match(text, /"name":"B\/v0 deadline".*"value":62500000.5/);
    assert.match(text, /"mood":"eager"/);
  });
});

describe('the header of a trace file', () => {
  const malformed: readonly (readonly [what: string, policy: unknown, message: RegExp])[] = [
    ['no policy', undefined, /policy/],
    ['five readings', { vcpuReadings: Array.from({ length: 5 }, (_, i) => level(`r${i}`)) }, /vcpuReadings/],
    ['two readings of one name', { vcpuReadings: [level('same'), level('same')] }, /same key/],
    ['a reading named as a field', { vcpuReadings: [level('pcpu')] }, /name of a field/],
    ['a class without names', { vcpuReadings: [{ ...level('mood'), kind: 'class' }] }, /class without/],
    [
      'an unknown kind of reading',
      { vcpuReadings: [{ ...level('x'), kind: 'curve' }] },
      /vcpuReadings\.0\.kind/,
    ],
    ['a kind that all traces have', { records: [record('decide')] }, /every trace has/],
    [
      'more fields than a policy can tell',
      { records: [{ ...record('x'), fields: letters(MOST_OWN_FIELDS + 1) }] },
      /records\.0\.fields/,
    ],
    ['a reason without words', { reasons: [{ value: 0, key: 'x' }] }, /reasons\.0/],
    ['two reasons of one value', { reasons: [ODD_TERMS.reasons[0], ODD_TERMS.reasons[0]] }, /same value/],
    [
      'a reason that is no small number',
      { reasons: [{ ...ODD_TERMS.reasons[0], value: 255 }] },
      /reasons\.0\.value/,
    ],
  ];

  it('takes as many fields of an own record as a policy can tell, and they are recorded', () => {
    const fields = letters(MOST_OWN_FIELDS);
    readHeader({ ...trace.header, policy: { ...ODD_TERMS, records: [{ ...record('x'), fields }] } });
    const rows: number[][] = [];
    new TraceRecorder({ put: (row) => rows.push([...row]) }).own(0, 0, 1, 2, 3, 4, 5, 6);
    const told = rows.map((row) => row.slice(Column.fields).filter((value) => value !== 0));
    assert.deepEqual(told, [fields.map((_, i) => 1 + i)]);
  });

  for (const [what, change, message] of malformed) {
    it(`with ${what} is refused, and says so`, () => {
      const policy = change === undefined ? undefined : { ...ODD_TERMS, ...(change as object) };
      assert.throws(() => readHeader({ ...trace.header, policy }), message);
    });
  }

  it("with other vCPUs than its scenario's VMs have is refused", () => {
    assert.throws(
      () => readHeader({ ...trace.header, vcpus: [{ id: 'A/v0', vm: 0 }] }),
      /vcpus: not the vCPUs/,
    );
  });

  it('of version 1 is refused with a hint what to do', () => {
    const old = { ...trace.header, version: 1, policy: undefined };
    assert.throws(
      () => readHeader(old),
      (error: Error & { details?: { hint?: string } }) =>
        /version 1/.test(error.message) && /record it again/.test(error.details?.hint ?? ''),
    );
  });

  function readHeader(header: object): void {
    const dir = mkdtempSync(join(tmpdir(), 'header-'));
    try {
      const path = join(dir, 'trace.jsonl');
      const writer = new TraceFileWriter(path);
      writer.begin(trace.header);
      writer.append(trace.rows, 1);
      writer.close();
      const [, ...rest] = readFileSync(path, 'utf8').split('\n');
      writeFileSync(path, [JSON.stringify(header), ...rest].join('\n'));
      readTraces(path);
    } finally {
      rmSync(dir, { recursive: true });
    }
  }
});

function level(key: string): object {
  return { key, unit: '', description: '', kind: 'level', idle: 0, initial: 0 };
}

function record(kind: string): object {
  return { kind, fields: ['vcpu'], description: '' };
}

function letters(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `field${i}`);
}
