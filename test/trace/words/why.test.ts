import assert from 'node:assert/strict';
import type { Scenario } from '../../../src/scenario/scenario.ts';
import type { GuestSpec } from '../../../src/sim/guest.ts';
import { Column, WIDTH } from '../../../src/trace/record.ts';
import type { Spell } from '../../../src/trace/spells.ts';
import { isWaiting, spellsOf } from '../../../src/trace/spells.ts';
import type { Trace } from '../../../src/trace/trace.ts';
import { OwnKind } from '../../../src/trace/words/credit1/own-records.ts';
import { explain } from '../../../src/trace/words/why.ts';
import { vm } from '../../host/invented-scenario.ts';
import type { InventedTraceOptions } from '../invented-trace.ts';
import { inventedTrace } from '../invented-trace.ts';
import { watched } from '../watched-simulation.ts';

const sleeper = { spec: 'interactive', url: 'file:///interactive.js', size: 1000 };

/** All that is said of a vCPU at some ms, a line per part. */
function why(options: InventedTraceOptions, vcpu: number, atMs: number): string {
  const [{ headline, parts }] = explain(inventedTrace(options), [vcpu], atMs * 1e6);
  return [headline, ...parts.map(({ title, text }) => `${title}: ${text}`)].join('\n');
}

const with_ = (vms: Scenario['vms'], rest: Partial<Scenario> = {}): InventedTraceOptions => ({
  scenario: { durationNs: 600e6, vms, ...rest },
});

/** A hog, and four that sleep most of the time: with four pCPUs there is nearly always an idle one. */
function sleepersBesideAHog(pcpuCount: number): { readonly trace: Trace; readonly spells: Spell[][] } {
  const bursts = [
    [1791e3, 2921e3],
    [498e3, 1810e3],
    [172e3, 3535e3],
    [2702e3, 2107e3],
  ];
  const guests: GuestSpec[] = [
    { kind: 'hog' },
    ...bursts.map(([runNs, sleepNs]): GuestSpec => ({ kind: 'io', runNs, sleepNs })),
  ];
  const { trace } = watched({
    pcpuCount,
    durationNs: 1e9,
    vms: guests.map((guest) => ({ weight: 256, cap: 0, vcpus: [{ guest }] })),
  });
  const { scenario } = trace.header;
  const scheduler = {
    ...scenario.scheduler,
    parameters: { ...scenario.scheduler.parameters, lbRatelimitNs: 1e6 },
  };
  const told = { ...trace, header: { ...trace.header, scenario: { ...scenario, scheduler } } };
  return { trace: told, spells: spellsOf(told) };
}

