import { pathToFileURL } from 'node:url';
import { TOOK_TOO_LONG, withinTime } from '../base/within-time.ts';
import { GUARDED_CALLS } from '../core/guarded.ts';
import { PolicyBase } from '../core/policy-base.ts';
import type { Policy } from '../core/policy.ts';
import { shown } from '../core/policy-fault.ts';
import type { PolicyType } from '../core/policy-type.ts';
import { placeIn, textOf } from './import-module.ts';
import { badPolicy } from './policy-path.ts';

/** What a policy must have, whatever it is made from. */
const METHODS = GUARDED_CALLS.filter((call) => call !== '' && call !== 'actsNs' && call !== 'attach');
const ARRAYS = ['current', 'vmOf', 'pcpuOf'] as const satisfies readonly (keyof Policy)[];
/** What PolicyBase leaves to those that are made from it. */
const LEFT_OPEN = ['add', 'remove', 'choose', 'begin'] as const;

const CREATE_MS = 2000;

/** Make a policy once, to see that there is one. @throws LabError BAD_POLICY */
export function tryOut(type: PolicyType, file: string): void {
  const policy = made(type, file);
  if (typeof policy !== 'object' || policy === null) {
    const hint = 'create: (options, type) => new Mine(type, options) for example, without braces around it';
    throw badPolicy('create() returned no policy', { where: file, ...OBJECT, got: shown(policy), hint });
  }
  const methods = isFromBase(policy) ? [...LEFT_OPEN, ...METHODS] : METHODS;
  const has = policy as Readonly<Record<string, unknown>>;
  const missing = methods.find((name) => typeof has[name] !== 'function');
  if (missing !== undefined) {
    throw badPolicy(`the policy has no ${missing}()`, {
      where: file,
      expected: `a method ${missing}(${ARGUMENTS[missing] ?? ''})`,
      got: has[missing] === undefined ? 'none' : shown(has[missing]),
      hint: `docs/policies.md has the whole list; a class that extends PolicyBase needs only ${LEFT_OPEN.join(', ')}`,
    });
  }
  const wrong = ARRAYS.find((name) => !(has[name] instanceof Int32Array));
  if (wrong !== undefined)
    throw badPolicy(`the policy's ${wrong} is wrong`, {
      where: file,
      expected: 'an Int32Array',
      got: shown(has[wrong]),
    });
  if (has.pcpuCount !== 1 || has.vcpuCount !== 1) {
    throw badPolicy('the policy counts wrongly', {
      where: file,
      expected: 'pcpuCount 1 and vcpuCount 1, as it was created with',
      got: `${shown(has.pcpuCount)} and ${shown(has.vcpuCount)}`,
    });
  }
}

const OBJECT = { expected: 'an object with the methods of a policy' } as const;

const ARGUMENTS: Readonly<Partial<Record<string, string>>> = {
  add: 'vcpu, nowNs',
  remove: 'vcpu',
  choose: 'pcpu, nowNs',
  begin: 'vcpu',
};

/** By name: a module may have brought another copy of the class. */
function isFromBase(policy: object): boolean {
  for (let at = policy; ;) {
    const prototype = Object.getPrototypeOf(at) as object | null;
    if (prototype === null) return false;
    if (prototype.constructor.name === PolicyBase.name) return true;
    at = prototype;
  }
}

function made(type: PolicyType, file: string): unknown {
  try {
    return withinTime(CREATE_MS, () => type.create({ pcpuCount: 1, vms: [{ vcpus: [null] }] }));
  } catch (cause) {
    if (cause === TOOK_TOO_LONG)
      throw badPolicy(`create() did not return within ${CREATE_MS / 1000} s`, { where: file });
    throw badPolicy(`create() threw for one VM on one pCPU: ${textOf(cause)}`, {
      where: placeIn(pathToFileURL(file).href, cause) ?? file,
      cause,
    });
  }
}
