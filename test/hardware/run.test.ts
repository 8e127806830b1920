import assert from 'node:assert/strict';
import type { Testbed } from '../../src/testbed/testbed.ts';
import type { RunResult } from '../../src/result/result.ts';
import { RunFailed } from '../../src/result/run-failed.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import {
  cpus,
  MS,
  testbedFor,
  needHardware,
  onQuietHost,
  run,
  scenario,
  SECOND,
  shareOfUsed,
  testWorkload,
  vm,
  vmOf,
} from './support.ts';

describe('a run on real cores', function () {
  this.timeout(60_000);
  // Paranoid: the scheduler's own state is checked after each of its calls.
  const testbed = testbedFor({ pcpus: cpus.slice(0, 1), paranoid: true });

  it('divides one pCPU between two hogs by weight', async function () {
    await onQuietHost(
      this,
      () => soundRun(testbed(), scenario([vm('A'), vm('B', { weight: 512 })], { durationNs: 3 * SECOND })),
      (result) => {
        assert.ok(
          Math.abs(shareOfUsed(result, 'A') - 100 / 3) < 3,
          `A used ${shareOfUsed(result, 'A').toFixed(1)} %`,
        );
        assert.ok(result.loop.switchGapNs.count > 50);
      },
    );
  });

  it('holds a VM alone to its cap', async function () {
    await onQuietHost(
      this,
      () => soundRun(testbed(), scenario([vm('A', { cap: 25 })], { durationNs: 3 * SECOND })),
      (result) => {
        const { sharePercent } = vmOf(result, 'A');
        assert.ok(sharePercent > 21 && sharePercent < 27, `a cap of 25 gave ${sharePercent.toFixed(1)} %`);
      },
    );
  });

  it('does a fixed amount of work, and the heavier VM is done first', async function () {
    const work = { kind: 'units', units: 2000 } as const;
    await onQuietHost(
      this,
      () => soundRun(testbed(), scenario([vm('A', { work }), vm('B', { weight: 1024, work })])),
      (result) => {
        const [a, b] = result.vms;
        assert.equal(a.vcpus[0].units, 2000);
        assert.equal(b.vcpus[0].units, 2000);
        assert.ok(Number(b.wallNs) < Number(a.wallNs));
        assert.ok(Number(a.wallNs) >= a.cpuNs);
        assert.ok(Number(a.idealWallNs) > Number(b.idealWallNs));
        assert.equal(a.vcpus[0].checksum, b.vcpus[0].checksum);
      },
    );
  });

  it('measures shares until the first is done, and has foretold them', async function () {
    // A share is one only over many slices: some 2 s of them, also on a fast machine.
    const work = { kind: 'units', units: 9000 } as const;
    await onQuietHost(
      this,
      () => soundRun(testbed(), scenario([vm('A', { work }), vm('B', { weight: 512, work })])),
      (result) => {
        const [a, b] = result.vms.map(({ contendedSharePercent }) => Number(contendedSharePercent));
        const { contendedNs = 0 } = result;
        // B is the first, and all that it used it used until then.
        assert.equal(contendedNs, result.vms[1].vcpus[0].endNs);
        assert.ok(Math.abs(b - (100 * result.vms[1].cpuNs) / contendedNs) < 0.01, `B ${b}`);
        assert.ok(a > 30 && a < 37 && a + b > 95 && a + b <= 100.01, `A ${a}, B ${b}`);
        for (const { forecast } of result.vms) {
          assert.ok(forecast?.wallNs && forecast.sharePercent);
        }
      },
    );
  });

  it('runs an SMP VM on two pCPUs', async function () {
    needHardware(this, 2);
    const vms = [vm('S', { vcpus: 2 }), vm('U'), vm('W')];
    await onQuietHost(
      this,
      () => soundRun(testbed(), scenario(vms, { pcpus: cpus.slice(0, 2), durationNs: 3 * SECOND })),
      (result) => {
        assert.ok(
          Math.abs(shareOfUsed(result, 'S') - 50) < 8,
          `S used ${shareOfUsed(result, 'S').toFixed(1)} %`,
        );
      },
    );
  });

  it('moves a vCPU to a pCPU that fell idle', async function () {
    needHardware(this, 2);
    const short = vm('F', { work: { kind: 'units', units: 800 } });
    const pcpus = cpus.slice(0, 2);
    await onQuietHost(
      this,
      () => soundRun(testbed(), scenario([short, vm('A'), vm('B')], { pcpus, durationNs: 2 * SECOND })),
      (result) => {
        const moves = result.vms
          .flatMap(({ vcpus }) => vcpus)
          .reduce((sum, { steals, migrations }) => sum + steals + migrations, 0);
        assert.ok(moves > 0, 'nobody moved');
        assert.ok(Number(vmOf(result, 'F').wallNs) < result.windowNs);
      },
    );
  });

  it('keeps a pinned VM on its pCPU', async function () {
    needHardware(this, 2);
    const pcpus = cpus.slice(0, 2);
    const vms = [vm('A', { pin: [pcpus[0]] }), vm('B', { pin: [pcpus[0]] }), vm('C', { pin: [pcpus[1]] })];
    await onQuietHost(
      this,
      () => soundRun(testbed(), scenario(vms, { pcpus, durationNs: 2 * SECOND })),
      (result) => {
        assert.ok(vmOf(result, 'C').cpuNs > 1.3 * vmOf(result, 'A').cpuNs);
        assert.equal(vmOf(result, 'C').vcpus[0].steals, 0);
      },
    );
  });

  it('lets a vCPU sleep, wakes it, and boosts it past a hog', async function () {
    const vms = [vm('I', { workload: 'interactive' }), vm('H')];
    await onQuietHost(
      this,
      () => soundRun(testbed(), scenario(vms, { durationNs: 3 * SECOND })),
      (result) => {
        const [interactive] = vmOf(result, 'I').vcpus;
        // One that always blocks before a tick finds it running keeps its boost, so that wake-ups outnumber boosts.
        assert.ok((interactive.counters?.boosts ?? 0) > 0);
        assert.ok(interactive.dispatches > 100, `dispatched ${interactive.dispatches} times`);
        const { sharePercent } = vmOf(result, 'I');
        assert.ok(sharePercent > 4 && sharePercent < 13, `1 ms in 10 gave ${sharePercent.toFixed(1)} %`);
      },
    );
  });

  it('lets a vCPU yield: a hog goes first for a whole slice, whatever the weights', async function () {
    const vms = [vm('P', { workload: 'polite', weight: 1024 }), vm('H')];
    await onQuietHost(
      this,
      () => soundRun(testbed(), scenario(vms, { durationNs: 3 * SECOND })),
      (result) => {
        const share = shareOfUsed(result, 'P');
        assert.ok(share > 1 && share < 10, `1 ms in 31 gave ${share.toFixed(1)} %`);
        const { dispatches, pauses } = vmOf(result, 'P').vcpus[0];
        assert.ok(dispatches > 60, `dispatched ${dispatches} times`);
        // It leaves by itself, and isn't let in again before the hog.
        assert.ok(pauses !== undefined && pauses < dispatches / 4, `paused ${pauses} times`);
      },
    );
  });

  it('lets a vCPU yield that is alone: it goes on at once', async function () {
    await onQuietHost(
      this,
      () => soundRun(testbed(), scenario([vm('P', { workload: 'polite' })], { durationNs: SECOND })),
      (result) => {
        const { sharePercent } = vmOf(result, 'P');
        assert.ok(sharePercent > 50, `it got ${sharePercent.toFixed(1)} %`);
      },
    );
  });

  it('leaves an idle guest asleep', async function () {
    await onQuietHost(
      this,
      () => soundRun(testbed(), scenario([vm('Z', { workload: 'idle' }), vm('H')], { durationNs: SECOND })),
      (result) => {
        assert.ok(vmOf(result, 'Z').sharePercent < 1);
      },
    );
  });

  it('starts a VM late', async function () {
    await onQuietHost(
      this,
      () =>
        soundRun(
          testbed(),
          scenario([vm('A'), vm('B', { startNs: 500 * MS })], { durationNs: 1.5 * SECOND }),
        ),
      (result) => {
        assert.ok(Number(vmOf(result, 'B').vcpus[0].startNs) >= 500 * MS);
        assert.ok(vmOf(result, 'A').cpuNs > 1.3 * vmOf(result, 'B').cpuNs);
      },
    );
  });

  it('follows a change of weight and a pause', async function () {
    const events = [
      { atNs: 500 * MS, kind: 'pause', vm: 'B' },
      { atNs: 1500 * MS, kind: 'unpause', vm: 'B' },
      { atNs: 1500 * MS, kind: 'set', vm: 'A', weight: 1024 },
    ] as const;
    await onQuietHost(
      this,
      () => soundRun(testbed(), scenario([vm('A'), vm('B')], { durationNs: 3 * SECOND, events })),
      (result) => {
        assert.ok(shareOfUsed(result, 'A') > 65, `A used ${shareOfUsed(result, 'A').toFixed(1)} %`);
      },
    );
  });

  it('ends early when told to, and says what was measured', async () => {
    const aborter = new AbortController();
    setTimeout(() => aborter.abort(), 1000);
    const started = performance.now();
    const result = await run(testbed(), scenario([vm('A'), vm('B')], { durationNs: 30 * SECOND }), {
      signal: aborter.signal,
    });
    assert.ok(performance.now() - started < 3000);
    assert.equal(result.complete, false);
    assert.ok(result.windowNs > 0 && vmOf(result, 'A').cpuNs > 0);
  });

  it('fails when a workload throws, with what was measured', async () => {
    const failing = vm('X', { workload: testWorkload('throws-late') });
    await assert.rejects(
      run(testbed(), scenario([failing, vm('A')], { durationNs: 10 * SECOND })),
      (error: unknown) => {
        assert.ok(error instanceof RunFailed);
        assert.match(error.message, /enough is enough/);
        assert.ok(
          error.partial !== null && error.partial.complete === false && vmOf(error.partial, 'A').cpuNs > 0,
        );
        return true;
      },
    );
  });

  it('serves the next run after a failed one', async () => {
    consistent(await run(testbed(), scenario([vm('A')], { durationNs: 500 * MS })));
  });

  it('refuses a workload whose checksum differs from run to run', async () => {
    const fickle = vm('X', { workload: testWorkload('fickle') });
    await assert.rejects(run(testbed(), scenario([fickle], { durationNs: SECOND })), {
      code: 'BAD_WORKLOAD',
    });
  });
});

