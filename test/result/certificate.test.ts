import assert from 'node:assert/strict';
import { certify } from '../../src/result/certificate.ts';
import type { Certificate } from '../../src/result/verdict.ts';
import type { HostEvents, LoopLatency, RunResult } from '../../src/result/result.ts';
import type { VcpuResult } from '../../src/result/vm-result.ts';
import { schedulerOf } from '../../src/scenario/resolve-scheduler.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { scenario, vm } from '../host/invented-scenario.ts';
import { QUIET } from '../host/quiet-host.ts';
import { sampleRun } from '../report/sample.ts';

describe('the certificate of a run', () => {
  it('is good when nothing disturbed it', () => {
    const { verdict, reasons, checks } = certified({});
    assert.equal(verdict, 'good', reasons.join('\n'));
    assert.deepEqual(reasons, []);
    assert.ok(checks.every((check) => check.verdict === 'good'));
  });

  it('is given to a host that never had a VM', () => {
    const run = quietRun({});
    assert.equal(certify({ ...run, vms: [] })?.verdict, 'do not trust');
  });

  it('says how many checksums are known to be right, and nothing where none was verified', () => {
    const found = (change: Change) => certified(change).checks.find(({ key }) => key === 'checksums')?.found;
    assert.equal(found({ vcpu: { checksumOk: true } }), 'right');
    assert.equal(found({ vcpu: { checksumOk: null } }), null);
    assert.match(found({ vcpu: { checksumOk: false } }) ?? '', /^wrong: A\/v0/);
    const run = quietRun({ vcpu: { checksumOk: true } });
    const [first, ...others] = run.vms;
    const unverified = { ...first, vcpus: first.vcpus.map((vcpu) => ({ ...vcpu, checksumOk: null })) };
    const some = certify({ ...run, vms: [unverified, ...others] });
    assert.match(some?.checks.find(({ key }) => key === 'checksums')?.found ?? '', /^\d of \d right$/);
  });

  it('says which checksums are known by the first steps only', () => {
    const found = (verifiedUnits: number) =>
      certified({ vcpu: { checksumOk: true, units: 1000, verifiedUnits } }).checks.find(
        ({ key }) => key === 'checksums',
      )?.found;
    assert.equal(found(1000), 'right');
    assert.equal(found(999), 'right (first steps)');
    const run = quietRun({ vcpu: { checksumOk: true, units: 1000, verifiedUnits: 1000 } });
    const [first, ...others] = run.vms;
    const partly = { ...first, vcpus: first.vcpus.map((vcpu) => ({ ...vcpu, verifiedUnits: 10 })) };
    const some = certify({ ...run, vms: [partly, ...others] });
    assert.equal(
      some?.checks.find(({ key }) => key === 'checksums')?.found,
      'right (1 by their first steps)',
    );
  });

  it("is 'do not trust' with cores half as fast at times, where execution times are told", () => {
    const run = quietRun({ workRate: { samples: 9, low: 0.5, high: 1, driftPercent: 0 } });
    const timed = { ...run, vms: run.vms.map((vm) => ({ ...vm, wallNs: 2e9 })) };
    assert.equal(certify(timed)?.verdict, 'do not trust');
  });

  it('knows nothing of hold-ups where an older result does not tell', () => {
    const found = certified({}).checks.find(({ key }) => key === 'heldUp')?.found;
    assert.equal(found, null);
  });

  it('says that nothing was measured where no vCPU ran, as when it was stopped before it began', () => {
    const run = quietRun({ complete: false, vcpu: { cpuNs: 0 } });
    const idle = { ...run, vms: run.vms.map((vm) => ({ ...vm, cpuNs: 0 })) };
    const { verdict, reasons } = certify(idle) ?? assert.fail();
    assert.equal(verdict, 'do not trust');
    assert.deepEqual(reasons, ['nothing was measured: no vCPU used any CPU time']);
  });

  it("tells what the process's own threads took from what the host took", () => {
    const run = quietRun({ vcpu: { stolenNs: 0.25e9, cpuNs: 1e9 } });
    const stolenNs = 0.25e9 * run.vms.flatMap(({ vcpus }) => vcpus).length;
    const [first] = run.pcpus;
    const found = (ownThreadsNs: number | null) => {
      const checks = certify({ ...run, pcpus: [{ ...first, stolenNs, ownThreadsNs }] })?.checks ?? [];
      const of = (wanted: string) => checks.find(({ key }) => key === wanted);
      return [of('stolen')?.verdict, of('own-threads')?.verdict, of('own-threads')?.found];
    };
    assert.deepEqual(found(0), ['do not trust', 'good', '0.0 %']);
    assert.deepEqual(found(stolenNs), ['good', 'do not trust', '20.0 %']);
    assert.deepEqual(found(null), ['do not trust', 'good', null]);
  });

  it('judges what the host took where it was most: the average over many pCPUs hides what spoils one', () => {
    const run = quietRun({});
    const [first] = run.pcpus;
    const quiet = Array.from({ length: 7 }, (_, id) => ({
      ...first,
      id,
      busyNs: 1e9,
      stolenNs: 0,
      ownThreadsNs: 0,
    }));
    const pcpus = [...quiet, { ...first, id: 7, busyNs: 0.8e9, stolenNs: 0.2e9, ownThreadsNs: 0.05e9 }];
    const check = certify({ ...run, pcpus })?.checks.find(({ key }) => key === 'stolen');
    assert.equal(check?.verdict, 'do not trust');
    assert.match(check?.found ?? '', /at most 15\.8 % of a pCPU/);
  });

  it('goes by the worst of its checks, and gives a reason for each that is not good', () => {
    const { verdict, reasons } = certified({ complete: false, vcpu: { stolenNs: 1e9, cpuNs: 1e9 } });
    assert.equal(verdict, 'do not trust');
    assert.equal(reasons.length, 2);
  });

  for (const [what, change, expected] of [
    ['2 % stolen', { vcpu: { cpuNs: 98e7, stolenNs: 2e7 } }, 'good'],
    ['3 % stolen', { vcpu: { cpuNs: 97e7, stolenNs: 3e7 } }, 'usable'],
    ['half stolen', { vcpu: { cpuNs: 5e8, stolenNs: 5e8 } }, 'do not trust'],
    ['a wrong checksum', { vcpu: { checksumOk: false } }, 'do not trust'],
    ['an end before its time', { complete: false }, 'usable'],
    ['50 involuntary switches a second', { vcpu: { cpuNs: 1e9, involuntarySwitches: 50 } }, 'good'],
    ['150 involuntary switches a second', { vcpu: { cpuNs: 1e9, involuntarySwitches: 150 } }, 'usable'],
    ['no statistics of switches', { vcpu: { involuntarySwitches: null } }, 'good'],
    ['2 % of overruns', { vcpu: { cpuNs: 1e9, overrunNs: 2e7 } }, 'usable'],
    ['20 % of overruns', { vcpu: { cpuNs: 1e9, overrunNs: 2e8 } }, 'do not trust'],
    ['cores of steady speed', { workRate: { samples: 9, low: 0.99, high: 1.02, driftPercent: 0 } }, 'good'],
    [
      'cores a tenth slower at times',
      { workRate: { samples: 9, low: 0.91, high: 1.01, driftPercent: 0 } },
      'usable',
    ],
    [
      'cores half as fast at times, where nothing is told of times',
      { workRate: { samples: 9, low: 0.5, high: 1, driftPercent: 0 } },
      'usable',
    ],
    [
      'cores that become slower',
      { workRate: { samples: 9, low: 0.98, high: 1.02, driftPercent: -4 } },
      'usable',
    ],
    ['too short a run to know the speed', { workRate: null }, 'good'],
    ['no hold-up', { loop: { heldUp: { count: 0, longestNs: 0, totalNs: 0 } } }, 'good'],
    [
      'a hold-up of 0.3 s in 10',
      { loop: { heldUp: { count: 1, longestNs: 0.3e9, totalNs: 0.3e9 } } },
      'usable',
    ],
    [
      'hold-ups for a fifth of the time',
      { loop: { heldUp: { count: 4, longestNs: 0.6e9, totalNs: 2e9 } } },
      'do not trust',
    ],
    ['lost facts', { loop: { factsDropped: 1 } }, 'usable'],
    ['lost decisions', { loop: { intentsDropped: 1 } }, 'usable'],
    [
      'timers 2 ms late',
      { loop: { tickLatenessNs: { count: 100, p50: 5e4, p99: 2e6, max: 3e6 } } },
      'usable',
    ],
    [
      'timers 20 ms late',
      { loop: { tickLatenessNs: { count: 100, p50: 5e4, p99: 2e7, max: 3e7 } } },
      'do not trust',
    ],
    ['a quiet host', { host: QUIET }, 'good'],
    ['a pCPU that was taken away', { host: { ...QUIET, lostCpus: [1] } }, 'do not trust'],
    ['a vCPU that others moved', { host: { ...QUIET, movedVcpus: ['A/v0'] } }, 'do not trust'],
    ['a vCPU that could not be pinned', { host: { ...QUIET, pinFailures: 1 } }, 'do not trust'],
    ['a quota that stopped nobody', { host: { ...QUIET, throttled: { periods: 0, ns: 0 } } }, 'good'],
    ['one stop by a quota', { host: { ...QUIET, throttled: { periods: 1, ns: 5e6 } } }, 'usable'],
    [
      'a quarter stopped by a quota',
      { host: { ...QUIET, throttled: { periods: 90, ns: 5e9 } } },
      'do not trust',
    ],
    ['one signal refused', { host: { ...QUIET, refusedSignals: 1 } }, 'usable'],
    ['one timer refused', { host: { ...QUIET, refusedTimers: 1 } }, 'usable'],
    ['a third of the signals refused', { host: { ...QUIET, refusedSignals: 100 } }, 'do not trust'],
    ['a signal that was taken', { host: { ...QUIET, signalTaken: true } }, 'do not trust'],
  ] as const) {
    it(`is '${expected}' with ${what}`, () => {
      const { verdict, reasons } = certified(change);
      assert.equal(verdict, expected, reasons.join('\n'));
      assert.equal(reasons.length, expected === 'good' ? 0 : 1);
    });
  }

  describe('about the shortest slices', () => {
    /** Timers are so late and hand-overs take so long, by their medians. */
    const found = (timerNs: number, handOverNs: number, change: Partial<Scenario>) => {
      const tickLatenessNs = { count: 100, p50: timerNs, p99: 2 * timerNs, max: 3 * timerNs };
      const run = quietRun({ loop: { tickLatenessNs, latencyNs: latencies(handOverNs) } });
      const { checks, reasons } = certify(run, scenario({ vms: [vm('A')], ...change })) ?? assert.fail();
      const check = checks.find(({ key }) => key === 'coarseness');
      return [check?.verdict, check?.found, reasons];
    };
    const reserved = { ...vm('A'), parameters: { periodNs: 20e6, sliceNs: 5e6, extratime: 0 } };

    it('is good where they are long beside lateness and hand-overs', () => {
      assert.deepEqual(found(30e3, 30e3, {}), ['good', '60 µs late, of 30.0 ms', []]);
      assert.deepEqual(found(30e3, 30e3, { scheduler: schedulerOf('credit2') }).slice(0, 2), [
        'good',
        '60 µs late, of 500 µs',
      ]);
    });

    it('says that the machine is too coarse for a scheduler with short ones, and not for one with long ones', () => {
      const [verdict, , reasons] = found(100e3, 50e3, { scheduler: schedulerOf('credit2') });
      assert.equal(verdict, 'usable');
      assert.deepEqual(reasons, [
        'this machine is too coarse for the scheduler credit2: its slices may be as short as 500 µs, and they end ' +
          '150 µs late here',
      ]);
      assert.equal(found(100e3, 50e3, {})[0], 'good');
    });

    it('trusts no run with slices as late as they are long', () => {
      assert.equal(found(400e3, 150e3, { scheduler: schedulerOf('sedf') })[0], 'do not trust');
    });

    it('goes by the VMs where they have slices, also by what an event makes of them', () => {
      const sedf = { scheduler: schedulerOf('sedf'), vms: [reserved] };
      assert.deepEqual(found(100e3, 50e3, sedf).slice(0, 2), ['good', '150 µs late, of 5.0 ms']);
      const parameters = { periodNs: 1e6, sliceNs: 300e3 };
      const events = [{ atNs: 1e9, kind: 'set', vm: 'A', parameters }] as const;
      assert.deepEqual(found(100e3, 50e3, { ...sedf, events: [...events] }).slice(0, 2), [
        'usable',
        '150 µs late, of 300 µs',
      ]);
    });

    it('says nothing where no timer was served, or nobody says what was run', () => {
      const run = quietRun({ loop: { tickLatenessNs: { count: 0, p50: 9e9, p99: 9e9, max: 9e9 } } });
      for (const certificate of [certify(run, scenario()), certify(quietRun({}))])
        assert.equal(certificate?.checks.find(({ key }) => key === 'coarseness')?.found, null);
    });
  });

  it('tells which way the speed went', () => {
    const reason = (driftPercent: number) =>
      certified({ workRate: { samples: 9, low: 0.98, high: 1.02, driftPercent } }).reasons[0];
    assert.match(reason(4), /faster .* by 4 %/);
    assert.match(reason(-4), /slower .* by 4 %/);
  });

  it('knows nothing of the lateness of a loop that had no timer to serve', () => {
    const { checks, verdict } = certified({
      loop: { tickLatenessNs: { count: 0, p50: 9e9, p99: 9e9, max: 9e9 } },
    });
    assert.deepEqual([verdict, checks.find(({ key }) => key === 'lateness')?.found], ['good', null]);
  });

  it('names the vCPU that lost most', () => {
    const run = quietRun({});
    const [first, ...others] = run.vms;
    const [vcpu] = first.vcpus;
    const disturbed = { ...first, vcpus: [{ ...vcpu, stolenNs: vcpu.cpuNs }] };
    const certificate = certify({ ...run, vms: [disturbed, ...others] });
    assert.match(certificate?.reasons[0] ?? '', new RegExp(`most from ${vcpu.id} \\(50\\.0 %\\)`));
  });

  it('goes by the vCPU that lost most, which an average over many would hide', () => {
    const run = quietRun({});
    const [first, ...others] = run.vms;
    const hit = { ...first, vcpus: [{ ...first.vcpus[0], cpuNs: 5e8, stolenNs: 5e8 }] };
    const many = Array.from({ length: 20 }, () => others[0]);
    assert.equal(certify({ ...run, vms: [hit, ...many] })?.verdict, 'do not trust');
    const hardlyRan = { ...first, vcpus: [{ ...first.vcpus[0], cpuNs: 1e6, stolenNs: 1e6 }] };
    assert.equal(certify({ ...run, vms: [hardlyRan, ...many] })?.verdict, 'good');
  });

  it('is none for a simulation', () => {
    assert.equal(certify({ ...quietRun({}), machine: 'simulated' }), null);
  });
});

