/** Who used the CPUs between two looks at the kernel's statistics. */
import type { ObservedLoad } from './observations.ts';
import type { HostFiles } from './host-files.ts';

interface CpuTicks {
  readonly busy: number;
  readonly steal: number;
  readonly total: number;
}

export interface LoadSnapshot {
  readonly cpus: ReadonlyMap<number, CpuTicks>;
  /** by pid */
  readonly programs: ReadonlyMap<number, Program>;
}

interface Program {
  readonly name: string;
  readonly parent: number;
  readonly ticks: number;
  /** of its children that have ended */
  readonly endedTicks: number;
}

/** @returns null when there is no /proc/stat */
export function readLoadSnapshot(files: HostFiles): LoadSnapshot | null {
  const stat = files.text('proc/stat');
  if (stat === null) return null;
  const cpus = new Map<number, CpuTicks>();
  for (const [, cpu, fields] of stat.matchAll(/^cpu(\d+) (.*)$/gm)) {
    // What guests of this host used is counted in user and nice already.
    const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0] = fields
      .trim()
      .split(/\s+/)
      .map(Number);
    const busy = user + nice + system + irq + softirq;
    cpus.set(Number(cpu), { busy, steal, total: busy + idle + iowait + steal });
  }
  const programs = new Map<number, Program>();
  for (const pid of files.names('proc') ?? []) {
    if (!/^\d+$/.test(pid)) continue;
    // A program's name may hold blanks and brackets.
    const [, name, rest] = /^\d+ \((.*)\) (.*)$/s.exec(files.text(`proc/${pid}/stat`) ?? '') ?? [];
    if (rest === undefined) continue;
    const fields = rest.split(' ');
    const [user, system, endedUser, endedSystem] = fields.slice(11, 15).map(Number);
    programs.set(Number(pid), {
      name,
      parent: Number(fields[1]),
      ticks: user + system,
      endedTicks: endedUser + endedSystem,
    });
  }
  return { cpus, programs };
}

/**
 * @param pcpus the CPUs of interest
 * @param ownPid a process to leave out of the programs
 */
export function loadBetween(
  before: LoadSnapshot,
  after: LoadSnapshot,
  pcpus: readonly number[],
  ownPid: number,
): ObservedLoad {
  const cpus: ObservedLoad['cpus'][number][] = [];
  let stolen = 0;
  let wanted = 0;
  let lengthTicks = 0;
  for (const cpu of pcpus) {
    const from = before.cpus.get(cpu);
    const to = after.cpus.get(cpu);
    if (from === undefined || to === undefined) continue;
    const total = to.total - from.total;
    const percent = (ticks: number): number => (total > 0 ? Math.min(100, (100 * ticks) / total) : 0);
    cpus.push({
      cpu,
      busyPercent: percent(to.busy - from.busy),
      stealPercent: percent(to.steal - from.steal),
    });
    lengthTicks = Math.max(lengthTicks, total);
    stolen += to.steal;
    wanted += to.busy + to.steal;
  }
  const programs = [...after.programs]
    .filter(([pid]) => pid !== ownPid && before.programs.has(pid))
    .map(([pid, { name, ticks }]) => {
      const used = ticks - (before.programs.get(pid)?.ticks ?? ticks);
      return { name, pid, percent: lengthTicks > 0 ? (100 * used) / lengthTicks : 0 };
    })
    .filter(({ percent }) => percent > 0)
    .sort((a, b) => b.percent - a.percent);
  return { cpus, programs, stealSinceBootPercent: wanted > 0 ? (100 * stolen) / wanted : 0 };
}