async function soundRun(testbed: Testbed, what: Scenario): Promise<RunResult> {
  const result = await run(testbed, what);
  consistent(result);
  return result;
}

/** What must hold on any machine, however noisy. */
function consistent(result: RunResult): void {
  assert.equal(result.complete, true);
  assert.ok(
    !result.warnings.some((warning) => warning.includes('state machine')),
    result.warnings.join('; '),
  );
  assert.equal(result.loop.factsDropped, 0);
  const vcpus = result.vms.flatMap((each) => each.vcpus);
  for (const vcpu of vcpus) {
    assert.equal(vcpu.checksumOk, true, `${vcpu.id}: checksum ${vcpu.checksum}`);
    assert.ok(vcpu.tid > 0 && vcpu.startNs !== null);
  }
  const busy = result.pcpus.map(({ busyNs }) => busyNs);
  // Never more than one runner on a pCPU: their CPU times can't add up to more than has passed.
  for (const busyNs of busy) assert.ok(busyNs <= 1.002 * result.windowNs + MS);
  const billed = vcpus.reduce((sum, { cpuNs }) => sum + cpuNs, 0);
  const ran = busy.reduce((sum, busyNs) => sum + busyNs, 0);
  assert.ok(Math.abs(billed - ran) < 0.02 * ran + 5 * MS, `billed ${billed}, ran ${ran}`);
}
