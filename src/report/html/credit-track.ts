import { IDLE } from '../../core/policy.ts';
import { COLUMNS, Column, Kind, WIDTH } from '../../trace/record.ts';
import type { Trace } from '../../trace/trace.ts';

/** Credit (100 µs each) and priority of a vCPU from an instant on. */
export interface CreditPoint {
  readonly timeNs: number;
  readonly credit: number;
  readonly priority: number;
}

/** Where a record tells a vCPU's credit and priority. */
interface Place {
  readonly vcpu: number;
  readonly credit: number;
  readonly priority: number;
}

const { decide, tick, pay } = COLUMNS;
const PLACES = new Map<number, readonly Place[]>([
  [
    Kind.decide,
    [
      { vcpu: decide.prev, credit: decide.prevCredit, priority: decide.prevPriority },
      { vcpu: decide.next, credit: decide.nextCredit, priority: decide.nextPriority },
    ],
  ],
  [Kind.tick, [tick]],
  [Kind.pay, [{ vcpu: pay.vcpu, credit: pay.after, priority: pay.priority }]],
]);

/** @returns per vCPU what is known of its credit and priority, in order of time; points that change nothing are left out */
export function creditTracks({ header, rows, count }: Trace): CreditPoint[][] {
  const tracks: CreditPoint[][] = header.vcpus.map(() => []);
  for (let row = 0; row < count * WIDTH; row += WIDTH) {
    for (const at of PLACES.get(rows[row + Column.kind]) ?? []) {
      const vcpu = rows[row + at.vcpu];
      if (vcpu === IDLE) continue;
      const track = tracks[vcpu];
      const last = track.at(-1);
      const credit = rows[row + at.credit];
      const priority = rows[row + at.priority];
      if (last !== undefined && last.credit === credit && last.priority === priority) continue;
      track.push({ timeNs: rows[row + Column.timeNs], credit, priority });
    }
  }
  return tracks;
}
