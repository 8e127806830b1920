import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LabError } from '../../src/base/errors.ts';
import { guarded } from '../../src/core/guarded.ts';
import { type FaultKind, FAULTS, PolicyFault } from '../../src/core/policy-fault.ts';
import type { PolicyVm } from '../../src/core/policy.ts';
import { forgetPolicies, policyTypeOf } from '../../src/policies.ts';
import { loadPolicyType } from '../../src/policy-file/load.ts';
import { simulate } from '../../src/sim/simulate.ts';
import { changed, choosing, folderOf, TEMPLATE } from './modules.ts';

/** What it does from 200 ms on, and how that is told. */
const BROKEN: Readonly<Record<string, readonly [text: string, kind: FaultKind, said: RegExp]>> = {
  'threw.mjs': [
    choosing('if (this.turns[0] > 20) null.x;'),
    'threw',
    /threw\.mjs:\d+:\d+: the scheduler threw\.mjs is broken: schedule\(\) threw TypeError: .*, at 230\.000 ms/,
  ],
  'undefined.mjs': [
    changed('return vcpu === NONE ? IDLE : vcpu;', 'return this.turns[0] > 20 ? undefined : vcpu;'),
    'nonsense',
    /choose\(0\) returned undefined, and no vCPU \(0 to 1\) and not IDLE \(-1\), at 230\.000 ms/,
  ],
  'no-number.mjs': [
    changed('return this.values.sliceNs;', 'return this.values.slice;'),
    'nonsense',
    /begin\(0\) returned undefined, and not how long the slice is/,
  ],
  'short.mjs': [
    changed('return this.values.sliceNs;', 'return 5;'),
    'nonsense',
    /returned 5, and not how long/,
  ],
  'text.mjs': [
    changed('return this.values.sliceNs;', "return '10e6';"),
    'nonsense',
    /begin\(0\) returned "10e6", and not how long the slice is/,
  ],
  'not-runnable.mjs': [
    changed('return vcpu === NONE ? IDLE : vcpu;', 'return this.turns[0] > 20 ? 1 : vcpu;'),
    'not-runnable',
    /choose\(0\) returned 1, a vCPU that does not wait: it is blocked/,
  ],
  'reading.mjs': [
    changed('out[at] = this.turns[vcpu];', 'out[at] = this.turns[vcpu] > 20 ? NaN : 1;'),
    'nonsense',
    /readVcpu\(\) wrote NaN as turns/,
  ],
  'restless.mjs': [
    changed('  begin(vcpu) {', '  nextResched() { return 0; }\n  begin(vcpu) {'),
    'restless',
    /it decides again and again, \d+ times within a millisecond/,
  ],
  'endless.mjs': [
    choosing('if (this.turns[0] > 20) for (;;);'),
    'endless',
    /the scheduler endless\.mjs is broken: schedule\(\) does not return/,
  ],
  'late-create.mjs': [
    changed('=> new Mine(type, options)', '=> options.vms.length > 1 ? nobody : new Mine(type, options)'),
    'threw',
    /late-create\.mjs:\d+:\d+: .*create\(\) threw ReferenceError/,
  ],
};

describe('a policy module that breaks in a simulation', function () {
  this.timeout(20_000);
  const folder = folderOf({
    'mine.mjs': readFileSync(TEMPLATE, 'utf8'),
    ...Object.fromEntries(Object.entries(BROKEN).map(([name, [text]]) => [name, text])),
  });
  after(folder.remove);
  afterEach(forgetPolicies);

  const run = async (name: string) => {
    const { type } = await loadPolicyType(name, folder.path);
    const vms = [
      { vcpus: [{ guest: { kind: 'hog' } as const }] },
      { vcpus: [{ guest: { kind: 'io', runNs: 1e6, sleepNs: 8e6 } as const }] },
    ];
    return simulate({
      ...{ pcpuCount: 1, durationNs: 1e9, scheduler: { type }, vms },
      recorder: reader(type),
    });
  };

  it('does not, as the template is', async () => {
    assert.equal((await run('mine.mjs')).endNs, 1e9);
  });

  for (const [name, [, kind, said]] of Object.entries(BROKEN)) {
    it(`is told by name, and ends: ${name} (${FAULTS[kind]})`, async () => {
      const error = await run(name).then(
        () => null,
        (caught: unknown) => caught,
      );
      assert.ok(error instanceof LabError, String(error));
      assert.equal(error.code, 'RUN_FAILED');
      assert.ok(error.cause instanceof PolicyFault);
      assert.equal(error.cause.kind, kind);
      assert.match(error.describe(), said);
      assert.ok(error.describe().includes(`creditlab policy check `));
      assert.ok(error.describe().includes(join(folder.path, name)));
    });
  }
});

