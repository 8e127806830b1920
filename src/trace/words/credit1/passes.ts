/** credit1's accounting passes, read back from their records. */
import { Column, WIDTH } from '../../record.ts';
import type { Trace } from '../../trace.ts';
import { OWN_COLUMNS, OwnKind } from './own-records.ts';

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

const PASSES = new WeakMap<Trace, readonly Pass[]>();

/** @returns in order of time; a pass whose beginning or end is missing is left out */
export function passesOf(trace: Trace): readonly Pass[] {
  let passes = PASSES.get(trace);
  if (passes === undefined) {
    passes = readPasses(trace);
    PASSES.set(trace, passes);
  }
  return passes;
}

function readPasses(trace: Trace): Pass[] {
  const { rows, count, lost } = trace;
  const passes: Pass[] = [];
  let grants: (Grant & { pays: Pay[] })[] = [];
  let changes = new Map<number, Pay['change']>();
  let balance = lost.forgotten === 0 ? 0 : NaN;
  for (let row = 0; row < count; row++) {
    const at = row * WIDTH;
    switch (rows[at + Column.kind]) {
      case OwnKind.grant: {
        const { vm, toShare, weightSum, fair, peak } = OWN_COLUMNS.grant;
        grants.push({
          vm: rows[at + vm],
          toShare: rows[at + toShare],
          weight: rows[at + weightSum],
          fair: rows[at + fair],
          peak: rows[at + peak],
          pays: [],
        });
        break;
      }
      case OwnKind.pay: {
        const { vcpu, before, share, credit, priority } = OWN_COLUMNS.pay;
        grants.at(-1)?.pays.push({
          vcpu: rows[at + vcpu],
          before: rows[at + before],
          share: rows[at + share],
          after: rows[at + credit],
          priority: rows[at + priority],
          change: changes.get(rows[at + vcpu]) ?? null,
        });
        break;
      }
      case OwnKind.park:
        changes.set(rows[at + OWN_COLUMNS.park.vcpu], 'parked');
        break;
      case OwnKind.unpark:
        changes.set(rows[at + OWN_COLUMNS.unpark.vcpu], 'unparked');
        break;
      case OwnKind.deactivate:
        // An accounting that unparks and deactivates at once has paid more than the cap allows: a cap just lifted.
        changes.set(rows[at + OWN_COLUMNS.deactivate.vcpu], 'deactivated');
        break;
      case OwnKind.acct: {
        const totalWeight = grants.reduce((sum, { weight }) => sum + weight, 0);
        const debt = Number.isNaN(balance) ? NaN : Math.max(0, -balance);
        passes.push({ timeNs: rows[at + Column.timeNs], row, debt, totalWeight, grants });
        balance = rows[at + OWN_COLUMNS.acct.balance];
        grants = [];
        changes = new Map();
        break;
      }
    }
  }
  // Of the oldest one there may be only the end.
  return lost.forgotten === 0 ? passes : passes.slice(1);
}
