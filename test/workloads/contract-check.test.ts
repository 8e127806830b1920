import assert from 'node:assert/strict';
import type { Workload } from '../../workloads/contract.ts';
import { LabError } from '../../src/base/errors.ts';
import { checkContract } from '../../src/workload/contract-check.ts';
import { expectedChecksum } from '../../src/workload/run.ts';
import { isBadWorkload } from './bad-workload.ts';

interface Counter {
  seed: number;
  steps: number;
}

/** A workload that keeps the contract, with some of its members replaced by others, right or wrong. */
function workload(changes: Record<string, unknown> = {}): Workload {
  const good: Workload<Counter> = {
    name: 'sample',
    prepare: (seed) => ({ seed, steps: 0 }),
    step(state) {
      state.steps++;
    },
    checksum: (state) => `${state.seed}:${state.steps}`,
  };
  return { ...good, ...changes };
}

function refused(changes: Record<string, unknown>, ...parts: (string | RegExp)[]): void {
  assert.throws(
    () => checkContract(workload(changes), 3, 1),
    (e) => isBadWorkload(e, 'sample', ...parts),
  );
}

describe('the contract check', () => {
  it('accepts a workload that keeps the contract, after three steps', () => {
    assert.deepEqual(checkContract(workload(), 3, 1), { units: 3, checksum: '3:3' });
  });

  it('accepts steps that ask for sleep', () => {
    assert.equal(checkContract(workload({ step: () => 9e6 }), 3, 1).units, 3);
    assert.equal(checkContract(workload({ step: () => 0 }), 3, 1).units, 3);
  });

  it('refuses a checksum that differs between two runs with the same seed', () => {
    let runs = 0;
    refused(
      { checksum: (state: Counter) => (state.steps === 3 ? runs++ >> 1 : 0) },
      /^(?!.*asked)/s,
      'same seed',
    );
  });

  it('refuses state that survives from one run to the next', () => {
    let total = 0;
    refused(
      { step: () => void total++, checksum: () => total },
      'checksum differs between two runs with the same seed',
    );
  });

  it('refuses a checksum that changes what comes after', () => {
    const checksum = (state: Counter & { asked?: boolean }) => {
      const shown = state.asked === true && state.steps > 1 ? `${state.steps}!` : `${state.steps}`;
      if (state.steps === 1) state.asked = true;
      return shown;
    };
    refused(
      { checksum },
      'asking for the checksum changes what comes after',
      'asked for after the first step',
    );
  });

  it('refuses a checksum that changes by being asked for', () => {
    let asked = 0;
    refused({ checksum: () => asked++ }, 'asked for twice');
  });

  for (const [what, value] of Object.entries({
    nothing: undefined,
    'an object': {},
    NaN: NaN,
    'a BigInt': 3n,
  })) {
    it(`refuses ${what} as a checksum`, () => {
      refused({ checksum: () => value }, 'checksum must return a number or a string');
    });
  }

  it('refuses a forecast that disagrees', () => {
    refused({ expected: () => 'wrong' }, 'expected() and checksum() disagree', 'wrong', '3:3');
    assert.ok(
      checkContract(
        workload({ expected: (seed: number, _: number, units: number) => `${seed}:${units}` }),
        3,
        1,
      ),
    );
  });

  it('names the file and line where prepare throws, and keeps the cause', () => {
    const cause = new Error('out of ideas');
    const prepare = (): never => {
      throw cause;
    };
    refused({ prepare }, 'prepare(3, 1) threw: out of ideas', /contract-check\.test\.(ts|js):\d+/);
    assert.throws(
      () => checkContract(workload({ prepare }), 3, 1),
      (e) => e instanceof LabError && e.cause === cause,
    );
  });

  it('names the error where step, checksum or expected throws', () => {
    const oops = (): never => {
      throw new RangeError('too far');
    };
    refused({ step: oops }, 'step threw: RangeError: too far');
    refused({ checksum: oops }, 'checksum threw: RangeError: too far');
    refused({ expected: oops }, 'expected(3, 1, 3) threw: RangeError: too far');
  });

  it('survives a thrown value that is no error', () => {
    refused(
      {
        step: () => {
          // eslint-disable-next-line @typescript-eslint/only-throw-error -- users' code can
          throw 'plain text';
        },
      },
      'step threw: plain text',
    );
  });

  it('explains that steps are synchronous when one returns a promise', () => {
    refused({ step: () => Promise.reject(new Error('later')) }, 'promise', 'steps are synchronous');
  });

  for (const value of [-1, NaN, '5', 'sleep', true, null]) {
    it(`refuses a step that returns ${JSON.stringify(value)}`, () => {
      refused({ step: () => value }, 'not a time', 'ns to sleep');
    });
  }

  it('stops after the first step when that one takes more than a second', function () {
    this.timeout(20_000);
    const pause = new Int32Array(new SharedArrayBuffer(4));
    const step = (state: Counter): void => {
      state.steps++;
      Atomics.wait(pause, 0, 0, 1100);
    };
    assert.deepEqual(checkContract(workload({ step }), 3, 1), { units: 1, checksum: '3:1' });
  });
});

describe('the expected checksum', () => {
  it('is the workload’s own forecast where it has one', () => {
    const step = (): never => {
      throw new Error('not needed');
    };
    const expected = (seed: number, size: number, units: number): number => seed * 100 + size * 10 + units;
    assert.equal(expectedChecksum(workload({ step, expected }), 1, 2, 3), 123);
  });

  it('is found by doing the steps again where it has none', () => {
    assert.equal(expectedChecksum(workload(), 7, 1, 1000), '7:1000');
    assert.equal(expectedChecksum(workload(), 7, 1, 0), '7:0');
  });
});
