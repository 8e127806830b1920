import assert from 'node:assert/strict';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { problemIn } from '../../src/core/parameters.ts';
import type { ParameterValues } from '../../src/core/policy.ts';
import type { Parameter, PolicyType } from '../../src/core/policy-type.ts';
import type { ScriptedEvent } from '../../src/machine/agenda.ts';
import { forgetPolicies, POLICY_TYPES, registerPolicy } from '../../src/policies.ts';
import { loadPolicyType } from '../../src/policy-file/load.ts';
import type { SimOptions, SimVm } from '../../src/sim/simulate.ts';
import { simulate } from '../../src/sim/simulate.ts';
import { TEMPLATE } from '../policy-file/modules.ts';
import { hog, someGuest, someTopology } from '../sim/arbitrary.ts';
import { ContractWatch } from '../../src/policy-check/contract-watch.ts';
import { isLimiting, isStrict, type Watched } from '../../src/policy-check/judge.ts';
import { wrongAnswer } from '../../src/policy-check/requests.ts';

const DURATION_NS = 400e6;
const EVENT_NS = 100e6;
const LAST_START_NS = 77_777_777;

/** The file that `creditlab policy new` writes. Other tests of this process know nothing of it. */
const template = await loadPolicyType(TEMPLATE);
forgetPolicies();