/** A recorder that reads the readings of whom it is told of. */
function reader(type: string) {
  const out = new Float64Array(4);
  const nothing = () => undefined;
  let policy: { readVcpu(vcpu: number, out: Float64Array, at: number): void } | null = null;
  return {
    attach: (attached: typeof policy) => (policy = attached),
    decide: (_now: number, _pcpu: number, _prev: number, next: number) =>
      next < 0 || policyTypeOf(type).vcpuReadings.length === 0 ? undefined : policy?.readVcpu(next, out, 0),
    ...Object.fromEntries(
      ['tick', 'steal', 'migrate', 'wake', 'set', 'tune', 'start', 'pause', 'unpause', 'destroy', 'pin'].map(
        (name) => [name, nothing],
      ),
    ),
    ...{ own: nothing, timer: nothing, decision: nothing, exit: nothing },
  } as never;
}

describe('the guard of a policy', () => {
  const VMS: readonly PolicyVm[] = [{ vcpus: [null] }, { vcpus: [[1]] }];
  const options = { pcpuCount: 2, vms: VMS };
  const policyOf = () => {
    const policy = policyTypeOf('round-robin').create(options);
    return { policy, guard: guarded(policy, options) };
  };
  const faultOf = (action: () => unknown): PolicyFault => {
    try {
      action();
    } catch (error) {
      assert.ok(error instanceof PolicyFault, String(error));
      return error;
    }
    throw new Error('there is no fault');
  };

  const say = (
    kind: FaultKind,
    next: number,
    pcpu: number,
    said: RegExp,
    prepare = (): void => undefined,
  ) => {
    const { policy, guard } = policyOf();
    for (const vm of [0, 1]) guard.startVm(vm, 0);
    guard.wake(0, 0, 0);
    prepare();
    policy.schedule = (on) => {
      policy.current[on] = next;
      if (next >= 0) policy.pcpuOf[next] = on;
      return next;
    };
    const fault = faultOf(() => guard.schedule(pcpu, 5e6, 0));
    assert.equal(fault.kind, kind);
    assert.match(fault.message, said);
    assert.match(fault.message, /at 5\.000 ms$/);
  };

  it('knows who is blocked, by what it was told', () => {
    say('not-runnable', 1, 1, /it runs vCPU 1 on pCPU 1, which is blocked/);
  });

  it('knows what is no vCPU', () => {
    say('nonsense', 2, 0, /schedule\(0\) returned 2, and no vCPU \(0 to 1\)/);
    say('nonsense', 0.5, 0, /returned 0\.5/);
  });

  it('knows where a vCPU is pinned', () => {
    const { policy, guard } = policyOf();
    guard.startVm(1, 0);
    guard.wake(1, 0, 0);
    policy.schedule = () => {
      policy.pcpuOf[1] = 0;
      return (policy.current[0] = 1);
    };
    const fault = faultOf(() => guard.schedule(0, 0, 0));
    assert.equal(fault.kind, 'pinned');
    guard.pinVcpu(1, null, 0);
    assert.equal(guard.schedule(0, 0, 0), 1);
  });

  it('knows who runs already', () => {
    const { policy, guard } = policyOf();
    guard.startVm(0, 0);
    guard.wake(0, 0, 0);
    const pcpu = guard.nextResched();
    assert.equal(guard.schedule(pcpu, 0, 0), 0);
    policy.schedule = (on) => {
      policy.pcpuOf[0] = on;
      return (policy.current[on] = 0);
    };
    assert.equal(faultOf(() => guard.schedule(1 - pcpu, 0, 0)).kind, 'twice');
  });

  it('leaves refusals of values as they are', () => {
    const { guard } = policyOf();
    assert.throws(() => guard.tune({ nothing: 1 }, 0), RangeError);
    assert.throws(() => guard.addVm({ vcpus: [null] }), RangeError);
    assert.equal(guard.tune({ sliceNs: 5e6 }, 0), true);
  });
});
