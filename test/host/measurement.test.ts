import assert from 'node:assert/strict';
import type { RunResult } from '../../src/result/result.ts';
import { ContentionMeter } from '../../src/host/contention-meter.ts';
import { FactReader } from '../../src/host/fact-reader.ts';
import { resultOf, type Sources } from '../../src/host/measurement.ts';
import { StatField } from '../../src/addon/native.ts';
import { Scoreboard } from '../../src/host/scoreboard.ts';
import { SpeedMeter } from '../../src/host/speed-meter.ts';
import { VcpuGauges } from '../../src/host/vcpu-gauges.ts';
import { QUIET } from './quiet-host.ts';
import { type Fact, FakeFacts, fakeNative, fakeVcpus } from './fake-native.ts';
import { scenario, vm } from './invented-scenario.ts';

/** VM A from the start, VM B from 2 s on, with two vCPUs; all of them done at the end. */
const SCENARIO = scenario({ pcpus: [6, 4], vms: [vm('A'), vm('B', { vcpus: 2, startNs: 2e9 })] });
const VCPUS = [
  { tid: 11, cpuNs: 3e9, units: 30, startNs: 0, endNs: 6e9 },
  { tid: 12, cpuNs: 1e9, units: 10, startNs: 2e9, endNs: 8e9 },
  { tid: 13, cpuNs: 1e9, units: 10, startNs: 2e9, endNs: 7e9 },
];

describe('a stop of the whole process', () => {
  it('is left out of the window and of execution times', () => {
    const result = resultWith({ stopped: [{ atNs: 4e9, lengthNs: 1e9 }] });
    assert.equal(result.windowNs, 7e9);
    assert.deepEqual(wallOf(result), [5e9, 5e9]);
    assert.equal(result.vms[0].sharePercent, (100 * 3) / 7);
  });

  it('counts for a VM only as far as it had started and not ended', () => {
    const result = resultWith({
      stopped: [
        { atNs: 1e9, lengthNs: 2e9 },
        { atNs: 5.5e9, lengthNs: 1e9 },
      ],
    });
    assert.equal(result.windowNs, 5e9);
    assert.deepEqual(wallOf(result), [6e9 - 2e9 - 0.5e9, 6e9 - 1e9 - 1e9]);
  });

  it('that lasted beyond the end counts up to there', () => {
    assert.equal(resultWith({ stopped: [{ atNs: 7.5e9, lengthNs: 9e9 }] }).windowNs, 7.5e9);
  });

  it('was stolen from nobody', () => {
    const stay: Fact[] = [
      { timeNs: 3e9, cpuNs: 0, vcpu: 0, kind: 'resume' },
      { timeNs: 5e9, cpuNs: 0.75e9, vcpu: 0, kind: 'pause' },
    ];
    const stolen = (change: Partial<Sources>): number => {
      const { vms, pcpus } = resultWith(change, stay);
      // From the vCPU on its core, and so on the pCPU.
      assert.equal(pcpus[0].stolenNs, vms[0].vcpus[0].stolenNs);
      return vms[0].vcpus[0].stolenNs;
    };
    assert.equal(stolen({}), 1.25e9);
    assert.equal(stolen({ stopped: [{ atNs: 3.5e9, lengthNs: 1e9 }] }), 0.25e9);
    assert.equal(stolen({ stopped: [{ atNs: 6e9, lengthNs: 1e9 }] }), 1.25e9);
  });
});

