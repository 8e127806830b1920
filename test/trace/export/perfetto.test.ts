import assert from 'node:assert/strict';
import { VcpuReading } from '../../../src/core/credit1/terms.ts';
import { Column, COLUMNS, Kind, WIDTH } from '../../../src/trace/record.ts';
import { perfettoOf } from '../../../src/trace/export/perfetto/perfetto.ts';
import { spellsOf } from '../../../src/trace/spells.ts';
import { slicesOf, staysOf } from '../../../src/trace/timeline.ts';
import type { Trace } from '../../../src/trace/trace.ts';
import { kindOf } from '../../../src/trace/vocabulary.ts';
import { OWN_COLUMNS, OwnKind } from '../../../src/trace/words/credit1/own-records.ts';
import { eventfulTrace } from '../eventful-trace.ts';
import { inventedTrace } from '../invented-trace.ts';
import type { DecodedEvent, DecodedSched, DecodedTrace } from './perfetto-decoder.ts';
import { decodePerfetto } from './perfetto-decoder.ts';
import { Totals } from '../totals.ts';

/** The time stamp of t = 0. */
const ORIGIN_NS = 1_000_000_000;

const TASK_SLEEPS = 1;
const TASK_STOPPED = 4;
const TASK_DEAD = 16;

interface DecodedSlice {
  readonly begin: DecodedEvent;
  readonly lengthNs: number;
}

/** Begin and end in pairs, as a viewer makes them: by track, the last that began ends first. */
function slicesOn({ events }: DecodedTrace, isWanted: (event: DecodedEvent) => boolean): DecodedSlice[] {
  const open = new Map<number, DecodedEvent[]>();
  const slices: DecodedSlice[] = [];
  for (const event of events.filter(isWanted)) {
    const stack = open.get(event.track.uuid) ?? [];
    open.set(event.track.uuid, stack);
    if (event.type === 'begin') stack.push(event);
    if (event.type !== 'end') continue;
    const begin = stack.pop();
    assert.ok(begin !== undefined, 'an end without a begin');
    slices.push({ begin, lengthNs: event.timeNs - begin.timeNs });
  }
  for (const stack of open.values()) assert.equal(stack.length, 0, 'a slice without an end');
  return slices;
}

function totalsBy(slices: readonly DecodedSlice[], keyOf: (begin: DecodedEvent) => string): object {
  const totals = new Totals();
  for (const { begin, lengthNs } of slices) totals.add(keyOf(begin), lengthNs);
  return totals.toObject();
}

function recordsOf({ header, rows, count }: Trace, name: string): number[] {
  const begins = Array.from({ length: count }, (_, row) => row * WIDTH);
  const kind = kindOf(header.policy, name);
  assert.ok(kind >= 0, name);
  return begins.filter((at) => rows[at + Column.kind] === kind);
}

const onHardware = eventfulTrace({ facts: { stolenPercent: 3 } });
const simulated = eventfulTrace();

