import type { CreditState } from '../../src/core/credit1/state.ts';
import { Stop } from '../../src/core/credit1/state.ts';
import assert from 'node:assert/strict';
import { Credit1 } from '../../src/core/credit1/credit1.ts';
import { Own } from '../../src/core/credit1/terms.ts';
import type { Policy } from '../../src/core/policy.ts';
import { named as namedParameters } from '../../src/scenario/parameters.ts';
import { traceHeader, type Trace } from '../../src/trace/trace.ts';
import { WIDTH } from '../../src/trace/record.ts';
import { TraceRecorder } from '../../src/trace/recorder.ts';
import { TraceStore } from '../../src/trace/store.ts';
import type { SimOptions, SimResult } from '../../src/sim/simulate.ts';
import { simulate } from '../../src/sim/simulate.ts';
import { scenario, vm } from '../host/invented-scenario.ts';

/** How things stood in the policy when an accounting or a tick had just been recorded. */
export interface Snapshot {
  /** the record that says so */
  readonly row: number;
  readonly timeNs: number;
  /** per vCPU */
  readonly state: readonly ('running' | 'waiting' | 'stopped')[];
  readonly pcpu: readonly number[];
  readonly priority: readonly number[];
  readonly credit: readonly number[];
  readonly isActive: readonly boolean[];
  /** per VM */
  readonly weight: readonly number[];
  readonly cap: readonly number[];
}

export interface Watched {
  readonly trace: Trace;
  readonly snapshots: readonly Snapshot[];
  readonly result: SimResult;
}

/** Simulate, record, and look into the policy itself at each accounting and tick. */
export function watched(options: SimOptions): Watched {
  const store = new TraceStore();
  const named = (index: number): string => `V${index}`;
  const header = traceHeader(
    scenario({
      pcpus: Array.from({ length: options.pcpuCount }, (_, pcpu) => pcpu),
      vms: options.vms.map(({ weight = 256, cap = 0, vcpus, startNs = 0 }, index) =>
        vm(named(index), { weight, cap, vcpus: vcpus.length, startNs, work: null }),
      ),
      events: (options.events ?? []).map((event) => {
        if (event.kind === 'tune')
          return { ...event, parameters: event.parameters as Record<string, number> };
        if (event.kind === 'pin')
          return {
            atNs: event.atNs,
            kind: event.kind,
            vm: named(event.vm),
            vcpu: event.vcpu,
            pin: event.pcpus,
          };
        if (event.kind !== 'set') return { ...event, vm: named(event.vm) };
        return {
          atNs: event.atNs,
          kind: event.kind,
          vm: named(event.vm),
          ...namedParameters(event.parameters),
        };
      }),
    }),
    { label: 'watched', run: 1, machine: 'simulated' },
  );
  store.begin(header);
  const recorder = new Watch(store);
  const result = simulate({ ...options, recorder });
  store.end({ endNs: result.endNs, complete: true, lostIntents: 0, lostFacts: 0 });
  return { trace: store.trace() as Trace, snapshots: recorder.snapshots, result };
}

/** The beginning of a trace, up to a record and all that it says. */
export function cutAfter(trace: Trace, row: number, endNs: number): Trace {
  return { ...trace, rows: trace.rows.subarray(0, (row + 1) * WIDTH), count: row + 1, endNs };
}

class Watch extends TraceRecorder {
  readonly snapshots: Snapshot[] = [];
  private state!: CreditState;
  private readonly counted: { count: number };

  constructor(store: TraceStore) {
    const counted = {
      count: 0,
      put(...record: Parameters<TraceStore['put']>): void {
        this.count++;
        store.put(...record);
      },
    };
    super(counted);
    this.counted = counted;
  }

  override attach(policy: Policy): void {
    super.attach(policy);
    assert.ok(policy instanceof Credit1);
    this.state = policy.state;
  }

  override own(nowNs: number, kind: number, ...fields: [number, ...number[]]): void {
    super.own(nowNs, kind, ...fields);
    if (kind === Own.acct) this.snap(nowNs);
  }

  override tick(nowNs: number, pcpu: number, vcpu: number): void {
    super.tick(nowNs, pcpu, vcpu);
    this.snap(nowNs);
  }

  private snap(nowNs: number): void {
    const { state: policy } = this;
    const vcpus = Array.from({ length: policy.vcpuCount }, (_, vcpu) => vcpu);
    this.snapshots.push({
      row: this.counted.count - 1,
      timeNs: nowNs,
      state: vcpus.map((vcpu) => {
        if (policy.current.includes(vcpu)) return 'running';
        return policy.stops[vcpu] === 0 ? 'waiting' : 'stopped';
      }),
      pcpu: vcpus.map((vcpu) => ((policy.stops[vcpu] & Stop.absent) === 0 ? policy.pcpuOf[vcpu] : -1)),
      priority: Array.from(policy.priority),
      credit: Array.from(policy.credit),
      isActive: vcpus.map((vcpu) => policy.activeVcpus.isLinked(vcpu)),
      weight: Array.from(policy.weight),
      cap: Array.from(policy.cap),
    });
  }
}
