import { type Check, Topic } from '../finding.ts';

const topic = new Topic('container', 'container limits');

/** Node with its helper threads, and a few VMs: about 100 MB, and 10 MB per vCPU. */
const ENOUGH_BYTES = 512e6;
/** Node's own threads are about 15, and each vCPU is one. */
const ENOUGH_TASKS = 64;

export const checkContainer: Check = ({ container: { name, memoryBytes, tasks }, cgroupsKnown }) => {
  const where = name ?? 'no container';
  if (!cgroupsKnown) return topic.unknown(`${where}; /proc/self/cgroup could not be read`);
  const limits = [
    ...(memoryBytes === null ? [] : [`${(memoryBytes / 1e6).toFixed(0)} MB of memory`]),
    ...(tasks === null ? [] : [`${String(tasks)} threads`]),
  ];
  const state = limits.length === 0 ? `${where}, no limit` : `${where}: ${limits.join(', ')}`;
  const isTight = (memoryBytes ?? Infinity) < ENOUGH_BYTES || (tasks ?? Infinity) < ENOUGH_TASKS;
  if (!isTight) return topic.good(state);
  return topic.notice(
    state,
    'a run with many vCPUs may not get its threads, or be ended by the kernel for want of memory',
    'higher limits (docker: --memory, --pids-limit; systemd: MemoryMax=, TasksMax=)',
  );
};
