import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { readAllowedCpus } from '../../src/cpus/read-host-cpus.ts';
import { simulatedRun } from '../../src/predict/simulated-run.ts';
import type { RunResult } from '../../src/result/result.ts';
import { formatCpuList } from '../../src/scenario/cpu-list.ts';
import type { Scenario, VmSpec } from '../../src/scenario/scenario.ts';
import type { Applied, LiveRun, Operation } from '../../src/testbed/live-run.ts';
import type { LiveHooks } from '../../src/testbed/testbed.ts';
import { Column, WIDTH } from '../../src/trace/record.ts';
import { TraceStore } from '../../src/trace/store.ts';
import { traceHeader } from '../../src/trace/trace.ts';
import {
  cpus,
  gateIsSound,
  MS,
  onQuietHost,
  run,
  scenario,
  SECOND,
  tell,
  testbedFor,
  testWorkload,
  vm,
} from './support.ts';

/** What a thread needs to leave, and the main thread to read a clock. */
const LEAVE_NS = 5 * MS;

describe('a run that is changed while it is under way', function () {
  this.timeout(120_000);
  const testbed = testbedFor({ pcpus: cpus.slice(0, 1), paranoid: true });

  /** Play a run that stays up, until `play` has done with it. */
  async function played(
    planned: Scenario,
    play: (live: LiveRun) => Promise<void>,
    hooks: Partial<LiveHooks> = {},
    trace: TraceStore | null = null,
  ): Promise<RunResult> {
    let failure: unknown = null;
    const onStart = (live: LiveRun): void => {
      play(live)
        .catch((error: unknown) => (failure = error))
        .finally(() => live.stop());
    };
    const result = await run(testbed(), planned, { live: { onStart, staysUp: true, ...hooks }, trace });
    gateIsSound();
    // What went wrong on the way explains more than the result.
    if (failure !== null) throw failure as Error;
    return result;
  }

  it('follows a weight', async function () {
    let parts: number[] = [];
    await onQuietHost(
      this,
      () =>
        played(scenario([vm('A'), vm('B')]), async (live) => {
          await sleep(1500);
          const before = live.cpuNs();
          parts = [partOf(before)];
          const { askedNs, atNs, actsNs } = await live.apply(
            [{ kind: 'set', vm: 0, parameters: { weight: 1024 } }],
            live.nowNs(),
          );
          assert.ok(askedNs <= atNs && atNs <= actsNs && actsNs <= atNs + 30 * MS);
          await sleep(300);
          const from = live.cpuNs();
          await sleep(1500);
          parts.push(partOf(live.cpuNs().map((ns, vcpu) => ns - from[vcpu])));
        }),
      ({ played: scenario, changes }) => {
        const [half, most] = parts;
        assert.ok(Math.abs(half - 0.5) < 0.1, `half: ${half}`);
        assert.ok(Math.abs(most - 0.8) < 0.15, `four fifths: ${most}`);
        assert.deepEqual(
          scenario?.events.map(({ kind }) => kind),
          ['set'],
        );
        assert.equal(changes?.length, 1);
      },
    );
  });

  it('has VMs that come and go, and their records', async () => {
    const planned = scenario([vm('A')]);
    const trace = new TraceStore();
    trace.begin(traceHeader(planned, { label: 'live', run: 1, machine: 'hardware' }));
    let gone = NaN;
    const result = await played(
      planned,
      async (live) => {
        await start(live, vm('B', { vcpus: 2, weight: 512 }));
        await sleep(400);
        await live.apply([{ kind: 'destroy', vm: 0 }], live.nowNs());
        await sleep(100);
        [gone] = live.cpuNs();
        await sleep(300);
        assert.ok(live.cpuNs()[0] - gone < LEAVE_NS, 'a destroyed VM uses no CPU time');
      },
      {},
      trace,
    );
    assert.ok(result.complete);
    assert.deepEqual(
      result.vms.map(({ name, vcpus }) => [name, vcpus.map(({ checksumOk }) => checksumOk)]),
      [
        ['A', [true]],
        ['B', [true, true]],
      ],
    );
    assert.ok(result.vms[1].vcpus.every(({ cpuNs }) => cpuNs > 10 * MS));
    const { header, count } = trace.trace() ?? assert.fail('nothing was recorded');
    assert.deepEqual(
      header.vcpus.map(({ id }) => id),
      ['A/v0', 'B/v0', 'B/v1'],
    );
    assert.ok(count > 50);
    assert.deepEqual(result.warnings, []);
  });

  it('may begin without a VM', async () => {
    const result = await played(scenario([]), async (live) => {
      await sleep(100);
      await start(live, vm('A'));
      await sleep(300);
    });
    assert.ok(result.vms[0].cpuNs > 10 * MS, `${result.vms[0].cpuNs}`);
    assert.ok((result.vms[0].vcpus[0].startNs ?? 0) >= 100 * MS);
  });

  it('is told what was played: simulated again, shares are the same within the noise', async function () {
    await onQuietHost(
      this,
      () =>
        played(scenario([vm('A'), vm('B', { weight: 512 })]), async (live) => {
          await sleep(1000);
          await live.apply([{ kind: 'set', vm: 1, parameters: { cap: 25 } }], live.nowNs());
          await sleep(1000);
          await live.apply([{ kind: 'pause', vm: 0 }], live.nowNs());
          await sleep(500);
          await live.apply([{ kind: 'unpause', vm: 0 }], live.nowNs());
          await live.apply([{ kind: 'tune', parameters: { tsliceNs: 10 * MS } }], live.nowNs());
          await sleep(1000);
        }),
      ({ played: scenario, vms, windowNs }) => {
        const simulated = simulatedRun(scenario ?? assert.fail('nothing was played'));
        assert.equal(simulated.windowNs, windowNs);
        for (const [index, { name, sharePercent }] of vms.entries()) {
          const expected = simulated.vms[index].sharePercent;
          assert.ok(Math.abs(sharePercent - expected) < 4, `${name}: ${sharePercent}, simulated ${expected}`);
        }
      },
    );
  });

  it('is predicted as it was measured while all competed: VMs came, one was paused, one went', async function () {
    await onQuietHost(
      this,
      () =>
        played(scenario([vm('A'), vm('B', { weight: 512 })]), async (live) => {
          await sleep(400);
          await start(live, vm('C'));
          await sleep(2000);
          await live.apply([{ kind: 'pause', vm: 1 }], live.nowNs());
          await sleep(400);
          await live.apply([{ kind: 'unpause', vm: 1 }], live.nowNs());
          await live.apply([{ kind: 'destroy', vm: 2 }], live.nowNs());
          await sleep(400);
        }),
      ({ played: scenario, vms, contendedNs }) => {
        const whole = scenario ?? assert.fail('nothing was played');
        const { events, vms: specs } = whole;
        const simulated = simulatedRun(whole);
        // From the last start to the first pause, however often a VM stood still or went after that.
        assert.equal(contendedNs, events[0].atNs - specs[2].startNs);
        assert.equal(simulated.contendedNs, contendedNs);
        for (const [index, { name, contendedSharePercent: measured }] of vms.entries()) {
          const { contendedSharePercent: expected } = simulated.vms[index];
          assert.ok(typeof measured === 'number' && typeof expected === 'number', name);
          assert.ok(Math.abs(measured - expected) < 4, `${name}: ${measured}, simulated ${expected}`);
        }
      },
    );
  });

  it('goes on when a program fails, and says so', async () => {
    const result = await played(scenario([vm('A')]), async (live) => {
      await start(live, vm('B', { workload: testWorkload('throws-late') }));
      const failures = () => live.failures?.() ?? assert.fail('real programs can fail');
      for (let waited = 0; failures().length === 0 && waited < 10_000; waited += 50) await sleep(50);
      const [before] = live.cpuNs();
      await sleep(300);
      assert.ok(live.cpuNs()[0] - before > 10 * MS, 'the other VM goes on');
      assert.deepEqual(
        failures().map(({ vcpu }) => vcpu),
        [1],
      );
    });
    assert.ok(result.warnings.some((warning) => warning.startsWith('B/v0 failed')));
  });

  it('refuses a program that is none, and values that the policy refuses, and goes on', async () => {
    const result = await played(scenario([vm('A')]), async (live) => {
      await assert.rejects(live.prepare(vm('B', { workload: '/nowhere.mjs' })), /nowhere/);
      await assert.rejects(
        live.apply([{ kind: 'set', vm: 0, parameters: { weight: 0 } }], live.nowNs()),
        /weight/,
      );
      await assert.rejects(
        live.apply([{ kind: 'tune', parameters: { tsliceNs: MS, ratelimitNs: 5 * MS } }], live.nowNs()),
        /together/,
      );
      await start(live, vm('C'));
      await sleep(200);
    });
    assert.deepEqual(
      result.vms.map(({ name }) => name),
      ['A', 'C'],
    );
    assert.ok(result.vms[1].cpuNs > 0);
  });

  it('checks and calibrates on CPUs that the run has not', async function () {
    const others = readAllowedCpus().filter((cpu) => !cpus.slice(0, 1).includes(cpu));
    if (others.length === 0) {
      tell('skipped: there is no CPU beside the pCPU');
      this.skip();
    }
    await played(scenario([vm('A')]), async (live) => {
      await assert.rejects(
        live.prepare(vm('B', { workload: testWorkload('checked-where') })),
        new RegExp(`prepared on CPUs ${formatCpuList(others)}$`, 'm'),
      );
      const finite = vm('C', {
        workload: testWorkload('calibrated-where'),
        work: { kind: 'cpu', ns: SECOND },
      });
      const calibrated = /calibrated on CPUs (\d+)$/m;
      const message = await live.prepare(finite).then(String, ({ message }: Error) => message);
      assert.ok(others.includes(Number(calibrated.exec(message)?.[1])), message);
    });
  });

  it("keeps a vCPU's statistics apart from what its thread does for the next VM", async function () {
    const planned = scenario([vm('A'), vm('B', { work: { kind: 'cpu', ns: 50 * MS } })], {
      events: [{ atNs: 300 * MS, kind: 'destroy', vm: 'A' }],
    });
    const statsOf = ({ vms }: Pick<RunResult, 'vms'>) =>
      vms.slice(0, 2).map(({ vcpus: [{ tid, runqWaitNs, involuntarySwitches }] }) => ({
        tid,
        runqWaitNs,
        involuntarySwitches,
      }));
    let before: ReturnType<typeof statsOf> = [];
    const result = await played(planned, async (live) => {
      for (let waited = 0; live.changes().length === 0 && waited < 5000; waited += 10) await sleep(10);
      await sleep(200);
      before = statsOf(testbed().snapshot?.({ withIdeal: false }) ?? assert.fail('no run is under way'));
      await start(live, vm('C'));
      await start(live, vm('D'));
      await sleep(500);
    });
    const tids = result.vms.map(({ vcpus }) => vcpus[0].tid);
    assert.ok(
      tids.slice(2).some((tid) => tids.indexOf(tid) < 2),
      `no thread came again: ${tids.join(', ')}`,
    );
    if (before[0].runqWaitNs === null) {
      tell('skipped: this kernel keeps no statistics');
      this.skip();
    }
    assert.deepEqual(statsOf(result), before);
  });

  it('has all of a VM that starts in the very pass in which it ends', async () => {
    const planned = scenario([vm('A')]);
    const trace = new TraceStore();
    trace.begin(traceHeader(planned, { label: 'live', run: 1, machine: 'hardware' }));
    const applied: Promise<Applied>[] = [];
    const result = await played(
      planned,
      async (live) => {
        await sleep(200);
        const spec = vm('B');
        const prepared = await live.prepare(spec);
        // Nobody waits for it: the end is asked for in the same instant.
        applied.push(live.apply([{ kind: 'start', vm: prepared, spec }], live.nowNs()));
      },
      {},
      trace,
    );
    const [{ atNs }] = await Promise.all(applied);
    assert.deepEqual(
      result.vms.map(({ name, vcpus }) => [name, vcpus[0].checksumOk]),
      [
        ['A', true],
        ['B', true],
      ],
    );
    assert.deepEqual(
      result.changes?.map((change) => change.atNs),
      [atNs],
    );
    const { header, rows, count, endNs } = trace.trace() ?? assert.fail('nothing was recorded');
    assert.equal(header.scenario.vms.length, 2);
    const lastNs = rows[(count - 1) * WIDTH + Column.timeNs];
    assert.ok(endNs - lastNs < 30 * MS, `the last record is ${(endNs - lastNs) / MS} ms from the end`);
  });

  it('loses none of 20 changes a second', async () => {
    const asked: number[] = [];
    const result = await played(scenario([vm('A'), vm('B')]), async (live) => {
      for (let n = 0; n < 60; n++) {
        const applied = await live.apply(
          [{ kind: 'set', vm: 0, parameters: { cap: n % 2 === 0 ? 30 : 0 } }],
          live.nowNs(),
        );
        asked.push(applied.atNs);
        await sleep(50);
      }
    });
    assert.deepEqual(
      result.played?.events.map(({ atNs }) => atNs),
      asked,
    );
    assert.equal(result.loop.heldUp?.count ?? 0, 0);
  });

  it('takes nothing more when it is over', async () => {
    let late: LiveRun | null = null;
    await played(scenario([vm('A')]), async (live) => {
      late = live;
      await sleep(50);
    });
    const over = late ?? assert.fail('it never began');
    await assert.rejects((over as LiveRun).apply([{ kind: 'pause', vm: 0 }], 0), /over/);
    await assert.rejects((over as LiveRun).prepare(vm('B')), /over/);
  });

  it('leaves out a VM that is ready and never started', async () => {
    const result = await played(scenario([vm('A')]), async (live) => {
      live.abandon(await live.prepare(vm('B')));
      await live.prepare(vm('C'));
      await sleep(50);
    });
    assert.deepEqual(
      result.vms.map(({ name }) => name),
      ['A'],
    );
    // The next run finds its threads free.
    const next = await run(testbed(), scenario([vm('A')], { durationNs: SECOND / 2 }));
    assert.ok(next.complete);
  });
});

/** What the first vCPU had of all CPU time: the host's other load hardly moves it. */
function partOf(cpuNs: readonly number[]): number {
  return cpuNs[0] / cpuNs.reduce((sum, ns) => sum + ns, 0);
}

async function start(live: LiveRun, spec: VmSpec): Promise<Applied> {
  const operation: Operation = { kind: 'start', vm: await live.prepare(spec), spec };
  return live.apply([operation], live.nowNs());
}
