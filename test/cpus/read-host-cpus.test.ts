import assert from 'node:assert/strict';
import { cpus as osCpus } from 'node:os';
import { readAllowedCpus } from '../../src/cpus/read-host-cpus.ts';
import { allowing, capacity, cpu, type Files, onHost, online, hostCpusOf } from '../host/invented-host.ts';

const TWO_CPUS = { ...allowing('0-1'), ...cpu(0, 0, '0'), ...cpu(1, 1, '1') };

describe('the CPUs of a host', () => {
  it('with two plain CPUs prefers the high one', () => {
    const hostCpus = hostCpusOf(TWO_CPUS);
    assert.deepEqual(hostCpus.allowedCpus, [0, 1]);
    assert.deepEqual(hostCpus.preferredCpus, [1, 0]);
    assert.deepEqual(hostCpus.cpus, [
      { id: 0, core: 0, socket: 0, smtSiblings: [], coreType: 'uniform' },
      { id: 1, core: 1, socket: 0, smtSiblings: [], coreType: 'uniform' },
    ]);
  });

  it('with two threads per core prefers one thread of each core, whichever way threads are numbered', () => {
    const neighbours = ['0-1', '0-1', '2-3', '2-3'].map((siblings, id) => cpu(id, id >> 1, siblings));
    const halves = ['0,2', '1,3', '0,2', '1,3'].map((siblings, id) => cpu(id, id % 2, siblings));
    assert.deepEqual(hostCpusOf(merge(allowing('0-3'), ...neighbours)).preferredCpus, [3, 1, 2, 0]);
    const hostCpus = hostCpusOf(merge(allowing('0-3'), ...halves));
    assert.deepEqual(hostCpus.preferredCpus, [3, 2, 1, 0]);
    assert.deepEqual(
      hostCpus.cpus.map(({ core, smtSiblings }) => [core, smtSiblings]),
      [
        [0, [2]],
        [1, [3]],
        [0, [0]],
        [1, [1]],
      ],
    );
  });

  it('counts a CPU as a first thread when the other thread of its core is out of bounds', () => {
    const host = ['0-1', '0-1', '2-3', '2-3'].map((siblings, id) => cpu(id, id >> 1, siblings));
    assert.deepEqual(hostCpusOf(merge(allowing('0,2-3'), ...host)).preferredCpus, [3, 0, 2]);
  });

  it('leaves out CPUs that the process may not use', () => {
    const host = [0, 1, 2, 3, 4, 5].map((id) => cpu(id, id, String(id), id >> 2));
    const hostCpus = hostCpusOf(merge(allowing('1-2,5'), ...host));
    assert.deepEqual(hostCpus.allowedCpus, [1, 2, 5]);
    assert.deepEqual(hostCpus.preferredCpus, [5, 2, 1]);
    assert.deepEqual(
      hostCpus.cpus.map(({ id, socket }) => [id, socket]),
      [
        [1, 0],
        [2, 0],
        [5, 1],
      ],
    );
  });

  it('takes a CPU without any description as a core of its own', () => {
    assert.deepEqual(hostCpusOf(allowing('3')).cpus, [
      { id: 3, core: 3, socket: 0, smtSiblings: [], coreType: 'uniform' },
    ]);
  });

  it('takes an unknown socket (−1) as the first one', () => {
    assert.equal(hostCpusOf(merge(allowing('0'), cpu(0, 0, '0', -1))).cpus[0].socket, 0);
  });

  it('that is not Linux lists the CPUs that Node knows of', () => {
    const hostCpus = hostCpusOf({});
    assert.deepEqual(
      hostCpus.allowedCpus,
      osCpus().map((_, id) => id),
    );
    assert.equal(hostCpus.preferredCpus.length, hostCpus.allowedCpus.length);
    assert.equal(hostCpus.cgroupQuotaCpus, null);
  });
});

