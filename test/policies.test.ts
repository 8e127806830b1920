import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../src/base/package-root.ts';
import { isAllowed, limitOf } from '../src/core/parameters.ts';
import type { ParameterValues } from '../src/core/policy.ts';
import {
  DEFAULT_POLICY_TYPE,
  POLICY_TYPES,
  policyTypeOf,
  shortestSliceNsOf,
  sliceNsOf,
  termsOf,
} from '../src/policies.ts';
import { schedulerOf } from '../src/scenario/resolve-scheduler.ts';
import { RESERVED_KEYS } from '../src/scenario/schema.ts';
import { headerProblem } from '../src/trace/header-schema.ts';
import { traceHeader } from '../src/trace/trace.ts';
import { scenario } from './host/invented-scenario.ts';

describe('the registry of policies', () => {
  it('has each type once, and the default', () => {
    const types = POLICY_TYPES.map(({ type }) => type);
    assert.equal(new Set(types).size, types.length);
    assert.ok(types.includes(DEFAULT_POLICY_TYPE));
    assert.ok(types.length > 1);
  });

  it('knows no other', () => {
    assert.throws(() => policyTypeOf('bvt'), /no scheduler 'bvt', only credit/);
  });

  it('says how long a turn is', () => {
    assert.equal(sliceNsOf({}), 30e6);
    assert.equal(sliceNsOf({ type: 'credit', parameters: { tsliceNs: 5e6 } }), 5e6);
    assert.equal(sliceNsOf({ type: 'round-robin', parameters: { sliceNs: 5e6 } }), 5e6);
  });

  it('says what its shortest slice is: of its parameters, of its own, or of its VMs', () => {
    const shortest = (type: string, vms: readonly ParameterValues[] = []) => shortestSliceNsOf({ type }, vms);
    assert.equal(shortestSliceNsOf({}), 30e6);
    assert.equal(shortestSliceNsOf({ type: 'round-robin', parameters: { sliceNs: 5e6 } }), 5e6);
    assert.equal(shortest('credit2'), 500e3);
    for (const type of ['cfs', 'eevdf', 'linux-rt']) assert.equal(shortest(type), 4e6);
    assert.equal(shortest('rtds'), 4e6);
    assert.equal(shortest('rtds', [{}, { periodNs: 1e6, budgetNs: 200e3 }]), 200e3);
    // Extra time comes in pieces, if anybody has any.
    assert.equal(shortest('sedf'), 500e3);
    const reserved = { periodNs: 20e6, sliceNs: 5e6 };
    assert.equal(shortest('sedf', [reserved]), 500e3);
    assert.equal(shortest('sedf', [{ ...reserved, extratime: 0 }]), 5e6);
    assert.equal(shortest('sedf', [{ ...reserved, extratime: 0 }, {}]), 500e3);
    assert.equal(shortest('sedf', [{ periodNs: 1e6, sliceNs: 200e3 }]), 200e3);
  });

  for (const policy of POLICY_TYPES) {
    for (const [owner, declared] of [
      ['its', policy.parameters],
      ["its VMs'", policy.vmParameters],
    ] as const) {
      it(`has sound declarations of ${policy.type} and ${owner} parameters`, () => {
        for (const names of [declared.map(({ key }) => key), declared.map(({ field }) => field)])
          assert.equal(new Set(names).size, names.length);
        for (const parameter of declared) {
          assert.match(parameter.key, /^[a-z]+(-[a-z]+)*$/);
          assert.ok(isAllowed(parameter, parameter.default), parameter.key);
          assert.ok(parameter.min <= parameter.max, parameter.key);
          if (parameter.atMost !== undefined) assert.notEqual(limitOf(declared, parameter), null);
          if (parameter.unit === 'time') assert.match(parameter.field, /Ns$/);
        }
        assert.ok(declared.filter(({ isSlice }) => isSlice === true).length <= 1);
      });
    }

    it(`has terms of ${policy.type} that cross threads and files`, () => {
      const terms = termsOf(policy.type);
      assert.deepEqual(JSON.parse(JSON.stringify(terms)), terms);
    });

    it(`has terms of ${policy.type} that a reader of traces accepts`, () => {
      const plan = scenario({ scheduler: schedulerOf(policy.type) });
      const header = traceHeader(plan, { label: 'terms', run: 1, machine: 'simulated' });
      assert.equal(header.policy.type, policy.type);
      assert.equal(headerProblem(header), null);
    });
  }

  it('has no parameter with the name of something else that may be written at its place', () => {
    const keysOf = (which: 'parameters' | 'vmParameters') =>
      POLICY_TYPES.flatMap((type) => type[which].map(({ key }) => key));
    assert.deepEqual(
      keysOf('parameters').filter((key) => RESERVED_KEYS.scheduler.includes(key)),
      [],
    );
    assert.deepEqual(
      keysOf('vmParameters').filter((key) => RESERVED_KEYS.vm.includes(key)),
      [],
    );
  });

  it('reserves what scenarios say of a scheduler, a VM and an event', () => {
    for (const key of ['type', 'instants']) assert.ok(RESERVED_KEYS.scheduler.includes(key));
    for (const key of ['name', 'vcpus', 'size', 'start', 'pin', 'at', 'action', 'scheduler'])
      assert.ok(RESERVED_KEYS.vm.includes(key), key);
  });

  it('has parameters of one key in one unit, whosever they are', () => {
    const units = new Map<string, string>();
    for (const { key, unit } of POLICY_TYPES.flatMap((each) => [...each.parameters, ...each.vmParameters])) {
      assert.equal(units.get(key) ?? unit, unit, key);
      units.set(key, unit);
    }
  });
});

describe('the code outside the folders of the policies', () => {
  const sources = ['src', 'scripts'].flatMap((folder) =>
    readdirSync(join(packageRoot(), folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => join(folder, name)),
  );

  it('names no class of a policy', () => {
    const outside = sources.filter((path) => !/^src\/core\/[^/]+\//.test(path) && path !== 'src/policies.ts');
    assert.ok(outside.length > 100);
    const naming = outside.filter((path) =>
      /\b(Credit1|RoundRobin)\b/.test(readFileSync(join(packageRoot(), path), 'utf8')),
    );
    assert.deepEqual(naming, []);
  });

  it('says round robin in a file of at most 60 lines', () => {
    const [path] = sources.filter((name) => name.startsWith('src/core/round-robin/'));
    assert.ok(readFileSync(join(packageRoot(), path), 'utf8').trimEnd().split('\n').length <= 60);
    assert.equal(sources.filter((name) => name.startsWith('src/core/round-robin/')).length, 1);
  });
});
