import assert from 'node:assert/strict';
import { POLICY_TYPES } from '../../src/policies.ts';
import { judge, judgeRepeated } from '../../src/policy-check/judge.ts';
import { namedCases } from '../../src/policy-check/named-cases.ts';
import { randomCase } from '../../src/policy-check/random-case.ts';
import { wrongAnswer } from '../../src/policy-check/requests.ts';

const RANDOM_CASES = 30;

describe('the rules of the check', () => {
  for (const type of POLICY_TYPES) {
    describe(type.type, function () {
      this.timeout(60_000);

      it('keeps them in the named scenarios', () => {
        for (const scenario of namedCases(type)) assert.equal(judge(type, scenario), null, scenario.name);
      });

      it('keeps them in random scenarios', () => {
        for (let number = 0; number < RANDOM_CASES; number++) {
          const scenario = randomCase(type, 1, number);
          assert.equal(judge(type, scenario), null, JSON.stringify(scenario));
          if (number % 10 === 0) assert.equal(judgeRepeated(type, scenario), null, JSON.stringify(scenario));
        }
      });

      it('accepts and refuses what it must', () => {
        assert.equal(wrongAnswer(type), null);
      });
    });
  }
});