describe('a trace for Perfetto', () => {
  let decoded: DecodedTrace;
  before(() => {
    decoded = decodePerfetto(perfettoOf(onHardware));
  });
  const cpuOf = (pcpu: number) => `CPU ${onHardware.header.scenario.pcpus[pcpu]}`;
  const idOf = (vcpu: number) => onHardware.header.vcpus[vcpu].id;

  it('has per pCPU the slices that were meant: as many, and as long per vCPU', () => {
    const shown = slicesOn(decoded, ({ track }) => track.name.endsWith(' intent'));
    const meant = slicesOf(onHardware).flat();
    const totals = new Totals();
    for (const { pcpu, vcpu, fromNs, toNs } of meant)
      totals.add(`${cpuOf(pcpu)} intent ${idOf(vcpu)}`, toNs - fromNs);
    assert.equal(shown.length, meant.length);
    assert.deepEqual(
      totalsBy(shown, ({ track, name }) => `${track.name} ${name}`),
      totals.toObject(),
    );
  });

  it('has per pCPU the facts: as many stays, and as long per vCPU', () => {
    const shown = slicesOn(decoded, ({ track }) => track.name.endsWith(' fact'));
    const stays = staysOf(onHardware).flat();
    const totals = new Totals();
    for (const { pcpu, vcpu, fromNs, toNs } of stays)
      totals.add(`${cpuOf(pcpu)} fact ${idOf(vcpu)}`, toNs - fromNs);
    assert.equal(shown.length, stays.length);
    assert.deepEqual(
      totalsBy(shown, ({ track, name }) => `${track.name} ${name}`),
      totals.toObject(),
    );
  });

  it('tells with each slice why it began and ended, and with each stay what was stolen', () => {
    const intents = slicesOn(decoded, ({ track }) => track.name === 'CPU 6 intent');
    const stays = slicesOn(decoded, ({ track }) => track.name === 'CPU 6 fact');
    const [first] = slicesOf(onHardware)[0];
    const { renewals, ...details } = intents[0].begin.details;
    assert.deepEqual(details, {
      began: 'a vCPU was queued and the pCPU told to look',
      chosen: "it was the head of the pCPU's own queue",
      ended: 'its slice was over',
      priority: 'UNDER',
      credit: first.readings[VcpuReading.credit],
    });
    assert.equal(renewals, first.renewals);
    assert.ok(intents.some(({ begin }) => begin.details.ended === 'it was parked: its VM was over its cap'));
    assert.ok(intents.some(({ begin }) => Number(begin.details.credit) < 0));
    for (const [i, stay] of staysOf(onHardware)[0].entries()) {
      const stolenNs = stay.toNs - stay.fromNs - stay.cpuNs;
      assert.equal(Math.round(Number(stays[i].begin.details.stolenUs) * 1000), stolenNs);
      assert.equal(stays[i].begin.details.deferralUs, stay.lateNs / 1000);
    }
    assert.ok(stays.some(({ begin }) => Number(begin.details.stolenUs) > 0));
    assert.ok(stays.some(({ begin }) => begin.details.deferralUs === 3));
  });

  it('shows each VM as a process and each vCPU as a thread of it, with its run states', () => {
    const threads = decoded.tracks.filter(({ kind }) => kind === 'thread');
    assert.deepEqual(
      threads.map(({ name, tid, pid, parent }) => [
        name,
        tid,
        decoded.tracks.find(({ uuid }) => uuid === parent)?.name,
        pid,
      ]),
      [
        ['A/v0', 1, 'VM A', 1],
        ['A/v1', 2, 'VM A', 1],
        ['B/v0', 3, 'VM B', 3],
        ['C/v0', 4, 'VM C', 4],
        ['D/v0', 5, 'VM D', 5],
      ],
    );
    const shown = slicesOn(decoded, ({ track }) => track.kind === 'thread');
    const totals = new Totals();
    for (const { vcpu, state, fromNs, toNs } of spellsOf(onHardware).flat()) {
      if (state === 'done' || state === 'absent') continue;
      const name = ['woken', 'preempted', 'requeued'].includes(state) ? 'runnable' : state;
      totals.add(`${idOf(vcpu)} ${name}`, toNs - fromNs);
    }
    const states = totalsBy(shown, ({ track, name }) => `${track.name} ${name}`);
    assert.deepEqual(states, totals.toObject());
    for (const key of ['A/v0 paused', 'B/v0 parked', 'C/v0 blocked', 'A/v0 runnable', 'D/v0 running']) {
      assert.ok(key in states, key);
    }
  });

  it('counts credits and priority of each vCPU, up to the last that is known', () => {
    const last = new Map<string, number | null>();
    for (const { type, track, value } of decoded.events) if (type === 'counter') last.set(track.name, value);
    const { rows } = onHardware;
    const credits = new Map<string, number>();
    for (let row = 0; row < onHardware.count; row++) {
      const at = row * WIDTH;
      const note = (vcpu: number, credit: number) => {
        if (vcpu >= 0) credits.set(`${idOf(vcpu)} credit`, credit);
      };
      const { decide, tick } = COLUMNS;
      const { pay } = OWN_COLUMNS;
      const { credit } = VcpuReading;
      if (rows[at] === Kind.decide) note(rows[at + decide.prev], rows[at + decide.prevReadings + credit]);
      if (rows[at] === Kind.decide) note(rows[at + decide.next], rows[at + decide.nextReadings + credit]);
      if (rows[at] === Kind.tick) note(rows[at + tick.vcpu], rows[at + tick.readings + credit]);
      if (rows[at] === OwnKind.pay) note(rows[at + pay.vcpu], rows[at + pay.credit]);
    }
    assert.equal(credits.size, 5);
    for (const [name, credit] of credits) assert.equal(last.get(name), credit, name);
    const priorities = decoded.events.filter(({ track }) => track.name === 'C/v0 priority');
    assert.ok(priorities.some(({ value }) => value === 0) && priorities.some(({ value }) => value === -1));
    for (const track of decoded.tracks.filter(({ kind }) => kind === 'counter')) {
      const times = decoded.events.filter((event) => event.track === track).map(({ timeNs }) => timeNs);
      assert.equal(new Set(times).size, times.length, 'one value at an instant');
      const parent = decoded.tracks.find(({ uuid }) => uuid === track.parent);
      assert.ok(track.name.startsWith(`${parent?.name} `) && parent?.kind === 'thread');
    }
  });

  it('has an instant per accounting, boost, park, steal and migration, and for what was changed', () => {
    const kinds: [string, string][] = [
      ['acct', 'accounting'],
      ['boost', 'boost'],
      ['unboost', 'boost ends'],
      ['park', 'park'],
      ['unpark', 'unpark'],
      ['steal', 'steal'],
      ['migrate', 'migrate'],
      ['wake', 'wake'],
      ['set', 'weight and cap'],
      ['pause', 'pause'],
      ['unpause', 'unpause'],
      ['start', 'start'],
      ['tune', 'scheduler parameters changed'],
      ['activate', 'joins accounting'],
      ['deactivate', 'leaves accounting'],
    ];
    for (const [kind, name] of kinds) {
      const shown = decoded.events.filter((event) => event.type === 'instant' && event.name === name);
      const records = recordsOf(onHardware, kind);
      assert.deepEqual(
        shown.map(({ timeNs }) => timeNs - ORIGIN_NS),
        records.map((at) => onHardware.rows[at + Column.timeNs]),
        kind,
      );
      if (kind !== 'migrate') assert.ok(shown.length > 0, `the trace has no ${kind}`);
    }
  });

  it('tells at an accounting what each VM was given', () => {
    const trace = inventedTrace();
    const { events } = decodePerfetto(perfettoOf(trace));
    const accounting = events.filter(({ name }) => name === 'accounting').at(-1);
    assert.deepEqual(accounting?.details, {
      totalWeight: 768,
      balance: 0,
      'VM A': '100 credits: by weight 100 of 300 (weight 256), at most 300',
      'VM B': '200 credits: by weight 200 of 300 (weight 512), at most 300',
    });
  });

  it('says by itself what it is and whether something is missing', () => {
    const trace = inventedTrace({ label: 'equal', run: 3, complete: false, lostFacts: 7, capacity: 20 });
    const { events } = decodePerfetto(perfettoOf(trace));
    const about = events.find(({ name }) => name === 'trace begins');
    assert.ok(about !== undefined);
    assert.equal(about.timeNs - ORIGIN_NS, trace.rows[Column.timeNs]);
    const { forgotten } = trace.lost;
    assert.ok(forgotten > 0);
    assert.deepEqual(about.details, {
      label: 'equal',
      run: 3,
      machine: 'simulated',
      generator: `creditlab ${trace.header.generator.version}`,
      complete: 'no',
      lostIntents: 0,
      lostFacts: 7,
      forgottenRecords: forgotten,
    });
  });

  it('is in order of time, and ends all that it began even if the trace breaks off', () => {
    for (const trace of [onHardware, simulated, { ...simulated, endNs: NaN }]) {
      const { events } = decodePerfetto(perfettoOf(trace));
      events.forEach(({ timeNs }, i) => {
        assert.ok(i === 0 || timeNs >= events[i - 1].timeNs);
      });
      slicesOn({ tracks: [], events, sched: [] }, () => true);
    }
  });

  it('depends on the trace alone', () => {
    const again = eventfulTrace({ facts: { stolenPercent: 3 } });
    assert.ok(Buffer.from(perfettoOf(onHardware)).equals(perfettoOf(again)));
    assert.ok(!Buffer.from(perfettoOf(onHardware)).equals(perfettoOf(simulated)));
  });
});

