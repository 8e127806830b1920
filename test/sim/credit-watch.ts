import assert from 'node:assert/strict';
import { isActive } from '../../src/core/credit1/activation.ts';
import { Priority } from '../../src/core/credit1/constants.ts';
import { Own } from '../../src/core/credit1/terms.ts';
import { Onlooker } from './onlooker.ts';

/** After each accounting: every active vCPU's credit is in bounds, and its priority says whether it is in debt. */
export class CreditWatch extends Onlooker {
  override own(nowNs: number, kind: number): void {
    if (kind !== Own.acct) return;
    const { state } = this;
    for (let vcpu = 0; vcpu < state.vcpuCount; vcpu++) {
      if (!isActive(state, vcpu)) continue;
      const credit = state.credit[vcpu];
      const which = `vCPU ${vcpu} at ${nowNs}`;
      assert.ok(Math.abs(credit) <= state.creditsPerSlice, `credit ${credit} of ${which}`);
      const expected = credit < 0 ? Priority.over : Priority.under;
      assert.equal(state.priority[vcpu], expected, `priority of ${which} with credit ${credit}`);
    }
  }
}
