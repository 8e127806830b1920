/**
 * All that looks at a run on real cores from the main thread: what is read of the vCPUs, of the cores' records, of the
 * loop and of the host. It changes nothing of the run.
 */
import { readStats, VcpuField, type Native } from '../addon/native.ts';
import { policyTypeOf } from '../policies.ts';
import type { Scenario, VmSpec } from '../scenario/scenario.ts';
import type { RecordTaker } from '../trace/store.ts';
import { ContentionMeter } from './contention-meter.ts';
import { FactReader } from './fact-reader.ts';
import { HostWatch } from './host-watch.ts';
import type { Sources } from './measurement.ts';
import { OwnThreads } from './own-threads.ts';
import { RunTrace } from './run-trace.ts';
import { Scoreboard } from './scoreboard.ts';
import { SpeedMeter } from './speed-meter.ts';
import { SuspensionWatch } from './suspension.ts';
import { VcpuGauges } from './vcpu-gauges.ts';

/**
 * Reading two files per thread of the process takes some 0.3 ms, from the pCPUs: twice a second is often enough to know
 * where they were.
 */
const LOOKS_PER_LOOK_AT_THREADS = 5;

/** What of a result is read from instruments. */
export type Readings = Pick<
  Sources,
  | 'native'
  | 'scenario'
  | 'gauges'
  | 'scoreboard'
  | 'facts'
  | 'speed'
  | 'host'
  | 'ownThreadsNs'
  | 'intentsDropped'
  | 'statsBefore'
  | 'contention'
  | 'stopped'
  | 'holdUps'
>;

export class Instruments {
  readonly gauges: VcpuGauges;
  readonly scoreboard: Scoreboard;
  readonly facts: FactReader;
  readonly trace: RunTrace | null;
  private readonly native: Native;
  private readonly contention: ContentionMeter;
  private readonly speed: SpeedMeter;
  private readonly ownThreads: OwnThreads;
  private readonly suspension = new SuspensionWatch();
  private readonly host: HostWatch;
  private readonly ids: string[];
  private statsBefore: (Float64Array | null)[] = [];
  private looks = 0;
  private holds = 0;

  /**
   * @param taker who wants all records; null: nobody
   * @param reserve how many vCPUs may come later
   */
  constructor(native: Native, scenario: Scenario, taker: RecordTaker | null, reserve = 0) {
    this.native = native;
    const vcpuCount = scenario.vms.reduce((count, vm) => count + vm.vcpus, 0);
    const pcpuCount = scenario.pcpus.length;
    const { counters } = policyTypeOf(scenario.scheduler.type);
    this.scoreboard = new Scoreboard(vcpuCount + reserve, pcpuCount, counters);
    this.gauges = new VcpuGauges(native, scenario, this.scoreboard);
    this.trace = taker === null ? null : new RunTrace(taker);
    this.contention = new ContentionMeter(scenario);
    const most = vcpuCount + reserve;
    this.facts = new FactReader(native, most, pcpuCount, this.trace?.facts ?? null, this.contention);
    this.speed = new SpeedMeter(vcpuCount);
    const { places } = this.gauges;
    this.ids = places.map(({ id }) => id);
    this.host = new HostWatch(native, scenario.pcpus, this.ids);
    let vcpuTids: ReadonlySet<number> | null = null;
    this.ownThreads = new OwnThreads(scenario.pcpus, (tid) => {
      // Only asked when all vCPUs are at the gate.
      vcpuTids ??= new Set(places.map((_, vcpu) => this.gauges.tid(vcpu)));
      return vcpuTids.has(tid);
    });
  }

  /** Per pCPU: what other threads of this process used there, ns; null: the kernel doesn't tell. */
  get ownThreadsNs(): Float64Array | null {
    return this.ownThreads.ownNs;
  }