/** What every policy promises to the loop and to those who look on. */
for (const type of [...POLICY_TYPES, template]) {
  describe(`the policy ${type.type}`, function () {
    this.timeout(60_000);

    before(() => {
      if (type === template) registerPolicy(template, pathToFileURL(TEMPLATE).href);
    });

    after(forgetPolicies);

    it('has whoever can run in exactly one place, where it may be, whatever happens; and says nothing else', () => {
      fc.assert(
        fc.property(anyScenario(type), (options) => {
          watchedUnder(type, { ...options, paranoid: true });
        }),
        { numRuns: 150 },
      );
    });

    it('decides the same when its input is the same', () => {
      fc.assert(
        fc.property(anyScenario(type), (options) => {
          const [one, other] = [watchedUnder(type, options), watchedUnder(type, options)];
          assert.deepEqual(one.result, other.result);
          assert.deepEqual(one.watch.decisions, other.watch.decisions);
        }),
        { numRuns: 30 },
      );
    });

    it('wastes no pCPU for longer than it says', () => {
      fc.assert(
        fc.property(uncapped(type, isStrict(type)), (options) => {
          const { watch } = watchedUnder(type, options);
          const boundNs = type.longestWasteNs(options.scheduler?.parameters ?? {}, watch.mostOnOne);
          assert.ok(watch.longestWasteNs <= boundNs, `${watch.waste}, bound ${boundNs}`);
        }),
        { numRuns: 150 },
      );
    });

    it('lets all finite work come to its end', () => {
      fc.assert(
        fc.property(uncapped(type), (options) => {
          const vms = options.vms.map((vm) => ({ ...vm, vcpus: vm.vcpus.map(() => FINITE) }));
          const { end, vcpus } = simulate({ ...options, vms, durationNs: 100e9, stopWhenDone: true });
          assert.equal(end, 'done');
          for (const { cpuNs } of vcpus) assert.equal(cpuNs, FINITE.guest.workNs);
        }),
        { numRuns: 50 },
      );
    });

    it('brings sleepers to their end, too, though they are paused and go on', () => {
      fc.assert(
        fc.property(sleepersAndPauses(type), (options) => {
          const { end, vcpus } = watchedUnder(type, options).result;
          assert.equal(end, 'done');
          for (const { cpuNs, wakes } of vcpus) {
            assert.equal(cpuNs, SLEEPER.guest.count * SLEEPER.guest.runNs);
            assert.equal(wakes, SLEEPER.guest.count - 1);
          }
        }),
        { numRuns: 50 },
      );
    });

    it('gives a paused VM nothing, the others all of it, and goes on when it is unpaused', () => {
      fc.assert(
        fc.property(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 }), (pcpuCount, vcpus) => {
          const vm: SimVm = { vcpus: Array.from({ length: vcpus }, () => hog) };
          const { samples, endNs } = simulate({
            pcpuCount,
            scheduler: { type: type.type },
            vms: [vm, { vcpus: Array.from({ length: pcpuCount }, () => hog) }],
            events: [
              { atNs: 1e9, kind: 'pause', vm: 0 },
              { atNs: 2e9, kind: 'unpause', vm: 0 },
            ],
            durationNs: 3.5e9,
            sampleNs: 500e6,
          });
          const used = (from: number, to: number, first: number, count: number) =>
            Array.from(
              { length: count },
              (_, i) => samples[to][1 + first + i] - samples[from][1 + first + i],
            );
          assert.equal(endNs, 3.5e9);
          assert.deepEqual(used(2, 4, 0, vcpus), Array(vcpus).fill(0));
          // Its pCPUs are found by the others within what the policy says.
          const wasteNs = pcpuCount * type.longestWasteNs({}, vcpus + pcpuCount);
          const othersNs = used(2, 4, vcpus, pcpuCount).reduce((sum, ns) => sum + ns, 0);
          assert.ok(othersNs >= pcpuCount * 1e9 - wasteNs, `${othersNs}`);
          for (const ns of used(4, 6, 0, vcpus)) assert.ok(ns > 0);
        }),
        { numRuns: 20 },
      );
    });

    it('gives the pCPUs of a VM that is destroyed to the others, for good', () => {
      fc.assert(
        fc.property(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 }), (pcpuCount, vcpus) => {
          const { samples, endNs } = simulate({
            pcpuCount,
            scheduler: { type: type.type },
            vms: [
              { vcpus: Array.from({ length: vcpus }, () => hog) },
              { vcpus: Array.from({ length: pcpuCount }, () => hog) },
            ],
            events: [
              { atNs: 1e9, kind: 'destroy', vm: 0 },
              { atNs: 1.5e9, kind: 'unpause', vm: 0 },
            ],
            durationNs: 3e9,
            sampleNs: 1e9,
            paranoid: true,
          });
          assert.equal(endNs, 3e9);
          for (let vcpu = 0; vcpu < vcpus; vcpu++) assert.equal(samples[1][1 + vcpu], samples[2][1 + vcpu]);
          const wasteNs = pcpuCount * type.longestWasteNs({}, vcpus + pcpuCount);
          const others = samples[2].map((ns, i) => ns - samples[1][i]).slice(1 + vcpus);
          const othersNs = others.reduce((sum, ns) => sum + ns, 0);
          assert.ok(othersNs >= pcpuCount * 1e9 - wasteNs, `${othersNs}`);
        }),
        { numRuns: 20 },
      );
    });

    it('ends a run for its work when all others have done theirs', () => {
      const finite = { guest: { kind: 'finite', workNs: 1e9 } } as const;
      const { end, endNs, vcpus } = simulate({
        pcpuCount: 1,
        scheduler: { type: type.type },
        vms: [{ vcpus: [finite] }, { vcpus: [finite] }],
        events: [{ atNs: 400e6, kind: 'destroy', vm: 0 }],
      });
      assert.equal(end, 'done');
      assert.equal(vcpus[0].doneNs, -1);
      assert.equal(endNs, 1e9 + vcpus[0].cpuNs);
    });

    it('runs a vCPU that is pinned elsewhere there, and nowhere else', () => {
      const { watch } = watchedUnder(type, {
        pcpuCount: 3,
        scheduler: { type: type.type },
        vms: [{ vcpus: [hog, hog] }, { vcpus: [hog, hog] }],
        events: [
          { atNs: 500e6, kind: 'pin', vm: 0, vcpu: 1, pcpus: [2] },
          { atNs: 1e9, kind: 'pin', vm: 0, vcpu: null, pcpus: null },
        ],
        durationNs: 1.5e9,
      });
      const [, before, pinned] = [0, 1, 2].map(
        (part) =>
          new Set(
            watch.decisions
              .filter(([atNs, , , next]) => next === 1 && Math.floor((atNs - 1) / 500e6) === part - 1)
              .map(([, pcpu]) => pcpu),
          ),
      );
      assert.ok(before.size > 0);
      assert.deepEqual([...pinned], [2]);
    });

    it('accepts and refuses what it must, and knows who comes later as if it had been there', () => {
      assert.equal(wrongAnswer(type), null);
    });

    it('is not changed by a change to what holds already', () => {
      const defaults = (declared: readonly Parameter[]): ParameterValues =>
        Object.fromEntries(declared.flatMap((each) => (each.isTunable ? [[each.field, each.default]] : [])));
      fc.assert(
        fc.property(uncapped(type), (options) => {
          const vms = options.vms.map(({ vcpus, startNs = 0 }) => ({ vcpus, startNs }));
          const plain: SimOptions = { ...options, vms, scheduler: { type: type.type } };
          const events: ScriptedEvent[] = [
            { atNs: EVENT_NS, kind: 'tune', parameters: defaults(type.parameters) },
            { atNs: EVENT_NS, kind: 'set', vm: 0, parameters: defaults(type.vmParameters) },
          ];
          const { changes, ...changed } = simulate({ ...plain, events });
          assert.equal(changes.length, events.length);
          assert.deepEqual({ ...changed, changes: [] }, simulate(plain));
        }),
        { numRuns: 30 },
      );
    });

    it('takes a change of its slice from then on', () => {
      const slice = type.parameters.find(({ isSlice }) => isSlice === true);
      if (slice === undefined) return;
      const fields = slice.field;
      const switchesBetween = (fromNs: number, toNs: number, watch: ContractWatch) =>
        watch.decisions.filter(([atNs, , prev, next]) => prev !== next && atNs >= fromNs && atNs < toNs)
          .length;
      const { watch } = watchedUnder(type, {
        pcpuCount: 1,
        scheduler: { type: type.type },
        vms: [{ vcpus: [hog] }, { vcpus: [hog] }],
        events: [{ atNs: 1e9, kind: 'tune', parameters: { [fields]: third(slice) } }],
        durationNs: 2.1e9,
      });
      const [before, after] = [switchesBetween(0, 1e9, watch), switchesBetween(1.1e9, 2.1e9, watch)];
      assert.ok(after > 2 * before && before > 0, `${before} switches, then ${after}`);
    });
  });
}

