/** Who else has a say in what the cores do: programs, the machine below, limits. */
import { counted } from '../base/text.ts';
import { OWN_CPUS } from '../cpus/recommend.ts';
import { type Examination, Topic } from './finding.ts';

const LOAD = new Topic('load', 'load by others');

/** The kernel counts in hundredths of a second, and one or two are always there. */
const NOTICE_PERCENT = 3;
const BAD_PERCENT = 10;
const NAMED_PERCENT = 2;
const MOST_NAMED = 3;

/** Is anybody else computing on the pCPUs? */
export const examineLoad: Examination = ({ load }) => {
  if (load === null || load.cpus.length === 0) return LOAD.unknown('/proc/stat has no figures of the pCPUs');
  const busiest = load.cpus.reduce((most, each) => (each.busyPercent > most.busyPercent ? each : most));
  const percent = busiest.busyPercent;
  const state = `${percent.toFixed(0)} % of CPU ${String(busiest.cpu)} in the last second`;
  if (percent < NOTICE_PERCENT) return LOAD.good(state);
  const named = load.programs.filter((program) => program.percent >= NAMED_PERCENT).slice(0, MOST_NAMED);
  const who =
    named.length === 0
      ? "by nobody for long, or by programs that can't be seen from here"
      : named
          .map(({ name, pid, percent: each }) => `${name} (${String(pid)}) ${each.toFixed(0)} %`)
          .join(', ');
  const seen = `${state}; ${who}`;
  const remedy = 'end what computes: `top` shows it';
  if (percent < BAD_PERCENT) return LOAD.notice(seen, "it may take a little of the VMs' time", remedy);
  return LOAD.bad(seen, 'what it takes is missing from the VMs: every time gets longer', remedy);
};

const VIRTUAL_MACHINE = new Topic('virtual-machine', 'virtual machine');

export const examineVirtualMachine: Examination = ({ virtual }) => {
  if (virtual === null) return VIRTUAL_MACHINE.unknown('/proc/cpuinfo could not be read');
  if (!virtual.isVirtual) return VIRTUAL_MACHINE.good('no: the cores are real');
  return VIRTUAL_MACHINE.notice(
    virtual.host === '' ? 'yes' : `yes: ${virtual.host}`,
    'its host may take the cores away and change their speed, and this system need not notice',
    'at a quiet hour, with repeats: `creditlab run … --repeat 5`',
  );
};

const STEAL = new Topic('steal', 'steal');

const NOW = { notice: 0.5, bad: 2 };
/** On the average since boot, quiet hours included. */
const SINCE_BOOT = { notice: 1, bad: 5 };

/**
 * Does the virtual machine's host take time from it? Nothing can be taken from a core that wants none: the probe looks
 * under load.
 */
export const examineSteal: Examination = ({ load }) => {
  if (load === null || load.cpus.length === 0) return STEAL.unknown('/proc/stat has no figures of the pCPUs');
  const now = Math.max(...load.cpus.map(({ stealPercent }) => stealPercent));
  const sinceBoot = load.stealSinceBootPercent;
  const state = `${now.toFixed(1)} % in the last second, ${sinceBoot.toFixed(1)} % of the work since boot`;
  const exceeds = (key: 'notice' | 'bad'): boolean => now >= NOW[key] || sinceBoot >= SINCE_BOOT[key];
  const consequence = 'other virtual machines get time that this one was to have: every time gets longer';
  const remedy = 'a quieter hour, or a machine type whose cores are not shared';
  if (exceeds('bad')) return STEAL.bad(state, consequence, remedy);
  if (exceeds('notice')) return STEAL.notice(state, consequence, remedy);
  return STEAL.good(state);
};

const QUOTA = new Topic('cgroup-quota', 'cgroup quota');

/** Will the kernel stop the whole process because it has used its quota? */
export const examineQuota: Examination = ({ hostCpus, cgroupsKnown, pcpus }) => {
  if (!cgroupsKnown) return QUOTA.unknown('/proc/self/cgroup could not be read');
  const quota = hostCpus.cgroupQuotaCpus;
  if (quota === null) return QUOTA.good('none');
  const state = `${quota.toFixed(2)} CPUs for ${counted(pcpus.length, 'pCPU')}`;
  if (quota >= pcpus.length + OWN_CPUS) return QUOTA.good(`${state}: enough`);
  return QUOTA.bad(
    state,
    'when it is used up the kernel stops scheduler and VMs together for the rest of the period, mostly 100 ms',
    'fewer --pcpus, or a higher limit (docker: --cpus, systemd: CPUQuota=)',
  );
};

const CONTAINER = new Topic('container', 'container limits');

/** Node with its helper threads, and a few VMs: about 100 MB, and 10 MB per vCPU. */
const ENOUGH_BYTES = 512e6;
/** Node's own threads are about 15, and each vCPU is one. */
const ENOUGH_TASKS = 64;

export const examineContainer: Examination = ({ container: { name, memoryBytes, tasks }, cgroupsKnown }) => {
  const where = name ?? 'no container';
  if (!cgroupsKnown) return CONTAINER.unknown(`${where}; /proc/self/cgroup could not be read`);
  const limits = [
    ...(memoryBytes === null ? [] : [`${(memoryBytes / 1e6).toFixed(0)} MB of memory`]),
    ...(tasks === null ? [] : [`${String(tasks)} threads`]),
  ];
  const state = limits.length === 0 ? `${where}, no limit` : `${where}: ${limits.join(', ')}`;
  const isTight = (memoryBytes ?? Infinity) < ENOUGH_BYTES || (tasks ?? Infinity) < ENOUGH_TASKS;
  if (!isTight) return CONTAINER.good(state);
  return CONTAINER.notice(
    state,
    'a run with many vCPUs may not get its threads, or be ended by the kernel for want of memory',
    'higher limits (docker: --memory, --pids-limit; systemd: MemoryMax=, TasksMax=)',
  );
};
