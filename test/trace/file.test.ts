import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LabError } from '../../src/base/errors.ts';
import { readTraces } from '../../src/trace/file-reader.ts';
import { TraceFileWriter } from '../../src/trace/file-writer.ts';
import { COLUMNS, WIDTH } from '../../src/trace/record.ts';
import type { Trace } from '../../src/trace/trace.ts';
import { vm } from '../host/invented-scenario.ts';
import { TraceStore } from '../../src/trace/store.ts';
import { inventedTrace } from './invented-trace.ts';

describe('a trace file', () => {
  let dir: string;

  before(() => {
    dir = mkdtempSync(join(tmpdir(), 'trace-'));
  });

  after(() => {
    rmSync(dir, { recursive: true });
  });

  for (const name of ['plain.jsonl', 'packed.jsonl.gz']) {
    it(`gives back what was written: ${name}`, () => {
      const traces = [inventedTrace({ facts: {} }), inventedTrace({ label: 'second', run: 2, lostFacts: 3 })];
      const path = join(dir, name);
      write(path, ...traces);
      const read = readTraces(path);
      assert.equal(read.length, 2);
      for (const [i, trace] of read.entries()) {
        assert.deepEqual(trace.header, JSON.parse(JSON.stringify(traces[i].header)));
        assert.deepEqual(trace.rows, traces[i].rows);
        assert.equal(trace.endNs, traces[i].endNs);
        assert.deepEqual(trace.lost, traces[i].lost);
      }
    });

    it(`that breaks off is read as far as it goes: ${name}`, () => {
      const whole = inventedTrace({ scenario: { durationNs: 20e9 }, facts: {} });
      const path = join(dir, name);
      write(path, whole);
      truncateSync(path, Math.floor(readFileSync(path).length * 0.9));
      const [trace] = readTraces(path);
      assert.ok(trace.count > whole.count / 2 && trace.count < whole.count);
      assert.equal(trace.complete, false);
      assert.ok(Number.isNaN(trace.endNs));
      assert.deepEqual(trace.rows, whole.rows.subarray(0, trace.count * WIDTH));
    });
  }

  it('holds what was flushed although nobody closed it', () => {
    const path = join(dir, 'open.jsonl');
    const trace = inventedTrace();
    const writer = new TraceFileWriter(path);
    writer.begin(trace.header);
    writer.append(trace.rows, trace.count);
    writer.flush();
    assert.equal(readTraces(path)[0].count, trace.count);
    writer.close();
  });

  it('is filled while the run goes on, and not only when a chunk is full', () => {
    const path = join(dir, 'growing.jsonl');
    const { header, rows } = inventedTrace();
    const writer = new TraceFileWriter(path, 0);
    writer.begin(header);
    writer.append(rows, 3);
    assert.equal(readTraces(path)[0].count, 3);
    writer.close();
  });

  it('keeps what the run grew by, and when that was asked for and counted from', () => {
    const path = join(dir, 'grown.jsonl');
    const { header, rows, count } = inventedTrace();
    const store = new TraceStore();
    const writer = new TraceFileWriter(path);
    const late = vm('C', { startNs: 5 });
    for (const taker of [store, writer]) {
      taker.begin(header);
      taker.append(rows, count);
      taker.grow({ vm: late, askedNs: 2 });
      taker.grow({ event: { atNs: 7, kind: 'pause', vm: 'A' }, askedNs: 6, actsNs: 8 });
      taker.grow({ planned: 0, askedNs: 7, atNs: 9, actsNs: 10 });
      taker.end({ endNs: 9, complete: true, lostIntents: 0, lostFacts: 0 });
    }
    writer.close();
    const [read] = readTraces(path);
    assert.deepEqual(read.header.changes, [
      { event: null, vm: 2, askedNs: 2, atNs: 5, actsNs: 5 },
      { event: 0, askedNs: 6, atNs: 7, actsNs: 8 },
      { event: 0, askedNs: 7, atNs: 9, actsNs: 10 },
    ]);
    assert.deepEqual(read.header, JSON.parse(JSON.stringify(store.trace()?.header)));
    // Written once more as a whole, nothing is lost.
    write(path, read);
    assert.deepEqual(readTraces(path)[0].header, read.header);
  });

  it('is read also where it tells of changes without their times', () => {
    const path = join(dir, 'untimed.jsonl');
    const { header } = inventedTrace();
    const lines = [
      header,
      { grown: { vm: vm('C', { startNs: 5 }) } },
      { grown: { event: { atNs: 7, kind: 'pause', vm: 'A' } } },
    ];
    writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    const [{ header: read }] = readTraces(path);
    assert.deepEqual([read.scenario.vms.length, read.scenario.events.length, read.vcpus.length], [3, 1, 3]);
    assert.equal(read.changes, undefined);
  });

  it('has a line for each record, with names for kinds and reasons', () => {
    const path = join(dir, 'lines.jsonl');
    write(path, inventedTrace());
    const lines = readFileSync(path, 'utf8').split('\n');
    assert.ok(
      lines.includes('["decide",0,0,-1,-64,0,0,-1,0,"tickled","queue"]'),
      lines.slice(1, 6).join('\n'),
    );
    assert.ok(lines.some((line) => line.startsWith('["pay",30000000,0,-300,300,0,')));
  });

  it('of before changes of VMs could be refused is still read, and none was', () => {
    const path = join(dir, 'older.jsonl');
    write(path, inventedTrace());
    const [header] = readFileSync(path, 'utf8').split('\n');
    writeFileSync(path, `${header}\n["set",1000,0,512,40]\n["set",2000,0,512,40,-1]\n`);
    const [{ rows }] = readTraces(path);
    const { vm, vmReadings, status } = COLUMNS.set;
    for (const [row, refused] of [0, -1].entries()) {
      const at = row * WIDTH;
      assert.deepEqual(
        [vm, vmReadings, vmReadings + 1, status].map((column) => rows[at + column]),
        [0, 512, 40, refused],
      );
    }
    writeFileSync(path, `${header}\n["set",1000,0,512]\n`);
    assert.throws(() => readTraces(path), /a set record has 4 fields, not 2/);
  });

  for (const [what, text, where, message] of [
    ['nothing', '', '', /empty/],
    ['something else', 'hello\n', ':1', /not a line of JSON/],
    ['another JSON', '{"format":"other"}\n', ':1', /no trace/],
    [
      'half a header',
      '{"format":"creditlab-trace","version":2,"scenario":{},"vcpus":[]}\n',
      ':1',
      /header is malformed: generator/,
    ],
    ['an older version', '{"format":"creditlab-trace","version":1}\n', ':1', /version 1$/],
    ['a newer version', '{"format":"creditlab-trace","version":99}\n', ':1', /version 99/],
    ['a record without a header', '["park",1,0]\n', ':1', /a record before any header/],
    ['an end without a header', '{"end":{}}\n', ':1', /an end before any header/],
  ] as const) {
    it(`with ${what} in it is refused, and the place named`, () => {
      const path = join(dir, 'bad.jsonl');
      writeFileSync(path, text);
      assert.throws(
        () => readTraces(path),
        (error) =>
          error instanceof LabError &&
          message.test(error.message) &&
          error.details.where === `${path}${where}`,
      );
    });
  }

  for (const [what, line, message] of [
    ['an unknown kind', '["parc",1,0]', /unknown kind of record "parc"/],
    [
      'the name of something that every object has',
      '["constructor",1,0]',
      /unknown kind of record "constructor"/,
    ],
    ['too few fields', '["park",1]', /park record has 1 fields, not 0/],
    ['a word for a number', '["park",1,"A"]', /"A" where a number belongs/],
    ['an endless time', '["park",1e400,0]', /Infinity where a number belongs/],
    ['an endless number', '["park",1,1e400]', /Infinity where a number belongs/],
    ['an unknown reason', '["decide",1,0,0,0,0,1,0,0,"mood","queue"]', /"mood" where a known word belongs/],
    ['a number for a reason', '["decide",1,0,0,0,0,1,0,0,77,"queue"]', /77 where a known word belongs/],
    ['a vCPU that is not there', '["park",1,99]', /names vCPU 99 of 2/],
    ['half a pCPU', '["enter",1,0.5,0,0]', /names pCPU 0.5 of 1/],
    ['a VM that is not there', '["set",1,2,256,0]', /names VM 2 of 2/],
  ] as const) {
    it(`with ${what} in a record is refused, and the line named`, () => {
      const path = join(dir, 'bad.jsonl');
      write(path, inventedTrace());
      const lines = readFileSync(path, 'utf8').split('\n');
      lines[4] = line;
      writeFileSync(path, lines.join('\n'));
      assert.throws(
        () => readTraces(path),
        (error) =>
          error instanceof LabError && message.test(error.message) && error.details.where === `${path}:5`,
      );
    });
  }

  for (const [what, end, message] of [
    ['a word for its time', { endNs: 'abc' }, /the end is malformed: endNs: /],
    ['no word of whether it is complete', { complete: undefined }, /complete: /],
    ['less than nothing lost', { lostIntents: -1 }, /lostIntents: /],
  ] as const) {
    it(`whose end has ${what} is refused, and the line named`, () => {
      const path = join(dir, 'bad.jsonl');
      write(path, inventedTrace());
      const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
      const whole = { endNs: 1, complete: true, lostIntents: 0, lostFacts: 0 };
      lines[lines.length - 1] = JSON.stringify({ end: { ...whole, ...end } });
      writeFileSync(path, `${lines.join('\n')}\n`);
      assert.throws(
        () => readTraces(path),
        (error) =>
          error instanceof LabError &&
          message.test(error.message) &&
          error.details.where === `${path}:${lines.length}`,
      );
    });
  }

  it('is left as it was by a run that is refused before anything is on record', () => {
    const path = join(dir, 'kept.jsonl');
    const [old, next] = [inventedTrace({ label: 'old' }), inventedTrace({ label: 'next' })];
    write(path, old);
    const writer = new TraceFileWriter(path);
    writer.begin(next.header);
    writer.append(next.rows, 0);
    writer.flush();
    writer.close();
    assert.deepEqual(
      readTraces(path).map(({ header }) => header.label),
      ['old'],
    );
  });

  it('that is not there is refused', () => {
    assert.throws(() => readTraces(join(dir, 'none')), /there is no such file/);
  });
});

function write(path: string, ...traces: readonly Trace[]): void {
  const writer = new TraceFileWriter(path);
  for (const { header, rows, count, endNs, complete, lost } of traces) {
    writer.begin(header);
    writer.append(rows, count);
    writer.end({ endNs, complete, lostIntents: lost.intents, lostFacts: lost.facts });
  }
  writer.close();
}
