import assert from 'node:assert/strict';
import fc from 'fast-check';
import { account } from '../../../src/core/credit1/accounting.ts';
import { ACTIVE_VMS, activate, isActive } from '../../../src/core/credit1/activation.ts';
import { Priority } from '../../../src/core/credit1/constants.ts';
import type { LinkedLists } from '../../../src/core/linked-lists.ts';
import type { CreditState } from '../../../src/core/credit1/state.ts';
import { Flag } from '../../../src/core/credit1/state.ts';
import { modelAccounting, type ModelPool, type ModelVcpu, totalWeight } from './accounting-model.ts';
import { started, vm } from './fixture.ts';

describe('accounting, compared with the specification written a second time,', () => {
  const weight = fc.oneof(fc.constantFrom(1, 256, 65_535), fc.integer({ min: 1, max: 2000 }));
  const cap = fc.oneof(
    fc.constant(0),
    fc.constantFrom(1, 33, 100, 101, 399),
    fc.integer({ min: 1, max: 400 }),
  );
  const someVm = fc.record({ weight, cap, vcpus: fc.integer({ min: 1, max: 4 }) });
  const machine = fc.record({
    vms: fc.array(someVm, { minLength: 1, maxLength: 6 }),
    pcpus: fc.integer({ min: 1, max: 9 }),
    tsliceNs: fc.constantFrom(30e6, 30e6, 1e6, 7e6, 1000e6),
    /** what each vCPU burns before each pass, in credits; and whether it is activated then */
    passes: fc.array(
      fc.array(fc.tuple(fc.integer({ min: 0, max: 700 }), fc.boolean()), { minLength: 24, maxLength: 24 }),
      {
        minLength: 1,
        maxLength: 8,
      },
    ),
  });

  it('gives the same credits, priorities, lists and balance, pass after pass', () => {
    fc.assert(
      fc.property(machine, ({ vms, pcpus, tsliceNs, passes }) => {
        const { state } = started(
          pcpus,
          vms.map((each) => vm(each.weight, each.cap, each.vcpus)),
          { tsliceNs, ratelimitNs: 0 },
        );
        const model: ModelPool = {
          perSlice: BigInt(state.creditsPerSlice),
          pcpus: BigInt(pcpus),
          balance: 0n,
          vms: [],
        };
        const modelVms = vms.map((each, id) => ({
          id,
          weight: BigInt(each.weight),
          cap: BigInt(each.cap),
          active: [] as ModelVcpu[],
        }));
        const modelVcpus = Array.from(state.vmOf, (_, id) => ({
          id,
          credit: 0n,
          isOver: false,
          isParked: false,
          isActive: false,
        }));
        passes.forEach((burns, pass) => {
          modelVcpus.forEach((vcpu) => {
            const [burnt, isFoundRunning] = burns[vcpu.id];
            state.credit[vcpu.id] -= burnt;
            vcpu.credit -= BigInt(burnt);
            if (!isFoundRunning || vcpu.isActive) return;
            activate(state, vcpu.id, 0);
            const owner = modelVms[state.vmOf[vcpu.id]];
            vcpu.isActive = true;
            owner.active = [vcpu, ...owner.active];
            if (!model.vms.includes(owner)) model.vms = [owner, ...model.vms];
          });
          account(state, pass * tsliceNs);
          modelAccounting(model);
          assert.deepEqual(seen(state), expected(model, modelVcpus), `pass ${pass}`);
        });
      }),
      { numRuns: 300 },
    );
  });
});

function seen(state: CreditState) {
  return {
    balance: state.balance,
    totalWeight: state.totalWeight,
    activeVms: listed(state.activeVms, ACTIVE_VMS),
    activeVcpus: listed(state.activeVms, ACTIVE_VMS).map((id) => listed(state.activeVcpus, id)),
    vcpus: Array.from(state.credit, (credit, id) => ({
      credit,
      isActive: isActive(state, id),
      isOver: state.priority[id] === Priority.over,
      isParked: (state.flags[id] & Flag.parked) !== 0,
    })),
  };
}

function expected(pool: ModelPool, vcpus: readonly ModelVcpu[]) {
  return {
    balance: Number(pool.balance),
    totalWeight: Number(totalWeight(pool)),
    activeVms: pool.vms.map(({ id }) => id),
    activeVcpus: pool.vms.map(({ active }) => active.map(({ id }) => id)),
    vcpus: vcpus.map(({ credit, isActive: active, isOver, isParked }) => ({
      credit: Number(credit),
      isActive: active,
      isOver,
      isParked,
    })),
  };
}

function listed(lists: LinkedLists, list: number): number[] {
  const items: number[] = [];
  for (let item = lists.head(list); item >= 0; item = lists.next(item)) items.push(item);
  return items;
}
