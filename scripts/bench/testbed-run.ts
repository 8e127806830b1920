import type { Testbed, RunProgress } from '../../src/testbed/testbed.ts';
import type { RunResult } from '../../src/result/result.ts';
import { HardwareTestbed } from '../../src/host/hardware-testbed.ts';
import { DEFAULT_SCHEDULER } from '../../src/scenario/resolve-scheduler.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { builtinUrl } from '../../src/workload/catalogue.ts';
import type { BenchContext } from './bench.ts';

/** Allocates nothing in its steps, and can be paused at any instruction. */
const WORKLOAD = 'primes';

/** A VM that never stops computing. */
export interface HogVm {
  readonly name: string;
  /** default 256 */
  readonly weight?: number;
  /** percent of one pCPU; default none */
  readonly cap?: number;
  /** default 1 */
  readonly vcpus?: number;
}

export interface TestbedUse {
  readonly testbed: Testbed;
  /** the hypervisor thread runs under SCHED_FIFO */
  readonly realtime: boolean;
}

/** What was run, and under which scheduling class if it wasn't the ordinary one. */
export function withClass(load: string, realtime: boolean): string {
  return realtime ? `${load}, SCHED_FIFO` : load;
}

/** Open a testbed, use it, close it. @param options `realtime: false`: not SCHED_FIFO, even where it is permitted */
export async function withTestbed<T>(
  context: BenchContext,
  pcpus: readonly number[],
  use: (use: TestbedUse) => Promise<T>,
  options: { readonly realtime: boolean } = { realtime: true },
): Promise<T> {
  const before = process.env.CREDITLAB_REALTIME;
  if (!options.realtime) process.env.CREDITLAB_REALTIME = '0';
  let testbed: HardwareTestbed;
  try {
    testbed = await HardwareTestbed.open(context.native(), context.host, { pcpus });
  } finally {
    if (before === undefined) delete process.env.CREDITLAB_REALTIME;
    else process.env.CREDITLAB_REALTIME = before;
  }
  try {
    return await use({ testbed, realtime: testbed.hypervisor.realtime });
  } finally {
    await testbed.close();
  }
}

export function hogScenario(
  name: string,
  pcpus: readonly number[],
  seconds: number,
  vms: readonly HogVm[],
): Scenario {
  return {
    name,
    pcpus,
    durationNs: seconds * 1e9,
    seed: 1,
    scheduler: DEFAULT_SCHEDULER,
    vms: vms.map((vm) => ({
      name: vm.name,
      weight: vm.weight ?? 256,
      cap: vm.cap ?? 0,
      vcpus: vm.vcpus ?? 1,
      startNs: 0,
      pin: null,
      workload: { spec: WORKLOAD, url: builtinUrl(WORKLOAD), size: null },
      work: null,
    })),
    events: [],
  };
}

/** So many VMs with one vCPU each, all alike. */
export function equalHogs(count: number): HogVm[] {
  return Array.from({ length: count }, (_, i) => ({ name: `vm${i}` }));
}

export async function measure(
  context: BenchContext,
  testbed: Testbed,
  scenario: Scenario,
  onProgress: (progress: RunProgress) => void = () => undefined,
): Promise<RunResult> {
  const result = await testbed.run(scenario, { onProgress, signal: context.signal });
  context.signal.throwIfAborted();
  for (const warning of result.warnings) context.say(`${scenario.name}: ${warning}`);
  return result;
}
