import assert from 'node:assert/strict';
import { noiseBetween } from '../../src/doctor/noise.ts';
import type { LoadSnapshot } from '../../src/doctor/read-load.ts';

const ME = 1000;

type Ticks = readonly [pid: number, parent: number, ticks: number, endedTicks?: number];

function snapshot(busy: readonly number[], programs: readonly Ticks[], steal = 0): LoadSnapshot {
  return {
    cpus: new Map(busy.map((ticks, cpu) => [cpu, { busy: ticks, steal, total: 0 }])),
    programs: new Map(
      programs.map(([pid, parent, ticks, endedTicks = 0]) => [pid, { name: 'x', parent, ticks, endedTicks }]),
    ),
  };
}

/** Over two seconds: 200 ticks a CPU. */
const between = (before: LoadSnapshot, after: LoadSnapshot) =>
  noiseBetween(before, after, { seconds: 2, ownPid: ME });

describe('the noise of a host', () => {
  it('is what the CPUs were busy with beyond this process', () => {
    const noise = between(snapshot([50, 50], [[ME, 1, 10]]), snapshot([250, 150], [[ME, 1, 210]]));
    assert.deepEqual(noise, { cpus: 2, othersCpus: 0.5, stealCpus: 0 });
  });

  it('is none when this process was all that ran, whatever its threads did to each other', () => {
    const noise = between(snapshot([0, 0], [[ME, 1, 0]]), snapshot([200, 0], [[ME, 1, 200]]));
    assert.equal(noise.othersCpus, 0);
  });

  it('is not what children of this process did, alive, begun or ended meanwhile', () => {
    const before = snapshot(
      [0, 0],
      [
        [ME, 1, 0],
        [7, ME, 30],
        [8, 7, 0],
      ],
    );
    const after = snapshot(
      [160, 0],
      [
        [ME, 1, 20, 60],
        [8, 1, 0],
        [9, ME, 50],
        [10, 9, 60],
      ],
    );
    assert.equal(between(before, after).othersCpus, 0);
  });

  it('has what other machines took apart', () => {
    const noise = between(snapshot([0, 0], []), snapshot([0, 0], [], 40));
    assert.deepEqual([noise.othersCpus, noise.stealCpus], [0, 0.4]);
  });
});
