import assert from 'node:assert/strict';
import { readThrottling, type Throttled, throttledBetween } from '../../src/host/throttling.ts';
import { type Files, onHost } from './invented-host.ts';

/** What happened from the first files to the second ones. */
function between(before: Files, after: Files): Throttled | null {
  return onHost(before, (root, change) => {
    const from = readThrottling(root);
    change(after);
    return throttledBetween(from, readThrottling(root));
  });
}

function v2(path: string, periods: number, usec: number): Files {
  return {
    [`sys/fs/cgroup/${path}cpu.stat`]: `usage_usec 5\nnr_periods 90\nnr_throttled ${periods}\nthrottled_usec ${usec}`,
  };
}

function v1(path: string, periods: number, ns: number): Files {
  return {
    [`sys/fs/cgroup/cpu/${path}cpu.stat`]: `nr_periods 90\nnr_throttled ${periods}\nthrottled_time ${ns}`,
  };
}

describe('what a quota did', () => {
  it('is what the counters of the control group grew by (version 2)', () => {
    const group = { 'proc/self/cgroup': '0::/lab' };
    assert.deepEqual(between({ ...group, ...v2('lab/', 3, 2000) }, v2('lab/', 10, 502_000)), {
      periods: 7,
      ns: 500e6,
    });
  });

  it('is what the counters of the control group grew by (version 1)', () => {
    const group = { 'proc/self/cgroup': '4:cpu,cpuacct:/lab' };
    assert.deepEqual(between({ ...group, ...v1('lab/', 3, 2e6) }, v1('lab/', 4, 42e6)), {
      periods: 1,
      ns: 40e6,
    });
  });

  it('is that of the level that stopped it longest, up to the root', () => {
    const before = { 'proc/self/cgroup': '0::/a/b', ...v2('', 0, 0), ...v2('a/', 0, 0), ...v2('a/b/', 0, 0) };
    const after = { ...v2('', 1, 10), ...v2('a/', 5, 900), ...v2('a/b/', 9, 800) };
    assert.deepEqual(between(before, after), { periods: 5, ns: 900e3 });
  });

  it('is nothing where a group was never stopped, and not known where none counts', () => {
    const group = { 'proc/self/cgroup': '0::/lab' };
    assert.deepEqual(between({ ...group, ...v2('lab/', 3, 2000) }, {}), { periods: 0, ns: 0 });
    // The root of version 2 counts no stops.
    assert.equal(between({ ...group, 'sys/fs/cgroup/cpu.stat': 'usage_usec 5' }, {}), null);
    assert.equal(between({}, {}), null);
  });
});