const FINITE = { guest: { kind: 'finite', workNs: 40e6 } } as const;

const SLEEPER = { guest: { kind: 'io', runNs: 2e6, sleepNs: 3e6, count: 10 } } as const;

/** Every VM that is paused goes on later, often while it sleeps, and often after its wake-up has come. */
function sleepersAndPauses(type: PolicyType): fc.Arbitrary<SimOptions> {
  return uncapped(type, true).chain((options) => {
    const vms = options.vms.map(({ vcpus, ...vm }) => ({
      ...vm,
      vcpus: vcpus.map((vcpu) => ({ ...vcpu, ...SLEEPER })),
    }));
    const stay = fc.record({
      vm: fc.nat(vms.length - 1),
      fromNs: fc.nat(EVENT_NS),
      lengthNs: fc.integer({ min: 0, max: 20e6 }),
    });
    return fc.array(stay, { minLength: 1, maxLength: 6 }).map((stays): SimOptions => {
      const events = stays.flatMap(({ vm, fromNs, lengthNs }): ScriptedEvent[] => [
        { atNs: fromNs, kind: 'pause', vm },
        { atNs: fromNs + lengthNs, kind: 'unpause', vm },
      ]);
      return { ...options, vms, events, durationNs: 100e9, stopWhenDone: true };
    });
  });
}

function watchedUnder(type: PolicyType, options: SimOptions): Watched {
  const watch = new ContractWatch(options.vms.flatMap(({ vcpus }) => vcpus.map(({ pin }) => pin ?? null)));
  const result = simulate({
    ...options,
    scheduler: { ...options.scheduler, type: type.type },
    recorder: watch,
  });
  watch.finish(result.endNs);
  const used = result.vcpus.reduce((sum, { cpuNs }) => sum + cpuNs, 0);
  assert.equal(
    used,
    result.busyNs.reduce((sum, ns) => sum + ns, 0),
  );
  return { watch, result };
}

/** Machines, VMs, pins, loads and events of all kinds, with parameters of this policy. */
function anyScenario(type: PolicyType): fc.Arbitrary<SimOptions> {
  return fc.integer({ min: 1, max: 4 }).chain((pcpuCount) =>
    fc
      .record({
        pcpuCount: fc.constant(pcpuCount),
        topology: someTopology(pcpuCount),
        vms: fc.array(someVm(type, somePin(pcpuCount)), { minLength: 1, maxLength: 4 }),
        scheduler: fc.record({ type: fc.constant(type.type), parameters: someValues(type.parameters) }),
        durationNs: fc.constant(DURATION_NS),
        jitterNs: fc.constantFrom(0, 0, 50_000, 3_000_000),
        seed: fc.nat(),
      })
      .chain((options) =>
        fc
          .array(someEvent(type, options.vms, pcpuCount), { maxLength: 6 })
          .map((events): SimOptions => ({ ...options, events })),
      ),
  );
}

