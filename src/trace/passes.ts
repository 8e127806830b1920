/** Accounting passes, read back from their records. */
import { COLUMNS, Column, Kind, WIDTH } from './record.ts';
import type { Trace } from './trace.ts';

export interface Pass {
  readonly timeNs: number;
  /** its last record */
  readonly row: number;
  /** credits that the pass before gave too many: handed out on top. NaN: that pass isn't in the trace */
  readonly debt: number;
  /** sum over the VMs that took part: weight × active vCPUs */
  readonly totalWeight: number;
  /** in the order in which the VMs were served */
  readonly grants: readonly Grant[];
}

/** A VM's part. */
export interface Grant {
  readonly vm: number;
  readonly toShare: number;
  /** weight × active vCPUs */
  readonly weight: number;
  /** ⌈toShare × weight ÷ totalWeight⌉ */
  readonly fair: number;
  readonly peak: number;
  readonly pays: readonly Pay[];
}

/** A vCPU's part. */
export interface Pay {
  readonly vcpu: number;
  readonly before: number;
  readonly share: number;
  readonly after: number;
  readonly priority: number;
  readonly change: 'parked' | 'unparked' | 'deactivated' | null;
}

/** @returns in order of time; a pass whose beginning or end is missing is left out */
export function passesOf(trace: Trace): Pass[] {
  const { rows, count, lost } = trace;
  const passes: Pass[] = [];
  let grants: (Grant & { pays: Pay[] })[] = [];
  let changes = new Map<number, Pay['change']>();
  let balance = lost.forgotten === 0 ? 0 : NaN;
  for (let row = 0; row < count; row++) {
    const at = row * WIDTH;
    switch (rows[at + Column.kind]) {
      case Kind.grant: {
        const { vm, toShare, weight, fair, peak } = COLUMNS.grant;
        grants.push({
          vm: rows[at + vm],
          toShare: rows[at + toShare],
          weight: rows[at + weight],
          fair: rows[at + fair],
          peak: rows[at + peak],
          pays: [],
        });
        break;
      }
      case Kind.pay: {
        const { vcpu, before, share, after, priority } = COLUMNS.pay;
        grants.at(-1)?.pays.push({
          vcpu: rows[at + vcpu],
          before: rows[at + before],
          share: rows[at + share],
          after: rows[at + after],
          priority: rows[at + priority],
          change: changes.get(rows[at + vcpu]) ?? null,
        });
        break;
      }
      case Kind.park:
        changes.set(rows[at + COLUMNS.park.vcpu], 'parked');
        break;
      case Kind.unpark:
        changes.set(rows[at + COLUMNS.unpark.vcpu], 'unparked');
        break;
      case Kind.deactivate:
        // An accounting that unparks and deactivates at once has paid more than the cap allows: a cap just lifted.
        changes.set(rows[at + COLUMNS.deactivate.vcpu], 'deactivated');
        break;
      case Kind.acct: {
        const totalWeight = grants.reduce((sum, { weight }) => sum + weight, 0);
        const debt = Number.isNaN(balance) ? NaN : Math.max(0, -balance);
        passes.push({ timeNs: rows[at + Column.timeNs], row, debt, totalWeight, grants });
        balance = rows[at + COLUMNS.acct.balance];
        grants = [];
        changes = new Map();
        break;
      }
    }
  }
  // Of the oldest one there may be only the end.
  return lost.forgotten === 0 ? passes : passes.slice(1);
}
