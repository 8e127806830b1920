import { IDLE } from '../../../core/policy.ts';
import { Priority } from '../../../core/credit1/constants.ts';
import { COLUMNS, Column, Kind, WIDTH } from '../../record.ts';
import type { Trace } from '../../trace.ts';
import type { Sample } from './track.ts';

/** Of one vCPU, wherever the trace tells; equal neighbours are left out. */
export interface CreditSamples {
  readonly credit: readonly Sample[];
  readonly priority: readonly Sample[];
}

/** @returns index vCPU */
export function creditSamplesOf({ rows, count, header }: Trace): CreditSamples[] {
  const credit: Sample[][] = header.vcpus.map(() => []);
  const priority: Sample[][] = header.vcpus.map(() => []);
  const { decide, tick, pay } = COLUMNS;
  for (let row = 0; row < count * WIDTH; row += WIDTH) {
    const atNs = rows[row + Column.timeNs];
    const put = (samples: Sample[][], vcpu: number, value: number): void => {
      if (vcpu !== IDLE) note(samples[vcpu], atNs, value);
    };
    switch (rows[row + Column.kind]) {
      case Kind.decide:
        put(credit, rows[row + decide.prev], rows[row + decide.prevCredit]);
        put(priority, rows[row + decide.prev], rows[row + decide.prevPriority]);
        put(credit, rows[row + decide.next], rows[row + decide.nextCredit]);
        put(priority, rows[row + decide.next], rows[row + decide.nextPriority]);
        break;
      case Kind.tick:
        put(credit, rows[row + tick.vcpu], rows[row + tick.credit]);
        put(priority, rows[row + tick.vcpu], rows[row + tick.priority]);
        break;
      case Kind.pay:
        put(credit, rows[row + pay.vcpu], rows[row + pay.after]);
        put(priority, rows[row + pay.vcpu], rows[row + pay.priority]);
        break;
      case Kind.wake:
        put(priority, rows[row + COLUMNS.wake.vcpu], rows[row + COLUMNS.wake.priority]);
        break;
      case Kind.boost:
        put(priority, rows[row + COLUMNS.boost.vcpu], Priority.boost);
        break;
      case Kind.unboost:
        put(priority, rows[row + COLUMNS.unboost.vcpu], Priority.under);
        break;
    }
  }
  return credit.map((samples, vcpu) => ({ credit: samples, priority: priority[vcpu] }));
}

function note(samples: Sample[], atNs: number, value: number): void {
  // A counter has one value at an instant: what it was in between, viewers can't draw.
  if (samples.at(-1)?.atNs === atNs) samples.pop();
  if (samples.at(-1)?.value !== value) samples.push({ atNs, value });
}
