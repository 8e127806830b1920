import assert from 'node:assert/strict';
import { FactReader } from '../../src/host/fact-reader.ts';
import { type Fact, FakeFacts, fakeNative } from './fake-native.ts';

const [A, B, C] = [0, 1, 2];
const NOBODY = -1;

describe('the facts of a core', () => {
  it('give the CPU time of the vCPUs there', () => {
    const reader = readerOf(
      { timeNs: 100, cpuNs: 0, vcpu: A, kind: 'resume' },
      { timeNs: 600, cpuNs: 500, vcpu: A, kind: 'pause' },
      { timeNs: 700, cpuNs: 40, vcpu: B, kind: 'resume' },
      { timeNs: 900, cpuNs: 240, vcpu: B, kind: 'block' },
      { timeNs: 1000, cpuNs: 500, vcpu: A, kind: 'resume' },
      { timeNs: 1300, cpuNs: 800, vcpu: A, kind: 'done' },
    );
    assert.equal(reader.busyNs[0], 500 + 200 + 300);
    assert.deepEqual([...reader.stolenNs], [0, 0, 0]);
  });

  it('give what a vCPU lost while it was dispatched', () => {
    const reader = readerOf(
      { timeNs: 0, cpuNs: 0, vcpu: A, kind: 'resume' },
      { timeNs: 1000, cpuNs: 900, vcpu: A, kind: 'pause' },
      { timeNs: 2000, cpuNs: 900, vcpu: A, kind: 'resume' },
      { timeNs: 2500, cpuNs: 1150, vcpu: A, kind: 'pause' },
    );
    assert.deepEqual([...reader.stolenNs], [100 + 250, 0, 0]);
  });

  it('never say that less than nothing was stolen, when the clocks differ', () => {
    const reader = readerOf(
      { timeNs: 0, cpuNs: 0, vcpu: A, kind: 'resume' },
      { timeNs: 1000, cpuNs: 1010, vcpu: A, kind: 'pause' },
    );
    assert.equal(reader.stolenNs[A], 0);
  });

  it('single out a stay that lost a great deal', () => {
    const reader = readerOf(
      { timeNs: 0, cpuNs: 0, vcpu: B, kind: 'resume' },
      { timeNs: 150e6, cpuNs: 0, vcpu: B, kind: 'pause' },
      { timeNs: 200e6, cpuNs: 0, vcpu: A, kind: 'resume' },
      { timeNs: 700e6, cpuNs: 100e6, vcpu: A, kind: 'pause' },
    );
    assert.deepEqual(reader.longStays, [{ pcpu: 0, vcpu: A, fromNs: 200e6, toNs: 700e6 }]);
  });

  it('tell which pauses were put off, kept vCPUs among them, which never left', () => {
    const reader = readerOf(
      { timeNs: 0, cpuNs: 0, vcpu: A, kind: 'resume' },
      { timeNs: 100, cpuNs: 100, vcpu: A, kind: 'pause' },
      { timeNs: 200, cpuNs: 100, vcpu: A, kind: 'resume' },
      { timeNs: 300, cpuNs: 200, vcpu: A, kind: 'kept', lateNs: 60 },
      { timeNs: 400, cpuNs: 300, vcpu: A, kind: 'pause', lateNs: 30 },
    );
    assert.deepEqual(reader.putOffs[A], [[1, 60], [2, 30]]); // prettier-ignore
    assert.equal(reader.pauses[A], 3);
    assert.equal(reader.busyNs[0], 300);
  });

  it('of pauses that were put off are kept up to a bound, and pauses counted as far as that is known', () => {
    const facts = Array.from({ length: 5000 }, (_, i): Fact[] => [
      { timeNs: 2 * i, cpuNs: i, vcpu: A, kind: 'resume' },
      { timeNs: 2 * i + 1, cpuNs: i + 1, vcpu: A, kind: 'pause', lateNs: 1 },
    ]);
    const reader = readerOf(...facts.flat());
    assert.equal(reader.putOffs[A].length, 4096);
    assert.equal(reader.pauses[A], 4096);
  });

  it('tell how long a core took to do what it was told: with a hand-over, and when it was empty', () => {
    const reader = readerOf(
      { timeNs: 1000, cpuNs: 0, vcpu: A, kind: 'resume', lateNs: 300 },
      { timeNs: 2000, cpuNs: 1000, vcpu: A, kind: 'pause', next: B },
      { timeNs: 2020, cpuNs: 0, vcpu: B, kind: 'resume', lateNs: 50 },
      { timeNs: 3000, cpuNs: 980, vcpu: B, kind: 'pause', next: A, lateNs: 700 },
      { timeNs: 3020, cpuNs: 1000, vcpu: A, kind: 'resume', lateNs: 750 },
      { timeNs: 4000, cpuNs: 1980, vcpu: A, kind: 'block' },
      { timeNs: 9000, cpuNs: 980, vcpu: B, kind: 'resume', lateNs: 90 },
    );
    assert.deepEqual([reader.handOver.count, reader.handOver.quantiles().max], [1, 50]);
    assert.deepEqual([reader.start.count, reader.start.quantiles().max], [2, 300]);
    assert.equal(reader.gap.count, 2);
  });

  it('ignore a stay whose beginning was lost', () => {
    const reader = readerOf(
      { timeNs: 600, cpuNs: 500, vcpu: A, kind: 'pause' },
      { timeNs: 700, cpuNs: 0, vcpu: B, kind: 'resume' },
      { timeNs: 9000, cpuNs: 7000, vcpu: A, kind: 'pause' },
      { timeNs: 9100, cpuNs: 300, vcpu: B, kind: 'pause' },
    );
    assert.equal(reader.busyNs[0], 0);
    assert.deepEqual([...reader.stolenNs], [0, 0, 0]);
  });

  it('are kept apart from those of other cores', () => {
    const facts = new FakeFacts(2);
    const reader = new FactReader(fakeNative(facts.native), 2, 2);
    facts.add(0, { timeNs: 0, cpuNs: 0, vcpu: A, kind: 'resume' });
    facts.add(1, { timeNs: 0, cpuNs: 0, vcpu: B, kind: 'resume' });
    reader.drain();
    facts.add(0, { timeNs: 100, cpuNs: 90, vcpu: A, kind: 'pause', next: B });
    facts.add(1, { timeNs: 50, cpuNs: 30, vcpu: B, kind: 'pause', next: A });
    reader.drain();
    assert.deepEqual([...reader.busyNs], [90, 30]);
    assert.deepEqual([...reader.stolenNs], [10, 20]);
    assert.equal(reader.dropped, 3);
  });

  for (const stays of [255, 256, 257, 1500]) {
    it(`are all read when there are ${2 * stays} at once`, () => {
      const reader = readerOf(
        ...Array.from({ length: stays }, (_, n): Fact[] => [
          { timeNs: 100 * n, cpuNs: 10 * n, vcpu: A, kind: 'resume' },
          { timeNs: 100 * n + 12, cpuNs: 10 * (n + 1), vcpu: A, kind: 'pause' },
        ]).flat(),
      );
      assert.deepEqual([reader.busyNs[0], reader.stolenNs[A]], [10 * stays, 2 * stays]);
    });
  }
});

