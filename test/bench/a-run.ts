import type { RunResult } from '../../src/result/result.ts';
import type { VcpuResult, VmResult } from '../../src/result/vm-result.ts';

const QUIET = { count: 100, p50: 1e3, p99: 2e3, max: 3e3 };

/** One VM that was predicted 2 s and 50 % of a pCPU, and did so, on a machine where nothing disturbed it. */
export function aRun(
  changes: {
    readonly vm?: Partial<VmResult>;
    readonly vcpu?: Partial<VcpuResult>;
    readonly run?: Partial<RunResult>;
  } = {},
): RunResult {
  const vcpu: VcpuResult = {
    id: 'vm/v0',
    tid: 1,
    cpuNs: 1e9,
    units: 1000,
    checksum: null,
    checksumOk: null,
    startNs: 0,
    endNs: 2e9,
    dispatches: 10,
    counters: { boosts: 0 },
    steals: 0,
    migrations: 0,
    stolenNs: 0,
    deferredPauses: 0,
    overrunNs: 0,
    involuntarySwitches: null,
    runqWaitNs: null,
    ...changes.vcpu,
  };
  const vm: VmResult = {
    name: 'vm',
    weight: 256,
    cap: 50,
    cpuNs: 1e9,
    sharePercent: 50,
    idealSharePercent: 50,
    contendedSharePercent: 50,
    idealContendedSharePercent: 50,
    wallNs: 2e9,
    idealWallNs: 1.9e9,
    predicted: {
      wallNs: { median: 2e9, min: 1.999e9, max: 2.001e9 },
      sharePercent: { median: 50, min: 49.9, max: 50.1 },
      inBand: { wallNs: true, sharePercent: true },
    },
    vcpus: [vcpu],
    ...changes.vm,
  };
  return {
    windowNs: 2e9,
    contendedNs: 2e9,
    bandsAreWide: false,
    complete: true,
    vms: [vm],
    pcpus: [{ id: 0, busyNs: 1e9, switches: 20 }],
    loop: {
      tickLatenessNs: QUIET,
      switchGapNs: QUIET,
      decisionNs: QUIET,
      dispatchNs: QUIET,
      cpuNs: 1e6,
      factsDropped: 0,
    },
    warnings: [],
    ...changes.run,
  };
}