/** The same without caps, lateness and events, and with no parameter changed but the slice. */
function uncapped(type: PolicyType, isPinned = false): fc.Arbitrary<SimOptions> {
  const slices = type.parameters.filter(({ isSlice }) => isSlice === true);
  return fc.integer({ min: 1, max: 4 }).chain((pcpuCount) =>
    fc.record({
      pcpuCount: fc.constant(pcpuCount),
      topology: someTopology(pcpuCount),
      vms: fc.array(
        someVm(type, isPinned ? somePin(pcpuCount) : fc.constant(null), (each) => !isLimiting(each)),
        {
          minLength: 1,
          maxLength: 4,
        },
      ),
      scheduler: fc.record({
        type: fc.constant(type.type),
        parameters: fc.record(
          Object.fromEntries(
            slices.map((slice) => [slice.field, fc.constantFrom(slice.default, third(slice))]),
          ),
        ),
      }),
      durationNs: fc.constant(DURATION_NS),
    }),
  );
}

function somePin(pcpuCount: number): fc.Arbitrary<readonly number[] | null> {
  const pins = fc.uniqueArray(fc.nat(pcpuCount - 1), { minLength: 1, maxLength: pcpuCount });
  return fc.oneof(fc.constant(null), pins);
}

function someVm(
  { vmParameters, misfitOf }: PolicyType,
  somePins: fc.Arbitrary<readonly number[] | null>,
  isVaried: (parameter: Parameter) => boolean = () => true,
): fc.Arbitrary<SimVm> {
  const parameters = someValues(vmParameters.filter(isVaried));
  const vcpu = fc
    .record({ guest: someGuest(), pin: somePins })
    .map(({ guest, pin }) => (pin === null ? { guest } : { guest, pin }));
  return fc.record({
    parameters: parameters.filter((given) => (misfitOf?.(given, null) ?? null) === null),
    startNs: fc.constantFrom(0, 0, 30e6, LAST_START_NS),
    vcpus: fc.array(vcpu, { minLength: 1, maxLength: 3 }),
  });
}

function someEvent(type: PolicyType, vms: readonly SimVm[], pcpuCount: number): fc.Arbitrary<ScriptedEvent> {
  const atNs = fc.oneof(fc.nat(DURATION_NS), fc.constant(60e6));
  const vm = fc.nat(vms.length - 1);
  const pin = vm.chain((index) =>
    fc.record({
      atNs,
      kind: fc.constant('pin' as const),
      vm: fc.constant(index),
      vcpu: fc.option(fc.nat(vms[index].vcpus.length - 1)),
      pcpus: somePin(pcpuCount),
    }),
  );
  const tunable = (declared: readonly Parameter[]) =>
    someValues(declared.filter(({ isTunable }) => isTunable));
  return fc.oneof(
    fc.record({ atNs, vm, kind: fc.constantFrom('pause' as const, 'unpause' as const) }),
    fc.record({ atNs, vm, kind: fc.constant('set' as const), parameters: tunable(type.vmParameters) }),
    fc.record({ atNs, kind: fc.constant('tune' as const), parameters: tunable(type.parameters) }),
    pin,
    // All have started by then.
    fc.record({
      atNs: fc.integer({ min: LAST_START_NS, max: DURATION_NS }),
      vm,
      kind: fc.constant('destroy' as const),
    }),
  );
}

/** Periods shorter than this would make runs of a million decisions. */
const SHORT_NS = 100_000;

/** Some of the parameters, with values that go together. */
function someValues(declared: readonly Parameter[]): fc.Arbitrary<ParameterValues> {
  const values = declared.map((parameter) => {
    const { field, unit, min, default: usual, zero, step = 1, choices = [] } = parameter;
    const least = unit === 'time' && min < SHORT_NS ? 100 * min : min;
    const few = [usual, least, least + 3 * step, ...(zero === undefined ? [] : [0]), ...choices.keys()];
    return [field, fc.constantFrom(...few)] as const;
  });
  return fc
    .record(Object.fromEntries(values), { requiredKeys: [] })
    .filter((some) => problemIn(declared, { ...defaultsOf(declared), ...some }) === null);
}

/** A third of the default, as far as there is one. */
function third({ default: usual, step = 1 }: Parameter): number {
  return step * Math.floor(usual / 3 / step);
}

function defaultsOf(declared: readonly Parameter[]): ParameterValues {
  return Object.fromEntries(declared.map(({ field, default: usual }) => [field, usual]));
}
