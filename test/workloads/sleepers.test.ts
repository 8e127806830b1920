import assert from 'node:assert/strict';
import idle from '../../workloads/idle.ts';
import interactive from '../../workloads/interactive.ts';
import periodic from '../../workloads/periodic.ts';
import sleeper from '../../workloads/sleeper.ts';

describe('interactive', () => {
  /** CPU time at which each burst ended, on a clock where a unit takes `unitNs`. */
  function burstEnds(size: number, unitNs: number, bursts: number): number[] {
    let cpuNs = 5e9;
    const guest = { cpuNs: () => cpuNs };
    const state = interactive.prepare(1, size);
    const ends: number[] = [];
    while (ends.length < bursts) {
      const inner = interactive.step(state, { cpuNs: () => (cpuNs += unitNs / 2), nowNs: () => 0 });
      if (inner !== undefined) {
        assert.equal(inner, 10e6 - size * 1e3);
        ends.push(guest.cpuNs() - 5e9);
      }
    }
    return ends;
  }

  it('runs for 1 ms of CPU time, then sleeps for 9 ms', () => {
    const [end] = burstEnds(1000, 20_000, 1);
    assert.ok(end >= 1e6 && end <= 1e6 + 40_000, `the burst took ${end} ns`);
  });

  it('does not drift: what one burst runs over, the next runs less', () => {
    const ends = burstEnds(1000, 70_000, 100);
    const last = ends[ends.length - 1];
    assert.ok(last >= 100e6 && last <= 100e6 + 140_000, `100 bursts took ${last} ns`);
  });

  it('has a burst as long as its size says, in a period of 10 ms', () => {
    const [end] = burstEnds(4000, 20_000, 1);
    assert.ok(end >= 4e6 && end <= 4e6 + 40_000, `the burst took ${end} ns`);
  });

  it('has a checksum that does not depend on how fast the clock goes', () => {
    const checksum = (unitNs: number): number | string => {
      let cpuNs = 0;
      const state = interactive.prepare(1, 1000);
      for (let i = 0; i < 30; i++)
        interactive.step(state, { cpuNs: () => (cpuNs += unitNs), nowNs: () => 0 });
      return interactive.checksum(state);
    };
    assert.equal(checksum(1000), checksum(400_000));
  });
});

describe('idle', () => {
  it('sleeps at once, and again after each wake-up, for as many ms as its size', () => {
    const state = idle.prepare(1, 250);
    for (let i = 0; i < 3; i++) assert.equal(idle.step(state, { cpuNs: () => 0, nowNs: () => 0 }), 250e6);
  });
});

describe('sleeper', () => {
  it('sleeps for as many µs as its size after each ms of CPU time', () => {
    const clock = { ns: 7e9 };
    const state = sleeper.prepare(1, 9370);
    const ends: number[] = [];
    while (ends.length < 3) {
      const end = sleeper.step(state, { cpuNs: () => (clock.ns += 10_000), nowNs: () => clock.ns });
      if (end === undefined) continue;
      assert.equal(end, 9.37e6);
      ends.push(Math.round((clock.ns - 7e9) / 1e6));
    }
    assert.deepEqual(ends, [1, 2, 3]);
  });
});

describe('periodic', () => {
  /** When each burst ended, and when the next one begins, on a machine that lets it compute after some delay. */
  function bursts(size: number, delaysNs: readonly number[]): (readonly [number, number])[] {
    let nowNs = 3e9;
    let cpuNs = 0;
    const compute = (ns: number) => {
      nowNs += ns;
      return (cpuNs += ns);
    };
    const state = periodic.prepare(1, size);
    return delaysNs.map((delayNs) => {
      nowNs += delayNs;
      for (;;) {
        const end = periodic.step(state, { cpuNs: () => compute(50_000), nowNs: () => nowNs });
        if (end === undefined) continue;
        const endedNs = nowNs;
        nowNs += Number(end);
        return [Math.floor((endedNs - 3e9) / 1e5) / 10, Math.round((nowNs - 3e9) / 1e5) / 10];
      }
    });
  }

  it('is due every 10 ms, however late it was before', () => {
    assert.deepEqual(bursts(2000, [0, 0.3e6, 0, 3e6, 0]), [
      [2, 10],
      [12.3, 20],
      [22, 30],
      [35, 40],
      [42, 50],
    ]);
  });

  it("begins at once with what is overdue, and doesn't make up what it missed", () => {
    const [first, late, after, next] = bursts(9000, [0, 13e6, 0, 0]);
    assert.deepEqual(
      [first, late],
      [
        [9, 10],
        [32, 32],
      ],
    );
    assert.deepEqual(
      [after, next],
      [
        [41, 42],
        [51, 52],
      ],
    );
  });
});