  /** All vCPUs are at the gate, and the common start comes next. */
  begin(): void {
    this.statsBefore = this.gauges.places.map((_, vcpu) => readStats(this.native, this.gauges.tid(vcpu)));
    this.suspension.start();
    this.host.begin();
    this.ownThreads.start();
  }

  /** A VM that wasn't planned has come: its threads are at the gate. @param vmIndex its place in the scenario */
  add(vm: VmSpec, vmIndex: number): void {
    const { gauges, ids, statsBefore } = this;
    const first = ids.length;
    gauges.add(vm, vmIndex);
    for (const [vcpu, { id }] of [...gauges.places.entries()].slice(first)) {
      ids.push(id);
      this.speed.add();
      statsBefore.push(readStats(this.native, gauges.tid(vcpu)));
      this.ownThreads.exclude(gauges.tid(vcpu));
    }
  }

  /** VMs came, went or were paused. @param scenario as it has been played until now */
  changed(scenario: Scenario): void {
    this.contention.changed(scenario);
  }

  /** A VM is gone: what its threads do from now on isn't the VM's. */
  retire(vmIndex: number): void {
    for (const vcpu of this.gauges.vcpusOf(vmIndex)) this.retireVcpu(vcpu);
  }

  /** Likewise a vCPU that has finished, or failed: the next VM may get its thread. */
  retireVcpu(vcpu: number): void {
    if (this.scoreboard.finalStatsOf(vcpu) !== null) return;
    const stats = readStats(this.native, this.gauges.tid(vcpu));
    if (stats !== null) this.scoreboard.setFinalStats(vcpu, stats);
  }

  /** Read no records until they are released: some may be of a VM that isn't known yet. */
  hold(): void {
    this.holds++;
    this.setHeld(true);
  }

  release(): void {
    if (--this.holds === 0) this.setHeld(false);
  }

  private setHeld(isHeld: boolean): void {
    this.facts.isHeld = isHeld;
    if (this.trace !== null) this.trace.isHeld = isHeld;
  }

  /** Since the common start, ns; 0 before it: the clock still counts from the start of the run before then. */
  get nowNs(): number {
    return this.scoreboard.isArmed ? this.native.nowNs() : 0;
  }

  look(): void {
    if (!this.scoreboard.isArmed) return;
    this.host.look();
    if (++this.looks % LOOKS_PER_LOOK_AT_THREADS === 0) this.ownThreads.look();
    this.facts.drain();
    this.trace?.drain();
    const { nowNs, gauges } = this;
    const doneNs = gauges.doneNs();
    for (const [vcpu, ns] of doneNs.entries()) if (ns !== null) this.retireVcpu(vcpu);
    this.contention.settle(doneNs, nowNs);
    for (const vcpu of gauges.places.keys())
      this.speed.look(vcpu, nowNs, gauges.field(vcpu, VcpuField.units), gauges.cpuNs(vcpu));
  }

  /** The loop has ended. */
  end(): void {
    this.ownThreads.end();
    this.suspension.end();
    this.facts.drain();
    this.host.end();
  }

  /** @param scenario as it has been played until now */
  readings(scenario: Scenario): Readings {
    const { native, gauges, scoreboard, facts, speed, host, statsBefore, contention } = this;
    return {
      native,
      scenario,
      gauges,
      scoreboard,
      facts,
      speed,
      host,
      ownThreadsNs: this.ownThreads.ownNs,
      intentsDropped: this.trace?.ring.dropped ?? null,
      statsBefore,
      contention,
      stopped: this.suspension.stopped(scoreboard),
      holdUps: this.suspension.holdUps(scoreboard),
    };
  }

  /** What disturbed the run, in sentences. */
  warnings(): string[] {
    const warnings = this.suspension.warnings(this.scoreboard);
    const violations = this.native.violations();
    if (violations > 0)
      warnings.push(`the gate's state machine was violated ${violations} times: a bug, please report it`);
    return [...warnings, ...this.host.warnings()];
  }
}
