/** What the cores are, and whether they keep their speed. */
import { recommendPcpus } from '../cpus/recommend.ts';
import { formatCpuList } from '../scenario/cpu-list.ts';
import { bringOnline } from '../scenario/resolve-pcpus.ts';
import { type Examination, Topic } from './finding.ts';

const ALLOWED_CPUS = new Topic('allowed-cpus', 'allowed CPUs');

/** Are there CPUs beside the pCPUs, for the scheduler's thread and everybody else? */
export const examineAllowedCpus: Examination = ({ hostCpus, hostCpusKnown, onlineCpus, pcpus }) => {
  const { allowedCpus, offlineCpus } = hostCpus;
  if (!hostCpusKnown.allowed)
    return ALLOWED_CPUS.unknown('/proc/self/status does not say which CPUs this process may use');
  const online = onlineCpus === null ? '' : ` of ${String(onlineCpus.length)} online`;
  const offline = offlineCpus.length === 0 ? '' : `, offline: ${formatCpuList(offlineCpus)}`;
  const state = `${String(allowedCpus.length)}${online}: ${formatCpuList(allowedCpus)}${offline}`;
  const left = allowedCpus.filter((cpu) => !pcpus.includes(cpu));
  if (left.length > 0) return ALLOWED_CPUS.good(`${state}; beside the pCPUs: ${formatCpuList(left)}`);
  const isLimited = (onlineCpus?.length ?? 0) > allowedCpus.length;
  return ALLOWED_CPUS.notice(
    `${state}; all of them are pCPUs`,
    "the scheduler's thread and all other programs take their time from the VMs",
    isLimited
      ? `allow more CPUs: \`taskset -cp ${formatCpuList(onlineCpus ?? [])} $$\``
      : allowedCpus.length > 1
        ? 'leave one out with --pcpus'
        : offlineCpus.length > 0
          ? bringOnline(offlineCpus)
          : 'give the machine a second CPU',
  );
};

const SMT = new Topic('smt', 'SMT siblings');

/** Is each pCPU a core of its own? */
export const examineSmt: Examination = ({ hostCpus, hostCpusKnown, pcpus, virtual }) => {
  if (!hostCpusKnown.siblings) return SMT.unknown('/sys does not say which CPUs share a core');
  const chosen = hostCpus.cpus.filter(({ id }) => pcpus.includes(id));
  const shared = chosen.filter(({ smtSiblings }) => smtSiblings.some((sibling) => pcpus.includes(sibling)));
  if (shared.length > 0) {
    return SMT.bad(
      `pCPUs ${formatCpuList(shared.map(({ id }) => id))} share cores among themselves`,
      'two VMs on one core slow each other down by up to a half, whatever their weights',
      `one pCPU per core: \`--pcpus ${formatCpuList(recommendPcpus(hostCpus).pcpus)}\``,
    );
  }
  const outside = chosen.flatMap(({ smtSiblings }) => smtSiblings);
  if (outside.length > 0) {
    return SMT.notice(
      `the pCPUs share their cores with CPU ${formatCpuList(outside)}`,
      'what other programs do there slows the pCPUs down by up to a half',
      'keep those idle, or `echo off | sudo tee /sys/devices/system/cpu/smt/control`',
    );
  }
  return SMT.good(
    virtual?.isVirtual === true ? 'none that the virtual machine shows' : 'none: a core per pCPU',
  );
};

const HYBRID = new Topic('hybrid', 'core types');

/** Are all pCPUs equally fast? */
export const examineHybrid: Examination = ({ hostCpus, hostCpusKnown, pcpus }) => {
  // A kernel that describes no topology describes no core types either.
  if (!hostCpusKnown.siblings) return HYBRID.unknown('/sys does not say of which type the cores are');
  const chosen = hostCpus.cpus.filter(({ id }) => pcpus.includes(id));
  const slow = chosen.filter(({ coreType }) => coreType === 'efficiency').map(({ id }) => id);
  if (slow.length === 0) {
    const isHybrid = hostCpus.cpus.some(({ coreType }) => coreType === 'efficiency');
    return HYBRID.good(isHybrid ? 'performance cores only' : 'all the same');
  }
  const better = formatCpuList(recommendPcpus(hostCpus).pcpus);
  const are = slow.length === 1 ? 'is an efficiency core' : 'are efficiency cores';
  if (slow.length < chosen.length) {
    return HYBRID.bad(
      `CPU ${formatCpuList(slow)} among the pCPUs ${are}`,
      'the same work takes longer there, so times depend on where a vCPU ran',
      `cores of one type: \`--pcpus ${better}\``,
    );
  }
  return HYBRID.notice(
    'efficiency cores only',
    'times compare with each other, but not with those of the performance cores',
    `if any is allowed, a performance core: \`--pcpus ${better}\``,
  );
};

const GOVERNOR = new Topic('governor', 'governor');

/** Does the clock keep its frequency when a VM waits? */
export const examineGovernor: Examination = ({ frequency, virtual }) => {
  if (frequency.length === 0) {
    const whose = virtual?.isVirtual === true ? ": the virtual machine's host decides" : '';
    return GOVERNOR.unknown(`no cpufreq in /sys${whose}`);
  }
  const names = [...new Set(frequency.map(({ governor }) => governor))];
  const drivers = [...new Set(frequency.map(({ driver }) => driver))].filter((driver) => driver !== '');
  const state = names.join(', ') + (drivers.length === 0 ? '' : ` (${drivers.join(', ')})`);
  if (names.every((name) => name === 'performance')) return GOVERNOR.good(state);
  const where = formatCpuList(
    frequency.filter(({ governor }) => governor !== 'performance').map(({ cpu }) => cpu),
  );
  return GOVERNOR.notice(
    `${state} on CPU ${where}`,
    'the frequency follows the load: a capped or waiting VM lets its core slow down, and its work takes more CPU time',
    '`echo performance | sudo tee /sys/devices/system/cpu/cpu*/cpufreq/scaling_governor`',
  );
};

const TURBO = new Topic('turbo', 'turbo');

/** Does the speed of a core depend on heat and on its neighbours? */
export const examineTurbo: Examination = ({ turbo, frequency, virtual }) => {
  if (turbo === null) {
    const whose = virtual?.isVirtual === true ? ": the virtual machine's host decides" : '';
    return TURBO.unknown(`no switch in /sys${whose}`);
  }
  if (!turbo) return TURBO.good('off');
  const isIntel = frequency.some(({ driver }) => driver === 'intel_pstate');
  return TURBO.notice(
    'on',
    'a core runs faster while it is cool and others are idle, so the same work takes a varying time',
    isIntel
      ? '`echo 1 | sudo tee /sys/devices/system/cpu/intel_pstate/no_turbo`'
      : '`echo 0 | sudo tee /sys/devices/system/cpu/cpufreq/boost`',
  );
};

const BATTERY = new Topic('battery', 'battery');

export const examineBattery: Examination = ({ power }) => {
  switch (power) {
    case null:
      return BATTERY.unknown('the system does not say where its power comes from');
    case 'no-battery':
      return BATTERY.good('none');
    case 'mains':
      return BATTERY.good('not in use: on mains');
    case 'battery':
      return BATTERY.bad(
        'in use',
        'the firmware holds the cores back, and by how much changes from minute to minute',
        'plug the machine in',
      );
  }
};
