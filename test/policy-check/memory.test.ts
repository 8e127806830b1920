import assert from 'node:assert/strict';
import { BlackBox } from '../../src/policy-check/black-box.ts';
import { allocatedBy } from '../../src/policy-check/memory.ts';
import { DEFAULT_POLICY_TYPE, POLICY_TYPES, policyTypeOf } from '../../src/policies.ts';

/** As the check has it for policies of one's own: numbers that are boxed, and no objects. */
const MOST_BYTES = 64;
/** On a busy machine code may not be compiled yet. */
const ATTEMPTS = 5;

const bytesOf = (type: string): number => allocatedBy(policyTypeOf(type), new BlackBox()).bytesPerPass;

describe('what a decision allocates in a steady run', function () {
  this.timeout(30_000);

  for (const { type } of POLICY_TYPES) {
    if (type === DEFAULT_POLICY_TYPE) continue;
    it(`is no more under ${type} than under ${DEFAULT_POLICY_TYPE}, numbers aside`, () => {
      const more: number[] = [];
      while (more.length < ATTEMPTS && !more.some((bytes) => bytes <= MOST_BYTES))
        more.push(bytesOf(type) - bytesOf(DEFAULT_POLICY_TYPE));
      assert.ok(Math.min(...more) <= MOST_BYTES, more.join(', '));
    });
  }
});
