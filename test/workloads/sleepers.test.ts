import assert from 'node:assert/strict';
import idle from '../../workloads/idle.ts';
import interactive from '../../workloads/interactive.ts';

describe('interactive', () => {
  /** CPU time at which each burst ended, on a clock where a unit takes `unitNs`. */
  function burstEnds(size: number, unitNs: number, bursts: number): number[] {
    let cpuNs = 5e9;
    const guest = { cpuNs: () => cpuNs };
    const state = interactive.prepare(1, size);
    const ends: number[] = [];
    while (ends.length < bursts) {
      const inner = interactive.step(state, { cpuNs: () => (cpuNs += unitNs / 2) });
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
      for (let i = 0; i < 30; i++) interactive.step(state, { cpuNs: () => (cpuNs += unitNs) });
      return interactive.checksum(state);
    };
    assert.equal(checksum(1000), checksum(400_000));
  });
});

describe('idle', () => {
  it('sleeps at once, and again after each wake-up, for as many ms as its size', () => {
    const state = idle.prepare(1, 250);
    for (let i = 0; i < 3; i++) assert.equal(idle.step(state, { cpuNs: () => 0 }), 250e6);
  });
});
