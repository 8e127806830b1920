import assert from 'node:assert/strict';
import { Kind, WIDTH } from '../../../src/trace/record.ts';
import { recordWords } from '../../../src/trace/words/record-words.ts';
import { vm } from '../../host/invented-scenario.ts';
import { eventfulTrace } from '../eventful-trace.ts';
import { inventedTrace } from '../invented-trace.ts';

describe('the words for a record', function () {
  this.timeout(20_000);

  it('come in time that grows with the trace, not with its square', () => {
    const seconds = (trace: ReturnType<typeof inventedTrace>): number => {
      const begin = performance.now();
      for (let row = 0; row < trace.count; row++) recordWords(trace, row);
      return (performance.now() - begin) / 1000;
    };
    const trace = inventedTrace({ scenario: { durationNs: 240e9 } });
    assert.ok(trace.count > 50_000);
    assert.ok(seconds(trace) < 2);
  });

  it('tell the slice that was in force, also where it changed', () => {
    const trace = eventfulTrace();
    const slices = Array.from({ length: trace.count }, (_, row) => row)
      .filter((row) => trace.rows[row * WIDTH] === Kind.decide)
      .map((row) => /had had its slice \((.*?)\)/.exec(recordWords(trace, row))?.[1] ?? null)
      .filter((slice) => slice !== null);
    assert.deepEqual([...new Set(slices)], ['30 ms', '10 ms']);
  });

  it('of a payment add up: what was cut off at a slice of debt, what was halved', () => {
    const texts = [
      inventedTrace({
        scenario: { durationNs: 2e9, vms: [vm('A', { work: null }), vm('B', { weight: 1024, work: null })] },
        simulation: { parameters: { acctPhaseNs: 5e6 } },
      }),
      inventedTrace({
        scenario: {
          durationNs: 2e9,
          vms: [vm('H', { work: null }), vm('P', { work: null })],
          events: [{ kind: 'pause', atNs: 100e6, vm: 'P' }],
        },
      }),
    ].flatMap((trace) => Array.from({ length: trace.count }, (_, row) => recordWords(trace, row)));
    const pays = texts.filter((text) => text.includes(', gets '));
    const number = (words: string) => Number(words.replace('−', '-'));
    for (const text of pays) {
      const [before, share, sum] =
        /had (\S+), gets (\d+), has ([−\d]+)/.exec(text)?.slice(1).map(number) ?? assert.fail(text);
      assert.equal(before + share, sum, text);
    }
    assert.ok(pays.some((text) => /, and nobody owes more than a slice: −300: OVER$/.test(text)));
    assert.ok(
      pays.some((text) =>
        /, more than a slice, so it leaves accounting with half of them: \d+: UNDER$/.test(text),
      ),
    );
    // The pass divided by the weights of both; what is told at its end is what is left.
    const done = texts.filter((text) => text.startsWith('accounting done'));
    assert.match(
      done[done.length - 1],
      /^accounting done: −?\d+ credits? in all; weights of 256 take part in the next as it stands$/,
    );
  });

  it('of a part that a cap limits say what it would have been', () => {
    const trace = inventedTrace({ scenario: { vms: [vm('A', { cap: 25, work: null })] } });
    const texts = Array.from({ length: trace.count }, (_, row) => recordWords(trace, row));
    const wanted =
      /^accounting: A gets 75 of 300 credits for weight 256, cut down from 300: its cap or its vCPUs allow no more$/;
    assert.ok(texts.some((text) => wanted.test(text)));
  });

  it('do not say that nobody waited where the pCPU only did not look', () => {
    const trace = eventfulTrace();
    const words = Array.from({ length: trace.count }, (_, row) => recordWords(trace, row));
    const idle = words.filter((text) => /is idle$|stays idle$/.test(text));
    assert.ok(idle.length > 0);
    for (const text of idle)
      assert.match(text, /nobody waited here, (so the CPU is|and it fetched nobody, so it stays) idle$/);
  });
});
