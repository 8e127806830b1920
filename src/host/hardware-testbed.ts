import type { Calibration, Testbed, TestbedOptions, RunHooks } from '../testbed/testbed.ts';
import { latenessOf, type Lateness } from '../predict/predict.ts';
import type { HostDescription, RunResult } from '../result/result.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { WorkloadRef } from '../workload/work.ts';
import { HardwareRun, type OpenHardware } from './hardware-run.ts';
import { Hypervisor } from './hypervisor.ts';
import type { Native } from '../addon/native.ts';
import { Programs, programOf } from './programs.ts';
import { requireRoom } from './require-room.ts';
import { readRoom } from './room.ts';
import { VcpuPool } from './vcpu-pool.ts';

/** This machine's cores: a hypervisor thread and a pool of vCPU threads, kept warm from run to run. */
export class HardwareTestbed implements Testbed, OpenHardware {
  readonly host: HostDescription;
  readonly native: Native;
  readonly hypervisor: Hypervisor;
  readonly programs = new Programs();
  readonly options: TestbedOptions;
  /**
   * How late the scheduler is on this machine, as far as it is known: in the last run, before the first one in waits
   * that were timed while nothing else ran.
   */
  lateness: Lateness = {};
  private vcpuPool: VcpuPool | null = null;
  private current: HardwareRun | null = null;
  private closing: Promise<void> | null = null;
  /** process.exit() would wait for ever for a thread that is paused. */
  private readonly onExit = (): void => this.native.releaseAll();

  static async open(
    native: Native,
    host: HostDescription,
    options: TestbedOptions,
  ): Promise<HardwareTestbed> {
    const testbed = new HardwareTestbed(native, host, options);
    await testbed.hypervisor.ready();
    const { lateness } = testbed.hypervisor;
    if (lateness !== null && lateness.count > 0) {
      // How soon the loop sees that a vCPU left, and a core what it is told, isn't known before they do.
      testbed.lateness = { latency: { timer: lateness, wake: lateness } };
    }
    return testbed;
  }

  private constructor(native: Native, host: HostDescription, options: TestbedOptions) {
    this.native = native;
    this.host = host;
    this.options = options;
    process.on('exit', this.onExit);
    this.hypervisor = new Hypervisor(native);
  }

  async run(scenario: Scenario, hooks: RunHooks): Promise<RunResult> {
    this.current = new HardwareRun(this, scenario, hooks);
    try {
      const run = await this.current.run();
      if (run.complete) this.lateness = { ...this.lateness, ...latenessOf(run) };
      return run;
    } finally {
      this.current = null;
      // A thread that is still at the gate, or does what nobody waits for, would be in the next run's way.
      if (this.native.attached() > 0 || this.vcpuPool?.isBusy === true) await this.endPool();
    }
  }

  async calibrate(ref: WorkloadRef, seed: number): Promise<Calibration> {
    const pool = await this.pool(1);
    return this.programs.calibrate(pool, programOf(ref, seed), this.options.pcpus[0]);
  }

  snapshot({ withIdeal } = { withIdeal: true }): RunResult | null {
    return this.current?.snapshot(withIdeal) ?? null;
  }

  async pool(threads: number, most = threads): Promise<VcpuPool> {
    const { vcpuPool } = this;
    if (vcpuPool !== null && (vcpuPool.threads < threads || vcpuPool.most < most)) await this.endPool();
    if (this.vcpuPool === null) {
      requireRoom(threads, 'nothing', readRoom());
      this.vcpuPool = new VcpuPool(threads, most);
    }
    return this.vcpuPool;
  }

  async endPool(): Promise<void> {
    const pool = this.vcpuPool;
    this.vcpuPool = null;
    await pool?.close();
  }

  close(): Promise<void> {
    this.closing ??= this.end();
    return this.closing;
  }

  private async end(): Promise<void> {
    this.native.releaseAll();
    await Promise.all([this.hypervisor.close(), this.vcpuPool?.close()]);
    process.off('exit', this.onExit);
  }
}