describe('a CPU that is offline', () => {
  // The kernel names it in Cpus_allowed_list all the same.
  const host = merge(TWO_CPUS, online('0'));

  it('is not allowed, and not chosen', () => {
    const { allowedCpus, preferredCpus, recommendedCpus, offlineCpus, cpus } = hostCpusOf(host);
    assert.deepEqual([allowedCpus, preferredCpus, recommendedCpus, offlineCpus], [[0], [0], [0], [1]]);
    assert.deepEqual(
      cpus.map(({ id }) => id),
      [0],
    );
    assert.deepEqual(
      onHost(host, (root) => readAllowedCpus(root)),
      [0],
    );
  });

  it('is known only where the machine has it: the mask may name more', () => {
    const roomy = merge(TWO_CPUS, allowing('0-127'), online('0'));
    assert.deepEqual(hostCpusOf(roomy).allowedCpus, [0]);
    assert.deepEqual(hostCpusOf(roomy).offlineCpus, [1]);
  });

  it("isn't of concern where the process may not use it", () => {
    assert.deepEqual(hostCpusOf(merge(TWO_CPUS, allowing('0'), online('0'))).offlineCpus, []);
  });

  it('as second threads are after `echo off > …/smt/control` leaves the first ones', () => {
    const first = [0, 2].map((id) => cpu(id, id >> 1, String(id)));
    const second = [1, 3].map((id) => ({ [`sys/devices/system/cpu/cpu${id}/online`]: '0' }));
    const { allowedCpus, offlineCpus, cpus } = hostCpusOf(
      merge(allowing('0-3'), online('0,2'), ...first, ...second),
    );
    assert.deepEqual(
      [allowedCpus, offlineCpus],
      [
        [0, 2],
        [1, 3],
      ],
    );
    assert.ok(cpus.every(({ smtSiblings }) => smtSiblings.length === 0));
  });

  it("can't be told where the kernel doesn't say which are online", () => {
    assert.deepEqual(hostCpusOf(TWO_CPUS).allowedCpus, [0, 1]);
    assert.deepEqual(hostCpusOf(merge(TWO_CPUS, online('none'))).allowedCpus, [0, 1]);
  });
});

describe('the CPUs of a hybrid processor', () => {
  it('on x86 puts performance cores first, then efficiency cores, then second threads', () => {
    const single = (ids: readonly number[]): Files[] => ids.map((id) => cpu(id, id, String(id)));
    const efficientLast = merge(
      allowing('0-7'),
      ...['0-1', '0-1', '2-3', '2-3'].map((siblings, id) => cpu(id, id >> 1, siblings)),
      ...single([4, 5, 6, 7]),
      { 'sys/devices/cpu_atom/cpus': '4-7' },
    );
    assert.deepEqual(hostCpusOf(efficientLast).preferredCpus, [3, 1, 7, 6, 5, 4, 2, 0]);
    assert.deepEqual(typesOf(hostCpusOf(efficientLast)), [
      ...repeat('performance', 4),
      ...repeat('efficiency', 4),
    ]);
    const efficientFirst = merge(
      allowing('0-3'),
      ...single([0, 1]),
      ...[2, 3].map((id) => cpu(id, 2, '2-3')),
      { 'sys/devices/cpu_atom/cpus': '0-1' },
    );
    assert.deepEqual(hostCpusOf(efficientFirst).preferredCpus, [3, 1, 0, 2]);
  });

  it('may list no efficiency core', () => {
    const host = merge(allowing('0-1'), { 'sys/devices/cpu_atom/cpus': '' });
    assert.deepEqual(typesOf(hostCpusOf(host)), repeat('performance', 2));
  });

  it('on Arm goes by capacity', () => {
    const host = merge(
      allowing('0-3'),
      ...[0, 1, 2, 3].map((id) => cpu(id, id, String(id))),
      ...[1024, 1024, 446, 446].map((value, id) => capacity(id, value)),
    );
    const hostCpus = hostCpusOf(host);
    assert.deepEqual(hostCpus.preferredCpus, [1, 0, 3, 2]);
    assert.deepEqual(typesOf(hostCpus), [...repeat('performance', 2), ...repeat('efficiency', 2)]);
  });

  it('on Arm compares with all CPUs, also those out of bounds', () => {
    const host = merge(allowing('0'), ...[446, 1024].map((value, id) => capacity(id, value)));
    assert.deepEqual(typesOf(hostCpusOf(host)), ['efficiency']);
  });

  it('on Arm does without the capacity of a CPU that is offline', () => {
    const host = merge(allowing('0-1'), ...[1024, 446].map((value, id) => capacity(id, value)), {
      'sys/devices/system/cpu/cpu2/online': '0',
    });
    assert.deepEqual(typesOf(hostCpusOf(host)), ['performance', 'efficiency']);
  });

  it('is uniform when all have the same capacity', () => {
    const host = merge(
      allowing('0-1'),
      ...[1024, 1024].map((value, id) => capacity(id, value)),
      // Neighbours of the CPUs in /sys that are none.
      { 'sys/devices/system/cpu/cpufreq/boost': '1', 'sys/devices/system/cpu/online': '0-1' },
    );
    assert.deepEqual(typesOf(hostCpusOf(host)), repeat('uniform', 2));
  });
});

