import assert from 'node:assert/strict';
import { IDLE } from '../../src/core/policy.ts';
import { Exit } from '../../src/machine/machine.ts';
import type { LoopLatencies } from '../../src/sim/latency.ts';
import { FixedLatency, ON_TIME } from '../../src/sim/latency.ts';
import { MeasuredPutOffs, type PutOffs } from '../../src/sim/put-offs.ts';
import { SimMachine } from '../../src/sim/sim-machine.ts';
import { simulate, type SimOptions } from '../../src/sim/simulate.ts';

const MS = 1e6;

const hog = { weight: 256, cap: 0, vcpus: [{ guest: { kind: 'hog' } as const }] };

function twoHogs(options: Partial<SimOptions>) {
  return simulate({ pcpuCount: 1, durationNs: 10_000 * MS, vms: [hog, hog], paranoid: true, ...options });
}

/** The first vCPU is always in a stretch of that length when it should leave. */
const alwaysLate = (ns: number): PutOffs => ({ nextNs: (vcpu) => (vcpu === 0 ? ns : 0) });

describe('a simulated vCPU whose pause is put off', () => {
  it('goes on computing, is charged for it, and the next one comes when it has left', () => {
    const { vcpus, busyNs } = twoHogs({ putOffs: alwaysLate(10 * MS) });
    // It has 40 of each 60 ms at first; what it owes is paid back, and busy is what both computed.
    assert.ok(vcpus[0].cpuNs > vcpus[1].cpuNs);
    assert.equal(busyNs[0], vcpus[0].cpuNs + vcpus[1].cpuNs);
    assert.equal(busyNs[0], 10_000 * MS);
  });

  it('keeps the core when it is wished for again before it has left', () => {
    const { vcpus } = twoHogs({ putOffs: alwaysLate(60 * MS) });
    // The other one's turns pass by while it can't be stopped.
    assert.ok(vcpus[1].cpuNs < 4000 * MS, `${vcpus[1].cpuNs}`);
  });

  it('is not put off where it could be paused at once', () => {
    assert.deepEqual(twoHogs({ putOffs: alwaysLate(0) }), twoHogs({}));
  });

  it('that ends its work meanwhile leaves then', () => {
    const vms = [{ ...hog, vcpus: [{ guest: { kind: 'finite', workNs: 35 * MS } as const }] }, hog];
    const { vcpus } = twoHogs({ vms, durationNs: 100 * MS, putOffs: alwaysLate(10 * MS) });
    assert.equal(vcpus[0].doneNs, 35 * MS);
    assert.equal(vcpus[0].cpuNs + vcpus[1].cpuNs, 100 * MS);
  });

  it('but yields by itself leaves then: nothing is left to put off', () => {
    const polite = { ...hog, vcpus: [{ guest: { kind: 'yield', runNs: 1 * MS } as const }] };
    const run = (putOffs: PutOffs | null) => twoHogs({ vms: [polite, hog], durationNs: 1000 * MS, putOffs });
    const late = run(alwaysLate(10 * MS));
    assert.ok(late.vcpus[0].dispatches > 20, `dispatched ${late.vcpus[0].dispatches} times`);
    assert.deepEqual(late, run(null));
  });

  it('and yields meanwhile goes to the pCPU that it is told to run on by then', () => {
    const machine = new SimMachine({
      pcpuCount: 2,
      guests: [{ kind: 'yield', runNs: 5 * MS }],
      startNs: [0],
      putOffs: alwaysLate(10 * MS),
    });
    machine.dispatch(0, 0);
    machine.wait(1 * MS);
    machine.dispatch(0, IDLE);
    machine.dispatch(1, 0);
    machine.wait(20 * MS);
    assert.deepEqual([machine.nextExit(machine.nowNs()), machine.exit], [0, Exit.yielded]);
    machine.wait(8 * MS);
    assert.deepEqual([machine.busyNs(0), machine.busyNs(1)], [5 * MS, 3 * MS]);
  });

  it('does so in the order of the run that was measured, again from the beginning when that is over', () => {
    const putOffs = new MeasuredPutOffs([
      { pauses: 4, putOffs: [[1, 7], [2, 9]] }, // prettier-ignore
      { pauses: 5, putOffs: [] },
    ]);
    assert.deepEqual(
      Array.from({ length: 10 }, () => putOffs.nextNs(0)),
      [0, 7, 9, 0, 0, 7, 9, 0, 0, 7],
    );
    assert.equal(putOffs.nextNs(1), 0);
  });
});

describe('a simulated core that takes time to do what it is told', () => {
  const latency = (part: Partial<LoopLatencies>): LoopLatencies => ({
    timer: ON_TIME,
    exit: ON_TIME,
    wake: ON_TIME,
    handOver: ON_TIME,
    gap: ON_TIME,
    start: ON_TIME,
    ...part,
  });

  it('runs the old vCPU until it has heard of the change, and nobody in the gap', () => {
    const { vcpus, busyNs, switches } = twoHogs({
      latency: latency({ handOver: new FixedLatency(50_000), gap: new FixedLatency(20_000) }),
    });
    const used = vcpus[0].cpuNs + vcpus[1].cpuNs;
    assert.equal(busyNs[0], used);
    // The first one came onto an empty core, and the last change is from it to nobody.
    assert.equal(10_000 * MS - used, 20_000 * (switches[0] - 1));
  });

  it('is empty until a vCPU has started there', () => {
    const { vcpus } = simulate({
      pcpuCount: 1,
      durationNs: 100 * MS,
      vms: [hog],
      latency: latency({ start: new FixedLatency(300_000) }),
    });
    assert.equal(vcpus[0].firstNs, 300_000);
    assert.equal(vcpus[0].cpuNs, 100 * MS - 300_000);
  });

  it('sees exits and virtual interrupts as late as they are, not as late as timers', () => {
    const io = { kind: 'io', runNs: 1 * MS, sleepNs: 9 * MS } as const;
    const vms = [{ weight: 256, cap: 0, vcpus: [{ guest: io }] }, hog];
    const share = (part: Partial<LoopLatencies>): number => {
      const { busyNs } = simulate({ pcpuCount: 1, durationNs: 1000 * MS, vms, latency: latency(part) });
      return busyNs[0] / (1000 * MS);
    };
    // A timer that is late leaves no core empty; an exit that is seen late does, 1 ms each time.
    assert.equal(share({ timer: new FixedLatency(1 * MS) }), 1);
    const seenLate = share({ exit: new FixedLatency(1 * MS) });
    assert.ok(seenLate > 0.88 && seenLate < 0.93, `${seenLate}`);
  });
});
