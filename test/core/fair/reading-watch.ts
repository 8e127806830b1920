import type { Policy } from '../../../src/core/policy.ts';
import { Onlooker } from '../../sim/onlooker.ts';

/** What was told, and what each vCPU's readings were just then. */
export interface Told {
  readonly kind: string;
  readonly told: readonly number[];
  /** index vCPU, then reading */
  readonly readings: readonly (readonly number[])[];
}

/** Hears all that a policy tells, with the readings of all vCPUs. */
export class ReadingWatch extends Onlooker {
  readonly rows: Told[] = [];
  policy!: Policy;
  protected override readonly hear = (kind: string, told: readonly number[]): void => {
    const { policy } = this;
    const count = policy.terms.vcpuReadings.length;
    const readings = Array.from({ length: policy.vcpuCount }, (_, vcpu) => {
      const out = new Float64Array(count);
      policy.readVcpu(vcpu, out, 0);
      return [...out];
    });
    this.rows.push({ kind, told, readings });
  };

  override attach(policy: Policy): void {
    this.policy = policy;
  }

  of(kind: string): Told[] {
    return this.rows.filter((row) => row.kind === kind);
  }
}