/** Of a machine whose hand-overs take so long, and that is never late otherwise. */
function latencies(handOverNs: number): LoopLatency {
  const of = (ns: number) => ({ count: 100, p50: ns, p99: ns, max: ns, buckets: [[ns, 100] as const] });
  return { timer: of(0), exit: of(0), wake: of(0), handOver: of(handOverNs), gap: of(0), start: of(0) };
}

interface Change {
  readonly complete?: boolean;
  readonly vcpu?: Partial<VcpuResult>;
  readonly loop?: Partial<RunResult['loop']>;
  readonly workRate?: RunResult['workRate'];
  readonly host?: HostEvents;
}

function certified(change: Change): Certificate {
  const certificate = certify(quietRun(change));
  assert.ok(certificate !== null);
  return certificate;
}

/** Every vCPU and the loop as quiet as can be, but for the change. */
function quietRun({ vcpu, loop, host, complete = true, workRate = null }: Change): RunResult {
  const run = sampleRun(scenario({ vms: [vm('A'), vm('B')] }));
  const quiet = {
    cpuNs: 1e9,
    stolenNs: 0,
    overrunNs: 0,
    deferredPauses: 0,
    involuntarySwitches: 0,
    checksumOk: true,
  };
  return {
    ...run,
    complete,
    workRate,
    ...(host !== undefined && { hostEvents: host }),
    vms: run.vms.map((vm) => ({ ...vm, vcpus: vm.vcpus.map((each) => ({ ...each, ...quiet, ...vcpu })) })),
    loop: {
      ...run.loop,
      tickLatenessNs: { count: 100, p50: 4e4, p99: 3e5, max: 5e5 },
      factsDropped: 0,
      ...loop,
    },
  };
}
