import assert from 'node:assert/strict';
import { chromeOf } from '../../../src/trace/export/chrome.ts';
import { Column, WIDTH } from '../../../src/trace/record.ts';
import { OwnKind } from '../../../src/trace/words/credit1/own-records.ts';
import { slicesOf, staysOf } from '../../../src/trace/timeline.ts';
import { eventfulTrace } from '../eventful-trace.ts';
import { Totals } from '../totals.ts';

interface ChromeEvent {
  readonly ph: 'M' | 'X' | 'C' | 'i';
  readonly name: string;
  readonly pid: number;
  readonly tid?: number;
  readonly ts?: number;
  readonly dur?: number;
  readonly s?: string;
  readonly args: Readonly<Record<string, string | number>>;
}

const trace = eventfulTrace({ facts: { stolenPercent: 3 }, label: 'eventful' });

describe('a trace in the Trace Event Format', () => {
  const file = JSON.parse(chromeOf(trace)) as {
    otherData: unknown;
    traceEvents: ChromeEvent[];
  };
  const events = file.traceEvents;
  const names = new Map(
    events
      .filter(({ ph, name }) => ph === 'M' && (name === 'process_name' || name === 'thread_name'))
      .map(({ pid, tid, args }) => [`${pid} ${tid}`, String(args.name)]),
  );
  const laneOf = ({ pid, tid }: ChromeEvent): string =>
    `${names.get(`${pid} 0`)} | ${names.get(`${pid} ${tid}`)}`;

  it('names every process and thread that has events', () => {
    for (const event of events) {
      assert.ok(names.has(`${event.pid} 0`));
      if (event.ph === 'X' || event.ph === 'i') assert.ok(names.has(`${event.pid} ${event.tid}`));
    }
    assert.deepEqual(
      [...names].filter(([key]) => key.endsWith(' 0')).map(([, name]) => name),
      ['pCPUs', 'credit scheduler', 'VM A', 'VM B', 'VM C', 'VM D'],
    );
    assert.deepEqual(file.otherData, {
      generator: `creditlab ${trace.header.generator.version}`,
      label: 'eventful',
      run: 1,
      machine: 'hardware',
    });
  });

  it('has a complete event per slice and per stay, in microseconds with nanoseconds behind the point', () => {
    const shown = new Totals();
    const meant = new Totals();
    for (const event of events) {
      if (event.ph !== 'X' || !laneOf(event).startsWith('pCPUs')) continue;
      shown.add(`${laneOf(event)} ${event.name}`, Math.round(Number(event.dur) * 1000));
    }
    const { scenario, vcpus } = trace.header;
    for (const [what, spans] of [
      ['intent', slicesOf(trace).flat()],
      ['fact', staysOf(trace).flat()],
    ] as const) {
      for (const { pcpu, vcpu, fromNs, toNs } of spans)
        meant.add(`pCPUs | CPU ${scenario.pcpus[pcpu]} ${what} ${vcpus[vcpu].id}`, toNs - fromNs);
    }
    assert.deepEqual(shown.toObject(), meant.toObject());
    const [first] = staysOf(trace)[0];
    const stay = events.find((event) => event.ph === 'X' && laneOf(event) === 'pCPUs | CPU 6 fact');
    assert.equal(stay?.ts, first.fromNs / 1000);
    assert.equal(stay.args.stolenUs, (first.toNs - first.fromNs - first.cpuNs) / 1000);
  });

  it('has run states per vCPU, credits and priority as counters, and instants', () => {
    const states = new Set(
      events.filter((event) => event.ph === 'X' && laneOf(event) === 'VM B | B/v0').map(({ name }) => name),
    );
    assert.deepEqual([...states].sort(), ['parked', 'runnable', 'running']);
    const credits = events.filter(({ ph, name }) => ph === 'C' && name === 'B/v0 credit');
    assert.ok(credits.some(({ args }) => Number(args.value) < 0));
    assert.ok(credits.every(({ args }) => Object.keys(args).join() === 'value'));
    const boosts = events.filter(({ ph, name }) => ph === 'i' && name === 'boost');
    let recorded = 0;
    for (let row = 0; row < trace.count; row++)
      if (trace.rows[row * WIDTH + Column.kind] === OwnKind.boost) recorded++;
    assert.ok(recorded > 0);
    assert.equal(boosts.length, recorded);
    assert.ok(boosts.every(({ s }) => s === 't'));
  });

  it('is in order of time behind the names', () => {
    const times = events.map(({ ts }) => ts ?? -1);
    times.forEach((ts, i) => {
      assert.ok(i === 0 || ts >= times[i - 1]);
    });
    assert.ok(times.at(-1) !== -1);
  });

  it('depends on the trace alone', () => {
    assert.equal(
      chromeOf(eventfulTrace({ facts: { stolenPercent: 3 }, label: 'eventful' })),
      chromeOf(trace),
    );
  });
});
