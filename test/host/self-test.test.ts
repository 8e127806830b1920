import assert from 'node:assert/strict';
import { constants } from 'node:os';
import { LabError } from '../../src/base/errors.ts';
import { selfTest } from '../../src/host/self-test.ts';

const { EAGAIN, EBUSY, EINVAL, EPERM } = constants.errno;

/** What the lab says when that step fails with that error. */
function complaint(step: number, errno: number, cpu = -1): LabError {
  try {
    selfTest({ selfTest: (_, out) => (out.set([errno, cpu]), step) }, [0, 1]);
  } catch (error) {
    assert.ok(error instanceof LabError);
    return error;
  }
  return assert.fail('nothing was thrown');
}

describe('the self-test of the testbed', () => {
  it('says nothing when all went well, and tries the pCPUs', () => {
    let tried: readonly number[] = [];
    selfTest({ selfTest: (cpus) => ((tried = [...cpus]), 0) }, [3, 1]);
    assert.deepEqual(tried, [3, 1]);
  });

  for (const [what, step, errno, cpu, code, pattern] of [
    ['no thread', 1, EAGAIN, -1, 'NOT_SUPPORTED', /no thread can be started.*EAGAIN.*`ulimit -u`/s],
    ['no free signal', 2, EBUSY, -1, 'NOT_SUPPORTED', /handler.*EBUSY.*all real-time signals/s],
    ['a signal that is refused', 3, EPERM, -1, 'NOT_SUPPORTED', /cannot be sent.*EPERM.*seccomp/s],
    ['a signal that finds no place', 3, EAGAIN, -1, 'LIMIT', /cannot be sent.*`ulimit -i`.*none left/s],
    ['a signal that is blocked', 4, 0, -1, 'NOT_SUPPORTED', /did not run.*the signal is blocked/s],
    ['a timer that finds no place', 5, EAGAIN, -1, 'LIMIT', /no timer.*`ulimit -i`/s],
    ['a timer that is refused', 6, EPERM, -1, 'NOT_SUPPORTED', /cannot be set.*EPERM/s],
    ['a timer that is dead', 7, 0, -1, 'NOT_SUPPORTED', /its signal did not come.*nothing, although/s],
    ['a CPU that is gone', 8, EINVAL, 1, 'NOT_SUPPORTED', /to CPU 1\b.*EINVAL.*offline/s],
    [
      'an affinity without effect',
      9,
      0,
      1,
      'NOT_SUPPORTED',
      /does not stay pinned to CPU 1\b.*nothing, although/s,
    ],
  ] as const) {
    it(`names ${what}`, () => {
      const error = complaint(step, errno, cpu);
      assert.equal(error.code, code);
      assert.match(error.describe(), pattern);
      // Nothing was started: that is bad input, of the system's.
      assert.equal(error.exitCode, 2);
    });
  }
});
