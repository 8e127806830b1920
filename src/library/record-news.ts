/** Records of a run as its listeners are told of them: decisions, and what the cores did. */
import type { PolicyTerms } from '../core/policy-terms.ts';
import { IDLE } from '../core/policy.ts';
import type { VmSpec } from '../scenario/scenario.ts';
import { Column, COLUMNS, Kind, WIDTH } from '../trace/record.ts';
import type { RecordTaker, TraceEnd } from '../trace/store.ts';
import type { Growth } from '../trace/trace.ts';
import { vocabularyOf } from '../trace/vocabulary.ts';

/** A pCPU was decided upon. Times are ns from the start of the run. */
export interface Decision {
  readonly atNs: number;
  /** its place in the scenario's `pcpus`, from 0 */
  readonly pcpu: number;
  /** vCPUs, `A/v0`; null: idle */
  readonly from: string | null;
  readonly to: string | null;
  /** why: a key of the policy's reasons */
  readonly reason: string;
}

/** A thread really came onto a core, or left it. Simulations have none. */
export interface Fact {
  readonly atNs: number;
  readonly kind: 'enter' | 'leave';
  /** its place in the scenario's `pcpus`, from 0 */
  readonly pcpu: number;
  readonly vcpu: string;
  /** on the vCPU's CPU clock */
  readonly cpuNs: number;
}

/** Who wants to know. */
export interface RecordListener {
  /** Whether anybody does: records come by the thousand. */
  isListening(): boolean;
  decision(decision: Decision): void;
  fact(fact: Fact): void;
  /** The run is over. @param endNs its end, from its start */
  end(endNs: number): void;
}

export class RecordNews implements RecordTaker {
  private readonly ids: string[] = [];
  private readonly reasons: ReadonlyMap<number, string>;
  private readonly listener: RecordListener;

  constructor(vms: readonly VmSpec[], terms: PolicyTerms, listener: RecordListener) {
    this.reasons = new Map([...vocabularyOf(terms).reasons].map(([value, { key }]) => [value, key]));
    this.listener = listener;
    for (const vm of vms) this.add(vm);
  }

  append(rows: Float64Array, count: number): void {
    if (!this.listener.isListening()) return;
    for (let row = 0; row < count; row++) this.tell(rows, row * WIDTH);
  }

  grow(growth: Growth): void {
    if ('vm' in growth) this.add(growth.vm);
  }

  end({ endNs }: TraceEnd): void {
    if (!Number.isNaN(endNs)) this.listener.end(endNs);
  }

  private add({ name, vcpus }: VmSpec): void {
    for (let i = 0; i < vcpus; i++) this.ids.push(`${name}/v${i}`);
  }

  private tell(rows: Float64Array, at: number): void {
    const { listener } = this;
    const atNs = rows[at + Column.timeNs];
    const kind = rows[at + Column.kind];
    if (kind === Kind.decide) {
      const { pcpu, prev, next, reason } = COLUMNS.decide;
      listener.decision({
        atNs,
        pcpu: rows[at + pcpu],
        from: this.idOf(rows[at + prev]),
        to: this.idOf(rows[at + next]),
        reason: this.reasons.get(rows[at + reason]) ?? '',
      });
    } else if (kind === Kind.enter || kind === Kind.leave) {
      const isEnter = kind === Kind.enter;
      const { pcpu, vcpu, cpuNs } = isEnter ? COLUMNS.enter : COLUMNS.leave;
      listener.fact({
        atNs,
        kind: isEnter ? 'enter' : 'leave',
        pcpu: rows[at + pcpu],
        vcpu: this.ids[rows[at + vcpu]],
        cpuNs: rows[at + cpuNs],
      });
    }
  }

  private idOf(vcpu: number): string | null {
    return vcpu === IDLE ? null : this.ids[vcpu];
  }
}