describe('why a vCPU', () => {
  it('waited: its slice was over, and another was ahead of it, with the arithmetic of the last accounting', () => {
    assert.equal(
      why({}, 0, 100),
      [
        'A/v0 at 0.100 s: waited on CPU 0, from 0.090 s to 0.120 s, 30 ms',
        'why: At 0.090 s A/v0 had had its slice (30 ms); B/v0 (UNDER, 100 credits) goes before A/v0 (OVER, −100 ' +
          'credits).',
        'meanwhile: CPU 0 ran B/v0 from 0.090 s (by then UNDER, 0 credits), which goes before it: A/v0 is OVER.',
        'then: At 0.120 s it got its turn: B/v0 had had its slice (30 ms); A/v0 (UNDER, 0 credits) was first in the ' +
          'queue, and B/v0 (UNDER, 0 credits) went behind its equals.',
        'accounting: Last accounting at 0.090 s: 300 credits (a slice of one CPU), shared by weight: B 512 + A 256 = ' +
          "768. A's part is ceil(300 × 256 / 768) = 100. A/v0 had −200; −200 + 100 = −100: below 0, so OVER.",
      ].join('\n'),
    );
  });

  it('ran, and went on when its slice was over: nobody as good waited', () => {
    const text = why({}, 1, 185);
    assert.match(text, /^B\/v0 at 0\.185 s: ran on CPU 0, from 0\.150 s to 0\.210 s, 60 ms$/m);
    assert.match(
      text,
      /^meanwhile: At 0\.180 s it kept the CPU: .* B\/v0 \(UNDER, 100 credits\) goes on: nobody of its priority or above waited\.$/m,
    );
  });

  it('waited although it was above by then: a change of priority preempts nobody', () => {
    // Accountings come in the middle of slices.
    const options = {
      ...with_([vm('A', { work: null }), vm('B', { weight: 512, work: null })]),
      simulation: { parameters: { acctPhaseNs: 5e6 } },
    };
    const texts = Array.from({ length: 550 }, (_, ms) => [0, 1].map((vcpu) => why(options, vcpu, ms))).flat();
    const above = texts.filter((text) => text.includes('preempts nobody'));
    assert.ok(above.length > 0);
    for (const text of above) assert.match(text, /UNDER and would go before it by now/);
  });

  it('was parked: the arithmetic of its cap, and each accounting since', () => {
    const text = why(with_([vm('A', { cap: 25, work: null })]), 0, 100);
    assert.match(text, /^A\/v0 at 0\.100 s: was parked, from 0\.030 s to 0\.120 s, 90 ms$/m);
    assert.match(
      text,
      /^why: At 0\.030 s accounting made it −300 \+ 75 = −225 credits\. −225 is below −75 \(what a cap of 25 % earns in a slice\), so it is parked until an accounting finds 0 or more\. The accountings since then made it −150, −75\.$/m,
    );
    assert.match(
      text,
      /300 credits \(a slice of one CPU\) \+ 150 that all of them together were in debt = 450, shared by weight: A 256\. A's part is ceil\(450 × 256 \/ 256\) = 450, but at most 75: its cap of 25 % of 300\./,
    );
    assert.match(text, /^then: At 0\.120 s accounting found its debt paid\.$/m);
  });

  it('was parked in the middle of a tick: what it ran since the last one was charged afterwards', () => {
    const options = {
      ...with_([vm('A', { cap: 25, work: null })]),
      simulation: { parameters: { acctPhaseNs: 5e6 } },
    };
    const text = why(options, 0, 70);
    const [, before, used, left] =
      /^why: .* accounting made it .* = (−\d+) credits\. .* What it had run since the last tick was charged after that: (\d+) credits, so it had (−\d+)\./m.exec(
        text,
      ) ?? assert.fail(text);
    const number = (words: string) => Number(words.replace('−', '-'));
    assert.equal(number(before) - number(used), number(left));
    assert.ok(text.includes(`A/v0 had ${left}; `), text);
  });

  it('was parked with a cap that several vCPUs share', () => {
    const text = why(with_([vm('S', { cap: 50, vcpus: 2, work: null })], { pcpus: [0, 1] }), 1, 40);
    assert.match(text, /for each active vCPU ceil\(150 \/ 2\) = 75/);
    assert.match(text, /below −75 \(what a cap of 50 % earns in a slice, 150, for each of 2 vCPUs\)/);
    assert.match(text, /S 256 × 2 vCPUs/);
  });

  it('got what capped VMs before it could not take', () => {
    const options = with_([vm('A', { cap: 25, work: null }), vm('B', { work: null })]);
    const texts = Array.from({ length: 19 }, (_, i) => why(options, 1, 31 + 30 * i));
    const handedOn = texts.find((text) => text.includes('could not take'));
    assert.match(
      handedOn ?? '',
      /300 credits \(a slice of one CPU\) \+ 187 that .* were in debt \+ 338 for what VMs served before could not take = 825, .* B's part is ceil\(825 × 256 \/ 512\) = 413, but at most 394: what one vCPU can use in a slice, and its part of the debt\./,
    );
  });

  it('had its debt forgiven at the bound of a slice', () => {
    const options = {
      ...with_([vm('A', { work: null }), vm('B', { weight: 1024, work: null })]),
      simulation: { parameters: { acctPhaseNs: 5e6 } },
    };
    const texts = Array.from({ length: 300 }, (_, i) => [
      why(options, 0, 2 * i),
      why(options, 1, 2 * i),
    ]).flat();
    assert.ok(texts.some((text) => /Nobody owes more than 300, so it has −300\./.test(text)));
  });

  it('saved too much, and left accounting with half of it', () => {
    const options = with_([vm('H', { work: null }), vm('P', { work: null })], {
      events: [{ kind: 'pause', atNs: 100e6, vm: 'P' }],
    });
    const texts = Array.from({ length: 20 }, (_, i) => why(options, 1, 101 + 25 * i));
    const halved = texts.find((text) => text.includes('halved'));
    assert.match(
      halved ?? '',
      /More than 300 were not used up: they are halved to \d+, and it earns nothing until a tick finds it running\./,
    );
    assert.match(texts[texts.length - 1], /since it left accounting at 0\.\d+ s, having saved too much/);
    assert.match(texts[0], /was paused, from 0\.100 s to the end of the trace/);
  });

  it('preempted others: it woke up as UNDER and was boosted', () => {
    const options = with_([vm('IO', { work: null, workload: sleeper }), vm('H', { work: null })]);
    const text = why(options, 1, 60.5);
    assert.match(text, /^H\/v0 at 0\.060 500 s: waited on CPU 0/m);
    assert.match(text, /IO\/v0 \(BOOST, −?\d+ credits\) goes before H\/v0/);
    assert.match(
      text,
      /^meanwhile: CPU 0 ran IO\/v0 from 0\.060 s \(BOOST, .* which goes before it: H\/v0 is UNDER\.$/m,
    );
    const [first, again] = [why(options, 0, 5), why(options, 0, 35)];
    assert.match(first, /^then: At 0\.010 s it woke up as UNDER, and was boosted\.$/m);
    assert.match(
      again,
      /^then: At 0\.040 s it woke up, boosted as it still was: no tick has found it running since\.$/m,
    );
  });

  it('waited for the rate limit in spite of its boost', () => {
    const options = with_(
      [
        vm('A', { work: null, vcpus: 2, cap: 75 }),
        vm('IO', { work: null, workload: sleeper }),
        vm('H', { work: null }),
      ],
      {
        pcpus: [4, 6],
      },
    );
    assert.match(
      why(options, 2, 90.5),
      /IO\/v0 is BOOST and goes before it, but the rate limit gives everybody 1 ms\./,
    );
  });

  it('waited in spite of its boost, since an idle pCPU was asked to fetch it and did not look', () => {
    const { trace, spells } = sleepersBesideAHog(4);
    const [waits] = spells.flatMap((ofVcpu) =>
      ofVcpu.filter(({ fromNs }) => Math.round(fromNs / 1000) === 180_671),
    );
    const [{ parts }] = explain(trace, [waits.vcpu], waits.fromNs + 100e3);
    const texts = parts.map(({ title, text }) => `${title}: ${text}`);
    assert.ok(
      texts.includes(
        'meanwhile: CPU 3 ran V1/v0 from 0.179 225 s (by then UNDER, 259 credits). V3/v0 is BOOST and goes ' +
          'before it, but nobody is preempted where an idle CPU can be asked to fetch: CPU 2 was, and fetched ' +
          'nobody, since it looks into other queues at most once in 1 ms.',
      ),
      texts.join('\n'),
    );
  });

  it('waited because of a change of priority only where there was one', () => {
    const { trace, spells } = sleepersBesideAHog(2);
    const { rows } = trace;
    let count = 0;
    for (const { vcpu, state, fromNs, toNs, beginRow } of spells.flat()) {
      if (!isWaiting(state) || toNs - fromNs < 10e3) continue;
      const atNs = Math.floor((fromNs + toNs) / 2);
      const [{ parts }] = explain(trace, [vcpu], atNs);
      if (!parts.some(({ text }) => text.includes('a change of priority'))) continue;
      count++;
      const changes = Array.from({ length: trace.count }, (_, row) => row * WIDTH).filter(
        (at) =>
          at > beginRow * WIDTH &&
          rows[at + Column.timeNs] <= atNs &&
          (rows[at + Column.kind] === OwnKind.unboost || rows[at + Column.kind] === OwnKind.pay),
      );
      assert.ok(changes.length > 0, `vCPU ${vcpu} at ${atNs}`);
    }
    assert.ok(count > 0);
  });

  it('waited although it was above: it had yielded', () => {
    const { trace } = watched({
      pcpuCount: 1,
      durationNs: 2e9,
      vms: [
        { weight: 1024, cap: 0, vcpus: [{ guest: { kind: 'yield', runNs: 3e6 } }] },
        { weight: 64, cap: 0, vcpus: [{ guest: { kind: 'hog' } }] },
      ],
    });
    const texts = Array.from({ length: 1990 }, (_, ms) => explain(trace, [0], ms * 1e6 + 5e5)[0])
      .filter(({ state }) => isWaiting(state))
      .flatMap(({ parts }) => parts.filter(({ title }) => title === 'meanwhile').map(({ text }) => text));
    assert.ok(
      texts.some((text) => /goes before it, but it yielded, which lets another one go first\./.test(text)),
      texts[0],
    );
  });

  it('waited beside one that the trace has lost sight of', () => {
    const io = (name: string, size: number) => vm(name, { work: null, workload: { ...sleeper, size } });
    const trace = inventedTrace({
      capacity: 11,
      scenario: { vms: [vm('H', { work: null }), io('IO', 4000), io('IO2', 7000)] },
    });
    const [{ headline, parts }] = explain(trace, [2], 283e6);
    assert.match(headline, /waited on CPU 0/);
    assert.match(parts[1].text, /^What CPU 0 ran at that moment isn't in the trace\./);
  });

  it('was stolen by a pCPU that had nobody as good', () => {
    const options = with_(
      [vm('A', { work: { kind: 'cpu', ns: 50e6 } }), vm('B', { work: null }), vm('C', { work: null })],
      {
        pcpus: [0, 1],
      },
    );
    const trace = inventedTrace(options);
    const text = Array.from({ length: 590 }, (_, ms) =>
      explain(trace, [0, 1, 2], ms * 1e6).flatMap(({ parts }) => parts),
    )
      .flat()
      .find((part) => part.text.includes('stolen'));
    assert.match(text?.text ?? '', /was stolen from the queue of CPU [01], since nobody as good waited here/);
  });

  it('had not started, slept, or had done its work', () => {
    const options = with_(
      [
        vm('A', { work: { kind: 'cpu', ns: 50e6 } }),
        vm('L', { startNs: 200e6, work: null }),
        vm('IO', { work: null, workload: sleeper }),
      ],
      { pcpus: [0, 1] },
    );
    assert.match(why(options, 1, 100), /^L\/v0 at 0\.100 s: had not started, from 0\.000 s to 0\.200 s/);
    assert.match(
      why(options, 0, 300),
      /had done its work.*\nwhy: At 0\.\d+( \d+)? s A\/v0 had done its work; /,
    );
    assert.match(why(options, 2, 45), /^IO\/v0 at 0\.045 s: slept/);
  });

  it('did so in fact: when its thread came and left, and who was there in between', () => {
    const options = { facts: { enterDelayNs: () => 41_000, leaveDelayNs: () => 20_000, stolenPercent: 10 } };
    assert.match(
      why(options, 0, 100),
      /^fact: Its thread left CPU 0 at 0\.090 020 s, 20 µs after the decision\.$/m,
    );
    assert.match(
      why(options, 1, 90.01),
      /^fact: Its thread ran there from 0\.090 041 s, 41 µs after the decision, until 0\.120 020 s, 20 µs after it was to go\. Of 30 ms there the host took 3 ms\. At 0\.090 010 s itself A\/v0 was still on it\.$/m,
    );
    assert.doesNotMatch(why({}, 0, 100), /^fact/m);
  });

  it('is not known where the records are gone', () => {
    const trace = inventedTrace({ capacity: 30 });
    const [{ headline, parts }] = explain(trace, [0], trace.rows[1]);
    assert.match(headline, /not told by the trace/);
    assert.match(parts[0].text, /lost or forgotten/);
  });
});