describe('the gap of a hand-over', () => {
  const leave = (next: number): Fact => ({ timeNs: 100, cpuNs: 0, vcpu: A, kind: 'pause', next });
  const come = (vcpu: number, timeNs = 107): Fact => ({ timeNs, cpuNs: 0, vcpu, kind: 'resume' });

  it('is from the pause of one vCPU to the start of the next', () => {
    const { gap } = readerOf(leave(B), come(B));
    assert.deepEqual([gap.count, gap.quantiles().max], [1, 7]);
  });

  it('is none when the core was idle in between', () => {
    assert.equal(readerOf(leave(NOBODY), come(B)).gap.count, 0);
  });

  it('is none when another one came first', () => {
    assert.equal(readerOf(leave(B), come(C)).gap.count, 0);
  });

  it('is none when a vCPU goes on itself', () => {
    assert.equal(readerOf(leave(A), come(A)).gap.count, 0);
  });

  it('is none before anybody left', () => {
    assert.equal(readerOf(come(A)).gap.count, 0);
  });

  it('is counted once, also when records in between were lost', () => {
    const { gap } = readerOf(leave(B), come(B), come(B, 9000));
    assert.deepEqual([gap.count, gap.quantiles().max], [1, 7]);
  });
});

/** One core's facts, read and added up. */
function readerOf(...list: readonly Fact[]): FactReader {
  const facts = new FakeFacts(1);
  facts.add(0, ...list);
  const reader = new FactReader(fakeNative(facts.native), 3, 1);
  reader.drain();
  return reader;
}
