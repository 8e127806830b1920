/**
 * All that looks at a run on real cores from the main thread: what is read of the vCPUs, of the cores' records, of the
 * loop and of the host. It changes nothing of the run.
 */
import { readStats, VcpuField, type Native } from '../addon/native.ts';
import type { Scenario } from '../scenario/scenario.ts';
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
  private readonly scenario: Scenario;
  private readonly contention: ContentionMeter;
  private readonly speed: SpeedMeter;
  private readonly ownThreads: OwnThreads;
  private readonly suspension = new SuspensionWatch();
  private readonly host: HostWatch;
  private statsBefore: (Float64Array | null)[] = [];
  private looks = 0;

  /** @param taker who wants all records; null: nobody */
  constructor(native: Native, scenario: Scenario, taker: RecordTaker | null) {
    this.native = native;
    this.scenario = scenario;
    const vcpuCount = scenario.vms.reduce((count, vm) => count + vm.vcpus, 0);
    const pcpuCount = scenario.pcpus.length;
    this.scoreboard = new Scoreboard(vcpuCount, pcpuCount);
    this.gauges = new VcpuGauges(native, scenario, this.scoreboard);
    this.trace = taker === null ? null : new RunTrace(taker);
    this.contention = new ContentionMeter(scenario);
    this.facts = new FactReader(native, vcpuCount, pcpuCount, this.trace?.facts ?? null, this.contention);
    this.speed = new SpeedMeter(vcpuCount);
    const { places } = this.gauges;
    const ids = places.map(({ id }) => id);
    this.host = new HostWatch(native, scenario.pcpus, ids);
    let vcpuTids: ReadonlySet<number> | null = null;
    this.ownThreads = new OwnThreads(scenario.pcpus, (tid) => {
      // Only asked when all vCPUs are at the gate.
      vcpuTids ??= new Set(places.map((_, vcpu) => this.gauges.tid(vcpu)));
      return vcpuTids.has(tid);
    });
  }

  /** All vCPUs are at the gate, and the common start comes next. */
  begin(): void {
    this.statsBefore = this.gauges.places.map((_, vcpu) => readStats(this.native, this.gauges.tid(vcpu)));
    this.suspension.start();
    this.host.begin();
    this.ownThreads.start();
  }

  look(): void {
    this.host.look();
    if (++this.looks % LOOKS_PER_LOOK_AT_THREADS === 0) this.ownThreads.look();
    this.facts.drain();
    this.trace?.drain();
    const nowNs = this.native.nowNs();
    const { gauges } = this;
    this.contention.settle(gauges.doneNs(), nowNs);
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

  readings(): Readings {
    const { native, scenario, gauges, scoreboard, facts, speed, host, statsBefore, contention } = this;
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
