import { FactField, FactKind, type Native, VcpuField } from '../../src/addon/native.ts';

/** An addon of which only these functions are expected to be called. */
export function fakeNative(parts: Partial<Native>): Native {
  return new Proxy(parts, {
    get(target, name) {
      if (name in target) return target[name as keyof Native];
      throw new Error(`nobody should call ${String(name)}()`);
    },
  }) as Native;
}

/** A clock, and a loop that nobody kicks: each wait ends when it is due, and as much later as wished for. */
export class FakeTime {
  nowNs = 0;
  /** How late the next wait ends. */
  lateNs = 0;
  /** When the next wait is ended early by a kick; null: not at all. */
  kickNs: number | null = null;
  readonly waits: number[] = [];

  readonly native: Partial<Native> = {
    nowNs: () => this.nowNs,
    waitUntil: (deadlineNs) => {
      this.waits.push(deadlineNs);
      const isKicked = this.kickNs !== null;
      this.nowNs = Math.max(this.nowNs, this.kickNs ?? deadlineNs) + this.lateNs;
      this.kickNs = null;
      this.lateNs = 0;
      return isKicked;
    },
  };
}

export interface Fact {
  readonly timeNs: number;
  readonly cpuNs: number;
  readonly vcpu: number;
  readonly kind: keyof typeof FactKind;
  /** for whom it left; absent: nobody */
  readonly next?: number;
  /** as the addon writes it: how long a pause was put off, how long after the loop's wish a vCPU resumed; absent: 0 */
  readonly lateNs?: number;
}

/** Rings with these facts in them. */
export class FakeFacts {
  private readonly rings: readonly Fact[][];

  /** @param pcpuCount rings, all empty */
  constructor(pcpuCount: number) {
    this.rings = Array.from({ length: pcpuCount }, () => []);
  }

  add(pcpu: number, ...facts: readonly Fact[]): void {
    this.rings[pcpu].push(...facts);
  }

  readonly native: Partial<Native> = {
    drainFacts: (pcpu, out) => {
      const facts = this.rings[pcpu].splice(0, out.length / FactField.size);
      facts.forEach(({ timeNs, cpuNs, vcpu, kind, next = -1, lateNs = 0 }, i) => {
        const at = i * FactField.size;
        out[at + FactField.timeNs] = timeNs;
        out[at + FactField.cpuNs] = cpuNs;
        out[at + FactField.vcpu] = vcpu;
        out[at + FactField.kind] = FactKind[kind];
        out[at + FactField.lateNs] = lateNs;
        out[at + FactField.next] = next;
      });
      return facts.length;
    },
    factsDropped: (pcpu) => 3 * pcpu,
  };
}

/** vCPUs in this state; what isn't given is 0. */
export function fakeVcpus(
  vcpus: readonly Partial<Record<keyof typeof VcpuField, number>>[],
): Partial<Native> {
  return {
    readVcpu: (vcpu, out) => {
      for (const [name, field] of Object.entries(VcpuField))
        if (name !== 'size') out[field] = vcpus[vcpu][name as keyof typeof VcpuField] ?? 0;
    },
    cpuNs: (vcpu) => vcpus[vcpu].cpuNs ?? 0,
  };
}
