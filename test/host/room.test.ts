import assert from 'node:assert/strict';
import { LabError } from '../../src/base/errors.ts';
import { needsOf, VCPU_NEEDS, vcpusWithin } from '../../src/host/needs.ts';
import { requireRoom } from '../../src/host/require-room.ts';
import { readRoom, type Room } from '../../src/host/room.ts';
import { type Files, onHost } from './invented-host.ts';

const MB = 1e6;

function roomsOf(files: Files): readonly Room[] {
  return onHost(files, (root) => readRoom(root));
}

/** The only one. */
function roomOf(files: Files): Pick<Room, 'resource' | 'most' | 'used'> {
  const rooms = roomsOf(files);
  assert.equal(rooms.length, 1, JSON.stringify(rooms));
  const [{ resource, most, used }] = rooms;
  return { resource, most, used };
}

function limits(name: string, soft: string): Files {
  return {
    'proc/self/limits':
      'Limit                     Soft Limit           Hard Limit           ' +
      `Units\n${name.padEnd(26)}${soft.padEnd(21)}unlimited            bytes`,
  };
}

function status(...lines: readonly string[]): Files {
  return { 'proc/self/status': ['Name:\tnode', ...lines].join('\n') };
}

describe('the room that the system has', () => {
  it('is unlimited where nothing can be read', () => {
    assert.deepEqual(roomsOf({}), []);
  });

  it('is the address space that `ulimit -v` leaves', () => {
    const used = status('VmSize:\t  1000 kB', 'VmData:\t  300 kB');
    assert.deepEqual(roomOf({ ...used, ...limits('Max address space', '8192000') }), {
      resource: 'addressBytes',
      most: 8_192_000,
      used: 1_024_000,
    });
    assert.deepEqual(roomOf({ ...used, ...limits('Max data size', '8192000') }), {
      resource: 'dataBytes',
      most: 8_192_000,
      used: 307_200,
    });
    assert.deepEqual(roomsOf({ ...used, ...limits('Max address space', 'unlimited') }), []);
  });

  it('is the mappings that vm.max_map_count leaves', () => {
    const files = { 'proc/sys/vm/max_map_count': '65530', 'proc/self/maps': 'a\nb\nc' };
    assert.deepEqual(roomOf(files), { resource: 'mappings', most: 65530, used: 3 });
  });

  it('is the pending signals of the user', () => {
    const files = status('SigQ:\t17/96365');
    assert.deepEqual(roomOf(files), { resource: 'pendingSignals', most: 96365, used: 17 });
  });

  it('is the files that `ulimit -n` leaves', () => {
    const files = { ...limits('Max open files', '1024'), 'proc/self/fd/0': '', 'proc/self/fd/1': '' };
    assert.deepEqual(roomOf(files), { resource: 'openFiles', most: 1024, used: 2 });
  });

  it('is the threads that the kernel has left', () => {
    const files = { 'proc/loadavg': '0.1 0.2 0.3 2/150 4711', 'proc/sys/kernel/threads-max': '1000' };
    assert.deepEqual(roomOf(files), { resource: 'threads', most: 1000, used: 150 });
  });

  it('is the threads of the user, who is not root', () => {
    const own = (uid: number): Files => ({
      ...status(`Uid:\t${uid}\t${uid}\t${uid}\t${uid}`),
      ...limits('Max processes', '100'),
      'proc/1/status': 'Name:\tinit\nUid:\t0\t0\t0\t0\nThreads:\t1',
      'proc/20/status': 'Name:\tnode\nUid:\t1000\t1000\t1000\t1000\nThreads:\t12',
      'proc/30/status': 'Name:\tsh\nUid:\t1000\t1000\t1000\t1000\nThreads:\t1',
    });
    assert.deepEqual(roomOf(own(1000)), { resource: 'threads', most: 100, used: 13 });
    assert.deepEqual(roomsOf(own(0)), []);
  });

  it('is the threads of each control group on the way to the root', () => {
    const files = {
      'proc/self/cgroup': '0::/a/b',
      'sys/fs/cgroup/a/pids.max': '64',
      'sys/fs/cgroup/a/pids.current': '20',
      'sys/fs/cgroup/a/b/pids.max': 'max',
      'sys/fs/cgroup/a/b/pids.current': '5',
    };
    assert.deepEqual(roomOf(files), { resource: 'threads', most: 64, used: 20 });
  });

  it('is the memory that is available, not only what is free', () => {
    const files = { 'proc/meminfo': 'MemTotal: 8000 kB\nMemFree: 100 kB\nMemAvailable: 6000 kB' };
    assert.deepEqual(roomOf(files), { resource: 'memoryBytes', most: 8_192_000, used: 2_048_000 });
  });

  it("is the control group's memory, of which cached files give way (versions 2 and 1)", () => {
    assert.deepEqual(
      roomOf({
        'proc/self/cgroup': '0::/a',
        'sys/fs/cgroup/a/memory.max': '1000000',
        'sys/fs/cgroup/a/memory.current': '700000',
        'sys/fs/cgroup/a/memory.stat': 'anon 300000\ninactive_file 250000\nactive_file 1',
      }),
      { resource: 'memoryBytes', most: 1_000_000, used: 450_000 },
    );
    assert.deepEqual(
      roomOf({
        'proc/self/cgroup': '4:memory:/a',
        'sys/fs/cgroup/memory/memory.limit_in_bytes': '9223372036854771712',
        'sys/fs/cgroup/memory/memory.usage_in_bytes': '5',
        'sys/fs/cgroup/memory/a/memory.limit_in_bytes': '1000000',
        'sys/fs/cgroup/memory/a/memory.usage_in_bytes': '700000',
        'sys/fs/cgroup/memory/a/memory.stat': 'inactive_file 1\ntotal_inactive_file 200000',
      }),
      { resource: 'memoryBytes', most: 1_000_000, used: 500_000 },
    );
  });

  it('is known on this machine', function () {
    if (process.platform !== 'linux') this.skip();
    const rooms = readRoom();
    for (const resource of ['mappings', 'threads', 'memoryBytes', 'pendingSignals'])
      assert.ok(
        rooms.some((room) => room.resource === resource && room.used >= 0 && room.used < room.most),
        resource,
      );
  });
});