describe('the CPU lanes of a trace for Perfetto', () => {
  let sched: readonly DecodedSched[];
  before(() => {
    ({ sched } = decodePerfetto(perfettoOf(onHardware)));
  });

  it('are a chain per host CPU: whoever comes is who leaves next', () => {
    assert.deepEqual([...new Set(sched.map(({ cpu }) => cpu))], [6, 4]);
    for (const cpu of [6, 4]) {
      let running = 0;
      let lastNs = 0;
      for (const { timeNs, event } of sched.filter((each) => each.cpu === cpu)) {
        assert.ok(timeNs >= lastNs);
        lastNs = timeNs;
        if (event.kind !== 'switch') continue;
        assert.equal(event.prev.pid, running);
        assert.notEqual(event.next.pid, running);
        running = event.next.pid;
      }
      assert.equal(running, 0, 'at the end the CPU is idle');
    }
  });

  it('give each thread the time that it had in fact', () => {
    assert.deepEqual(runTimes(sched), factTimes(onHardware));
  });

  it('follow the intent in a simulation, which has no facts', () => {
    const decoded = decodePerfetto(perfettoOf(simulated));
    const totals = new Totals();
    for (const { vcpu, fromNs, toNs } of slicesOf(simulated).flat())
      totals.add(simulated.header.vcpus[vcpu].id, toNs - fromNs);
    assert.deepEqual(runTimes(decoded.sched), totals.toObject());
    assert.ok(!decoded.tracks.some(({ name }) => name.endsWith(' fact')));
  });

  it('say in which state a thread left: waiting, asleep, stopped by cap or pause, or for good', () => {
    const states = (id: string): number[] => {
      const seen = sched.flatMap(({ event }) =>
        event.kind === 'switch' && event.prev.comm === id ? [event.prevState] : [],
      );
      return [...new Set(seen)].sort((a, b) => a - b);
    };
    assert.deepEqual(states('A/v0'), [0, TASK_STOPPED]);
    assert.deepEqual(states('B/v0'), [0, TASK_STOPPED]);
    assert.ok(states('C/v0').includes(TASK_SLEEPS));
    assert.ok(states('D/v0').includes(TASK_DEAD));
  });

  it('show wake-ups, and priorities as Linux counts them: the lower goes first', () => {
    const ofC = sched.flatMap(({ event }) =>
      event.kind === 'waking' && event.task.comm === 'C/v0' ? [event] : [],
    );
    const wakes = recordsOf(onHardware, 'wake').filter((at) => onHardware.rows[at + COLUMNS.wake.vcpu] === 3);
    assert.ok(wakes.length > 50);
    assert.equal(ofC.length, wakes.length);
    assert.ok(ofC.some(({ task }) => task.prio === 0));
    for (const { task, targetCpu } of ofC) {
      assert.ok(task.prio === 0 || task.prio === 1 || task.prio === 2);
      assert.ok(targetCpu === 6 || targetCpu === 4);
    }
  });

  it('count pCPUs instead on a host with more CPUs than Perfetto has lanes for', () => {
    const big = inventedTrace({ scenario: { pcpus: [200] } });
    assert.deepEqual([...new Set(decodePerfetto(perfettoOf(big)).sched.map(({ cpu }) => cpu))], [0]);
  });
});

function runTimes(sched: readonly DecodedSched[]): object {
  const totals = new Totals();
  const since = new Map<number, number>();
  for (const { cpu, timeNs, event } of sched) {
    if (event.kind !== 'switch') continue;
    if (event.prev.pid !== 0) totals.add(event.prev.comm, timeNs - (since.get(cpu) ?? NaN));
    since.set(cpu, timeNs);
  }
  return totals.toObject();
}

function factTimes(trace: Trace): object {
  const totals = new Totals();
  for (const { vcpu, fromNs, toNs } of staysOf(trace).flat())
    totals.add(trace.header.vcpus[vcpu].id, toNs - fromNs);
  return totals.toObject();
}
