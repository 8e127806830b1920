import assert from 'node:assert/strict';
import type { Policy } from '../../src/core/policy.ts';
import { POLICY_TYPES } from '../../src/policies.ts';
import { simulate } from '../../src/sim/simulate.ts';
import { hog } from '../sim/arbitrary.ts';
import { ContractWatch } from '../../src/policy-check/contract-watch.ts';

/** Takes the wake-ups away from a policy for which this is true. */
function withoutWakes(policy: Policy, isDropped: (vcpu: number, nowNs: number) => boolean): void {
  const wake = policy.wake.bind(policy);
  policy.wake = (vcpu, nowNs, wakingPcpu) => {
    if (!isDropped(vcpu, nowNs)) wake(vcpu, nowNs, wakingPcpu);
  };
}

/** @returns whether a VM is paused */
function pausesOf(policy: Policy): (vm: number) => boolean {
  const paused = new Set<number>();
  const pauseVm = policy.pauseVm.bind(policy);
  const unpauseVm = policy.unpauseVm.bind(policy);
  policy.pauseVm = (vm, nowNs) => {
    paused.add(vm);
    pauseVm(vm, nowNs);
  };
  policy.unpauseVm = (vm, nowNs, wakingPcpu) => {
    paused.delete(vm);
    unpauseVm(vm, nowNs, wakingPcpu);
  };
  return (vm) => paused.has(vm);
}

/** A policy is broken here before anybody looks on, and the watch must find out. */
class WatchOfBroken extends ContractWatch {
  private readonly breakIt: (policy: Policy, watch: ContractWatch) => void;

  constructor(breakIt: (policy: Policy, watch: ContractWatch) => void) {
    super([null, null]);
    this.breakIt = breakIt;
  }

  override attach(policy: Policy): void {
    this.breakIt(policy, this);
    super.attach(policy);
  }
}

const broken: readonly [
  what: string,
  breakIt: (policy: Policy, watch: ContractWatch) => void,
  says: RegExp,
][] = [
  [
    'drops every third wake-up',
    (policy) => {
      let count = 0;
      withoutWakes(policy, (_vcpu, nowNs) => nowNs > 0 && ++count % 3 === 0);
    },
    /vCPU 0 can run, and neither runs nor waits/,
  ],
  [
    'drops a wake-up while the VM is paused, and tells none',
    (policy) => {
      const isPaused = pausesOf(policy);
      withoutWakes(policy, (vcpu) => isPaused(policy.vmOf[vcpu]));
    },
    /vCPU 0 is awake, and its trace was not told, as if the wake-up was lost/,
  ],
  [
    'drops a wake-up while the VM is paused, and tells it',
    (policy, watch) => {
      const isPaused = pausesOf(policy);
      withoutWakes(policy, (vcpu, nowNs) => {
        const isDropped = isPaused(policy.vmOf[vcpu]);
        if (isDropped) watch.wake(nowNs, vcpu);
        return isDropped;
      });
    },
    /vCPU 0 can run, and neither runs nor waits/,
  ],
  [
    'forgets that a VM goes on',
    (policy) => {
      policy.unpauseVm = () => undefined;
    },
    /vCPU 0 can run, and neither runs nor waits/,
  ],
];

describe('the watch over policies', () => {
  for (const { type } of POLICY_TYPES) {
    const runWith = (watch: ContractWatch) =>
      simulate({
        pcpuCount: 1,
        scheduler: { type },
        vms: [{ vcpus: [{ guest: { kind: 'io', runNs: 2e6, sleepNs: 8e6 } }] }, { vcpus: [hog] }],
        events: [
          { atNs: 6e6, kind: 'pause', vm: 0 },
          { atNs: 100e6, kind: 'unpause', vm: 0 },
        ],
        durationNs: 400e6,
        recorder: watch,
      });

    it(`finds nothing where nothing is broken: ${type}`, () => {
      const watch = new ContractWatch([null, null]);
      runWith(watch);
      assert.ok(watch.decisions.length > 20);
    });

    for (const [what, breakIt, says] of broken) {
      it(`finds a policy that ${what}: ${type}`, () => {
        assert.throws(() => runWith(new WatchOfBroken(breakIt)), says);
      });
    }
  }
});