describe('a lab without room', () => {
  const space = (most: number, used: number): Room => ({
    resource: 'addressBytes',
    limit: 'address space of the process (`ulimit -v`)',
    most,
    used,
    remedy: '`ulimit -v unlimited`',
  });
  const signals = (left: number): Room => ({
    resource: 'pendingSignals',
    limit: 'pending signals',
    most: 1000,
    used: 1000 - left,
    remedy: 'more',
  });

  it('is refused, with what it needs, what there is, what helps, and how many vCPUs fit', () => {
    const left = needsOf(5, 'testbed').addressBytes;
    assert.throws(
      () => requireRoom(64, 'testbed', [space(1000 * MB + left, 1000 * MB)]),
      (error: LabError) => {
        assert.equal(error.code, 'LIMIT');
        assert.equal(error.exitCode, 2);
        assert.match(
          error.describe(),
          /`ulimit -v`\): 64 vCPUs .* more address space.*expected \d+\.\d GB .*got \d\.\d GB left of \d\.\d GB.*`ulimit -v unlimited`; or at most 5 vCPUs$/s,
        );
        return true;
      },
    );
  });

  it('has exactly the room for as many as are said to fit', () => {
    const left = needsOf(5, 'testbed').addressBytes;
    requireRoom(5, 'testbed', [space(left, 0)]);
    assert.throws(() => requireRoom(6, 'testbed', [space(left, 0)]), LabError);
    assert.equal(vcpusWithin('addressBytes', left, 'testbed'), 5);
    assert.equal(vcpusWithin('addressBytes', left - 1, 'testbed'), 4);
  });

  it('needs less once it is open', () => {
    const left = needsOf(5, 'nothing').addressBytes;
    requireRoom(5, 'nothing', [space(left, 0)]);
    assert.throws(() => requireRoom(5, 'testbed', [space(left, 0)]), LabError);
  });

  it('is told of what fits the fewest', () => {
    const rooms = [
      signals(needsOf(3, 'testbed').pendingSignals),
      space(needsOf(9, 'testbed').addressBytes, 0),
    ];
    assert.throws(() => requireRoom(10, 'testbed', rooms), /pending signals/);
    assert.throws(() => requireRoom(10, 'testbed', [...rooms].reverse()), /pending signals/);
  });

  it('gets no advice to take fewer vCPUs where none fits', () => {
    assert.throws(
      () => requireRoom(1, 'testbed', [space(VCPU_NEEDS.addressBytes, 0)]),
      (error: LabError) => !error.describe().includes('at most'),
    );
  });
});