describe('the CPU limit of the control group', () => {
  const quota = (files: Files): number | null => hostCpusOf({ ...TWO_CPUS, ...files }).cgroupQuotaCpus;

  it('is none where nothing limits it', () => {
    assert.equal(quota({}), null);
    assert.equal(quota({ 'proc/self/cgroup': '0::/' }), null);
    assert.equal(quota({ 'proc/self/cgroup': '0::/a', 'sys/fs/cgroup/a/cpu.max': 'max 100000' }), null);
  });

  it('is the quota in periods (version 2)', () => {
    assert.equal(quota({ 'proc/self/cgroup': '0::/a', 'sys/fs/cgroup/a/cpu.max': '150000 100000' }), 1.5);
  });

  it('is the narrowest on the way to the root (version 2)', () => {
    const limits = (root: string, slice: string, own: string): Files => ({
      'proc/self/cgroup': '0::/user.slice/lab.scope',
      'sys/fs/cgroup/cpu.max': root,
      'sys/fs/cgroup/user.slice/cpu.max': slice,
      'sys/fs/cgroup/user.slice/lab.scope/cpu.max': own,
    });
    assert.equal(quota(limits('400000 100000', '25000 50000', '200000 100000')), 0.5);
    assert.equal(quota(limits('max 100000', 'max 100000', '200000 100000')), 2);
    assert.equal(quota(limits('100000 100000', '200000 100000', 'max 100000')), 1);
  });

  it("doesn't look into other groups", () => {
    const files = { 'proc/self/cgroup': '0::/a', 'sys/fs/cgroup/b/cpu.max': '10000 100000' };
    assert.equal(quota(files), null);
  });

  it('is found where the group has a colon in its name', () => {
    const group = 'pod.slice:containerd:1f';
    const files = { 'proc/self/cgroup': `0::/${group}`, [`sys/fs/cgroup/${group}/cpu.max`]: '50000 100000' };
    assert.equal(quota(files), 0.5);
  });

  it('is the narrowest CFS quota (version 1)', () => {
    const files = {
      'proc/self/cgroup': '12:memory:/elsewhere\n4:cpu,cpuacct:/lab/run\n1:name=systemd:/init',
      'sys/fs/cgroup/cpu/cpu.cfs_quota_us': '-1',
      'sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000',
      'sys/fs/cgroup/cpu/lab/cpu.cfs_quota_us': '75000',
      'sys/fs/cgroup/cpu/lab/cpu.cfs_period_us': '50000',
      'sys/fs/cgroup/cpu/lab/run/cpu.cfs_quota_us': '200000',
    };
    assert.equal(quota(files), 1.5);
  });

  it('is found where both versions are mounted, and where the own group lies outside of what can be seen', () => {
    const both = { 'proc/self/cgroup': '0::/a', 'sys/fs/cgroup/unified/a/cpu.max': '50000 100000' };
    assert.equal(quota(both), 0.5);
    const outside = { 'proc/self/cgroup': '0::/../a', 'sys/fs/cgroup/cpu.max': '25000 100000' };
    assert.equal(quota(outside), 0.25);
  });

  it("isn't a negative CFS quota (version 1)", () => {
    const files = { 'proc/self/cgroup': '4:cpu:/', 'sys/fs/cgroup/cpu/cpu.cfs_quota_us': '-1' };
    assert.equal(quota(files), null);
  });
});

function merge(...files: readonly Files[]): Files {
  return Object.assign({}, ...files) as Files;
}

function typesOf(hostCpus: { readonly cpus: readonly { readonly coreType: string }[] }): string[] {
  return hostCpus.cpus.map(({ coreType }) => coreType);
}

function repeat(type: string, times: number): string[] {
  return Array.from({ length: times }, () => type);
}
