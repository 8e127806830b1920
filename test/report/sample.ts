import { shareInBand, wallInBand } from '../../src/analysis/band.ts';
import { idealOf } from '../../src/ideal/ideal.ts';
import type { HostDescription, LoopResult, RunResult } from '../../src/result/result.ts';
import type { VcpuResult, VmPrediction } from '../../src/result/vm-result.ts';
import { settingsAtStart } from '../../src/scenario/plan.ts';
import type { Scenario, VmSpec } from '../../src/scenario/scenario.ts';
import { fromYaml } from '../scenario/attempt.ts';

export const sampleHost: HostDescription = {
  os: 'Linux',
  kernel: '6.1',
  arch: 'x64',
  node: 'v20.19.0',
  cpuModel: 'An invented CPU',
  cpus: [0, 1].map((id) => ({ id, core: id, socket: 0, smtSiblings: [], coreType: 'uniform' as const })),
  allowedCpus: [0, 1],
  cgroupQuotaCpus: null,
  memoryBytes: 8e9,
  virtualized: false,
};

export const SAMPLE_LOOP: LoopResult = {
  tickLatenessNs: { count: 1000, p50: 23_000, p99: 90_000, max: 1_200_000 },
  switchGapNs: { count: 321, p50: 4100, p99: 9000, max: 50_000 },
  decisionNs: { count: 1321, p50: 1500, p99: 8000, max: 90_000 },
  dispatchNs: { count: 321, p50: 4500, p99: 12_000, max: 60_000 },
  cpuNs: 12e6,
  factsDropped: 0,
};

export interface SampleVm {
  readonly cpuNs?: number;
  readonly wallNs?: number | null;
  readonly idealWallNs?: number | null;
  readonly checksumOk?: boolean | null;
  readonly predicted?: VmPrediction;
  readonly forecast?: VmPrediction;
  /** default: the share of the window */
  readonly contendedSharePercent?: number | null;
}

/** A run with invented figures; those of a VM can be given in the scenario's order. */
export function sampleRun(
  scenario: Scenario,
  vms: readonly SampleVm[] = [],
  rest: Partial<Omit<RunResult, 'vms'>> = {},
): RunResult {
  const windowNs = rest.windowNs ?? 10e9;
  const ideal = idealOf(scenario, scenario.vms.map(workOf(vms)), windowNs);
  return {
    windowNs,
    contendedNs: windowNs,
    complete: true,
    vms: scenario.vms.map((vm, index) => {
      const {
        cpuNs = 1e9,
        wallNs = null,
        idealWallNs = null,
        checksumOk = true,
        predicted,
        forecast,
        contendedSharePercent = (100 * cpuNs) / windowNs,
      } = vms[index] ?? {};
      const inBand = {
        wallNs: wallInBand(wallNs, predicted?.wallNs ?? null),
        sharePercent: shareInBand(contendedSharePercent, predicted?.sharePercent ?? null),
      };
      return {
        name: vm.name,
        ...settingsAtStart(vm),
        cpuNs,
        sharePercent: (100 * cpuNs) / windowNs,
        idealSharePercent: ideal[index].sharePercent,
        contendedSharePercent,
        idealContendedSharePercent: ideal[index].contendedSharePercent,
        wallNs,
        idealWallNs,
        ...(predicted !== undefined && { predicted: { ...predicted, inBand } }),
        ...(forecast !== undefined && { forecast }),
        vcpus: Array.from({ length: vm.vcpus }, (_, i) =>
          sampleVcpu(`${vm.name}/v${String(i)}`, cpuNs / vm.vcpus, checksumOk),
        ),
      };
    }),
    pcpus: scenario.pcpus.map((id) => ({ id, busyNs: 0.998 * windowNs, switches: 321 })),
    loop: SAMPLE_LOOP,
    warnings: [],
    ...rest,
  };
}

/** CPU time of each vCPU's work: of a finished one what it took, else as the scenario says. */
function workOf(vms: readonly SampleVm[]) {
  return ({ work, vcpus }: VmSpec, index: number): number | null => {
    const { cpuNs = 1e9, wallNs = null } = vms[index] ?? {};
    if (work === null) return null;
    if (wallNs !== null) return cpuNs / vcpus;
    return work.kind === 'cpu' ? work.ns : NaN;
  };
}

function sampleVcpu(id: string, cpuNs: number, checksumOk: boolean | null): VcpuResult {
  return {
    id,
    tid: 4711,
    cpuNs,
    units: 1000,
    checksum: 'c0ffee',
    checksumOk,
    startNs: 0,
    endNs: null,
    dispatches: 12,
    counters: { boosts: 0 },
    steals: 0,
    migrations: 0,
    stolenNs: 3000,
    deferredPauses: 1,
    overrunNs: 60_000,
    involuntarySwitches: 2,
    runqWaitNs: 1e6,
  };
}

/** A run of 10 s of a VM with one vCPU, from which the host took some of its time. */
export function disturbedRun(cpuNs: number, stolenNs: number): RunResult {
  const run = sampleRun(fromYaml('{ pcpus: 1, duration: 10s, vms: [{ name: A }] }'), [{ cpuNs }]);
  return {
    ...run,
    vms: run.vms.map((vm) => ({ ...vm, vcpus: vm.vcpus.map((vcpu) => ({ ...vcpu, stolenNs })) })),
  };
}
