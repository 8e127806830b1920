/** Records of credit1 in words. */
import { VcpuReading, VmReading } from '../../../core/credit1/terms.ts';
import { Column, COLUMNS, Kind, WIDTH } from '../../record.ts';
import type { Trace } from '../../trace.ts';
import { cpuName, signed, span, vcpuName, vmName } from '../words.ts';
import { credits, priorityName } from './numbers.ts';
import { OWN_COLUMNS, OwnKind } from './own-records.ts';
import { tuningAt } from './standing.ts';

/** @returns null for what any policy tells in the same words */
export function creditRecordWords(trace: Trace, row: number): string | null {
  const at = row * WIDTH;
  const { rows } = trace;
  const number = (column: number): number => rows[at + column];
  const vcpu = (column: number): string => vcpuName(trace, rows[at + column]);
  const vm = (column: number): string => vmName(trace, rows[at + column]);
  const c = COLUMNS;
  const own = OWN_COLUMNS;
  switch (number(Column.kind)) {
    case Kind.tick: {
      const { pcpu, vcpu: whose, readings } = c.tick;
      const priority = priorityName(number(readings + VcpuReading.priority));
      const credit = credits(number(readings + VcpuReading.credit));
      return `${cpuName(trace, number(pcpu))}: tick, ${vcpu(whose)} is ${priority} with ${credit}`;
    }
    case Kind.wake:
      return `${vcpu(c.wake.vcpu)} wakes up, ${priorityName(number(c.wake.readings + VcpuReading.priority))}`;
    case Kind.set: {
      if (number(c.set.status) !== 0) return null;
      const { vm: whose, vmReadings } = c.set;
      const cap = number(vmReadings + VmReading.cap);
      const limit = cap === 0 ? 'no cap' : `a cap of ${cap} %`;
      return `${vm(whose)} has weight ${number(vmReadings + VmReading.weight)} and ${limit} from now on`;
    }
    case Kind.tune: {
      if (number(c.tune.status) !== 0) return null;
      const { tsliceNs, ratelimitNs } = tuningAt(trace, row);
      return `the slice is ${span(tsliceNs)} and the rate limit ${span(ratelimitNs)} from now on`;
    }
    case OwnKind.acct:
      return (
        `accounting done: ${credits(number(own.acct.balance))} in all; ` +
        `${stayingWords(number(own.acct.totalWeight))}`
      );
    case OwnKind.grant: {
      const [fair, peak] = [number(own.grant.fair), number(own.grant.peak)];
      const limit = fair > peak ? `, cut down from ${fair}: its cap or its vCPUs allow no more` : '';
      const part = `${Math.min(fair, peak)} of ${credits(number(own.grant.toShare))}`;
      return `accounting: ${vm(own.grant.vm)} gets ${part} for weight ${number(own.grant.weightSum)}${limit}`;
    }
    case OwnKind.pay: {
      const words = payWords(number(own.pay.before), number(own.pay.share), number(own.pay.credit));
      return `accounting: ${vcpu(own.pay.vcpu)} ${words}: ${priorityName(number(own.pay.priority))}`;
    }
    case OwnKind.park:
      return `accounting parks ${vcpu(own.park.vcpu)}`;
    case OwnKind.unpark:
      return `accounting unparks ${vcpu(own.unpark.vcpu)}`;
    case OwnKind.boost:
      return `${vcpu(own.boost.vcpu)} is boosted`;
    case OwnKind.unboost:
      return `a tick ends the boost of ${vcpu(own.unboost.vcpu)}`;
    case OwnKind.activate: {
      const { vcpu: whose, activeCount } = own.activate;
      return `${vcpu(whose)} takes part in accounting from now on (${number(activeCount)} of its VM)`;
    }
    case OwnKind.deactivate: {
      const { vcpu: whose, activeCount } = own.deactivate;
      const left = `${number(activeCount)} of its VM left`;
      return `${vcpu(whose)} has saved too much, and takes no part in accounting (${left})`;
    }
    default:
      return null;
  }
}

/** @param totalWeight after those who saved too much have left: not what the pass divided by */
function stayingWords(totalWeight: number): string {
  return totalWeight === 0
    ? 'nobody takes part in the next as it stands'
    : `weights of ${totalWeight} take part in the next as it stands`;
}

function payWords(before: number, share: number, after: number): string {
  const sum = before + share;
  const start = `had ${signed(before)}, gets ${share}, has ${signed(sum)}`;
  if (sum === after) return start;
  return sum < 0
    ? `${start}, and nobody owes more than a slice: ${signed(after)}`
    : `${start}, more than a slice, so it leaves accounting with half of them: ${after}`;
}