describe('the result of a run', () => {
  it('has execution times from the start of each VM to the end of its last vCPU', () => {
    const result = resultWith({});
    assert.equal(result.windowNs, 8e9);
    assert.deepEqual(wallOf(result), [6e9, 6e9]);
    assert.deepEqual(
      result.vms.map(({ cpuNs, sharePercent }) => [cpuNs, sharePercent]),
      [
        [3e9, 37.5],
        [2e9, 25],
      ],
    );
    assert.deepEqual(
      result.vms.map(({ vcpus }) => vcpus.map(({ id, tid }) => [id, tid])),
      [
        [['A/v0', 11]],
        [
          ['B/v0', 12],
          ['B/v1', 13],
        ],
      ],
    );
  });

  it('has what own threads used and what was stolen on each pCPU', () => {
    const stay: Fact[] = [
      { timeNs: 3e9, cpuNs: 0, vcpu: 0, kind: 'resume' },
      { timeNs: 5e9, cpuNs: 0.75e9, vcpu: 0, kind: 'pause' },
    ];
    const of = (change: Partial<Sources>) =>
      resultWith(change, stay).pcpus.map(({ stolenNs, ownThreadsNs }) => [stolenNs, ownThreadsNs]);
    assert.deepEqual(of({}), [
      [1.25e9, 1e6],
      [0, 2e6],
    ]);
    assert.deepEqual(of({ ownThreadsNs: null }), [
      [1.25e9, null],
      [0, null],
    ]);
  });

  it('has the work done in terms of a pCPU that does it alone, where its speed is known', () => {
    // 30 units of 80 ms in a window of 8 s, for which the VM used 3 s of CPU time.
    assert.deepEqual(
      resultWith({}).vms.map(({ workSharePercent }) => workSharePercent),
      [30, null],
    );
  });

  it('has no more work than CPU time where the program was calibrated before it was compiled', () => {
    // 30 units in 3 s of CPU time are 100 ms each, and not 250.
    assert.equal(resultWith({ nsPerUnit: [250e6, null] }).vms[0].workSharePercent, 37.5);
    assert.equal(resultWith({ nsPerUnit: [50e6, null] }).vms[0].workSharePercent, 18.75);
  });

  it('has the shares while all compete: from the last start until the first vCPU is done', () => {
    // A has the core from 0 to 6 s, half of which is stolen; B starts at 2 s.
    const facts: Fact[] = [
      { timeNs: 0, cpuNs: 0, vcpu: 0, kind: 'resume' },
      { timeNs: 6e9, cpuNs: 3e9, vcpu: 0, kind: 'done' },
    ];
    const result = resultWith({}, facts);
    assert.equal(result.contendedNs, 4e9);
    assert.deepEqual(
      result.vms.map(({ contendedSharePercent }) => contendedSharePercent),
      [50, (100 * (2 * (1e9 * 4))) / 6 / 4e9],
    );
  });

  it('leaves a stop of the whole process out of the time for which all compete', () => {
    assert.equal(resultWith({ stopped: [{ atNs: 3e9, lengthNs: 1e9 }] }).contendedNs, 3e9);
  });

  it('has the ideal for the work as it turned out, in time and in share', () => {
    const { vms } = resultWith({ workNs: [3e9, 1e9] });
    // A has a pCPU to itself for 2 s. Then three vCPUs of equal weight have two thirds of a pCPU each.
    assert.deepEqual(
      vms.map(({ idealWallNs }) => idealWallNs),
      [3.5e9, 1.5e9],
    );
    assert.deepEqual(
      vms.map(({ idealSharePercent }) => idealSharePercent),
      [37.5, 25],
    );
  });

  it('has no execution time for a VM with a vCPU that has not finished', () => {
    const unfinished = VCPUS.map((fields, vcpu) => (vcpu === 1 ? { ...fields, endNs: -1 } : fields));
    const result = resultWith({}, [], unfinished);
    assert.deepEqual(wallOf(result), [6e9, null]);
    assert.deepEqual(
      result.vms[1].vcpus.map(({ endNs }) => endNs),
      [null, 7e9],
    );
  });

  it('is empty before the common start', () => {
    const result = resultWith({ scoreboard: new Scoreboard(3, 2, []) });
    assert.deepEqual([result.windowNs, result.vms[0].sharePercent], [0, 0]);
  });

  it('lasts until now while it is under way', () => {
    const scoreboard = new Scoreboard(3, 2, []);
    scoreboard.setArmed();
    assert.equal(resultWith({ scoreboard }).windowNs, 9e9);
  });

  it("has what the kernel's statistics grew by, or nothing where it keeps none", () => {
    const scoreboard = new Scoreboard(3, 2, []);
    scoreboard.endNs = 8e9;
    scoreboard.setFinalStats(0, stats(8, 250));
    scoreboard.setFinalStats(2, stats(7, 70));
    const result = resultWith({ scoreboard, statsBefore: [stats(5, 100), stats(0, 0), null] });
    const grown = result.vms.flatMap(({ vcpus }) =>
      vcpus.map(({ involuntarySwitches, runqWaitNs }) => [involuntarySwitches, runqWaitNs]),
    );
    assert.deepEqual(grown, [
      [3, 150],
      [null, null],
      [null, null],
    ]);
  });
});

function resultWith(change: Partial<Sources>, onFirstCore: readonly Fact[] = [], vcpus = VCPUS): RunResult {
  const facts = new FakeFacts(2);
  facts.add(0, ...onFirstCore);
  const native = fakeNative({
    ...facts.native,
    ...fakeVcpus(vcpus),
    nowNs: () => 9e9,
    threadStats: () => -3,
  });
  const ended = new Scoreboard(3, 2, []);
  ended.endNs = 8e9;
  const { scoreboard = ended } = change;
  const contention = new ContentionMeter(SCENARIO);
  const sources: Sources = {
    native,
    scenario: SCENARIO,
    gauges: new VcpuGauges(native, SCENARIO, scoreboard),
    scoreboard,
    facts: new FactReader(native, 3, 2, null, contention),
    speed: new SpeedMeter(3),
    host: { events: () => QUIET },
    ownThreadsNs: Float64Array.of(1e6, 2e6),
    intentsDropped: null,
    outcomes: vcpus.map(() => ({ checksum: null, checksumOk: null, verifiedUnits: 0 })),
    statsBefore: [],
    nsPerUnit: [0.08e9, null],
    workNs: [null, null],
    contention,
    forecast: null,
    stopped: [],
    holdUps: { count: 0, longestNs: 0, totalNs: 0 },
    ...change,
  };
  return resultOf(sources, true, []);
}

function stats(involuntary: number, runqWaitNs: number): Float64Array {
  const values = new Float64Array(StatField.size);
  values[StatField.involuntary] = involuntary;
  values[StatField.runqWaitNs] = runqWaitNs;
  return values;
}

function wallOf(result: RunResult): (number | null)[] {
  return result.vms.map(({ wallNs }) => wallNs);
}
