import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Observations } from '../../src/doctor/observations.ts';
import { type ChoosePcpus, observe } from '../../src/doctor/observe.ts';
import { recommendPcpus } from '../../src/cpus/recommend.ts';
import type { Senses } from '../../src/doctor/senses.ts';

/** Contents by path, as under `/`. */
export type Files = Readonly<Record<string, string>>;

export interface Machine {
  readonly files: Files;
  /** what has changed in them a second later */
  readonly later?: Files;
  readonly senses?: Partial<Senses>;
}

/** What the doctor reads on a machine that has just these files. */
export async function observationsOf(
  { files, later = {}, senses = {} }: Machine,
  choose: ChoosePcpus = (hostCpus) => recommendPcpus(hostCpus).pcpus,
): Promise<Observations> {
  const root = mkdtempSync(join(tmpdir(), 'creditlab-doctor-'));
  const write = (some: Files): void => {
    for (const [path, text] of Object.entries(some)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), `${text}\n`);
    }
  };
  try {
    write(files);
    return await observe(choose, root, {
      pid: 1000,
      env: {},
      wait: () => {
        write(later);
        return Promise.resolve();
      },
      overshootNs: () => 60e3,
      tryFifo: () => null,
      ask: () => Promise.resolve({ power: null, virtual: null }),
      ...senses,
    });
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** @param ticks of each CPU: user, nice, system, idle, iowait, irq, softirq, steal */
export function stat(...ticks: readonly (readonly number[])[]): Files {
  const lines = ticks.map((each, cpu) => `cpu${String(cpu)} ${each.join(' ')} 0 0`);
  return { 'proc/stat': ['cpu  1 2 3 4 5 6 7 8 0 0', ...lines, 'intr 0'].join('\n') };
}

/** A program that has used so many ticks. */
export function program(pid: number, name: string, ticks: number): Files {
  const rest = ['R', 1, 1, 1, 0, -1, 0, 0, 0, 0, 0, ticks, 0, 0, 0, 20, 0, 1, 0, 100];
  return { [`proc/${String(pid)}/stat`]: `${String(pid)} (${name}) ${rest.join(' ')}` };
}

interface Core {
  readonly id: number;
  readonly siblings: string;
  readonly governor?: string;
  readonly driver?: string;
}

export function cores(list: readonly Core[]): Files {
  const files: Record<string, string> = {};
  for (const { id, siblings, governor, driver = 'acpi-cpufreq' } of list) {
    const dir = `sys/devices/system/cpu/cpu${String(id)}`;
    files[`${dir}/topology/core_id`] = siblings.split(/[-,]/)[0];
    files[`${dir}/topology/physical_package_id`] = '0';
    files[`${dir}/topology/thread_siblings_list`] = siblings;
    if (governor === undefined) continue;
    files[`${dir}/cpufreq/scaling_governor`] = governor;
    files[`${dir}/cpufreq/scaling_driver`] = driver;
  }
  return files;
}

export interface ProcessOptions {
  readonly allowed: string;
  readonly capabilities?: string;
  readonly rtprio?: number;
  readonly cgroup?: string;
}

/** What /proc/self says of the process. */
export function ownProcess({
  allowed,
  capabilities = '0000000000000000',
  rtprio = 0,
  cgroup = '0::/user.slice',
}: ProcessOptions): Files {
  return {
    'proc/self/status': `Name:\tnode\nCapEff:\t${capabilities}\nCpus_allowed_list:\t${allowed}`,
    'proc/self/limits': [
      'Limit                     Soft Limit           Hard Limit           Units     ',
      `Max realtime priority     ${String(rtprio).padEnd(20)} ${String(rtprio).padEnd(20)} `,
    ].join('\n'),
    'proc/self/cgroup': cgroup,
    'proc/self/timerslack_ns': '50000',
  };
}

const CLOCK_DIR = 'sys/devices/system/clocksource/clocksource0';

export function clock(current: string, available = current): Files {
  return {
    [`${CLOCK_DIR}/current_clocksource`]: current,
    [`${CLOCK_DIR}/available_clocksource`]: `${available} `,
  };
}

export function cpuinfo(flags: string): Files {
  return { 'proc/cpuinfo': `processor\t: 0\nflags\t\t: fpu tsc ${flags}\nbugs\t\t: none` };
}

const COUNTERS: Files = {
  'sys/bus/event_source/devices/cpu/type': '4',
  'proc/sys/kernel/perf_event_paranoid': '2',
};

/** Four cores, one thread each, nothing else going on, everything permitted. */
export const PRISTINE: Machine = {
  files: {
    ...ownProcess({ allowed: '0-3', capabilities: '000001ffffffffff', rtprio: 99 }),
    'sys/devices/system/cpu/online': '0-3',
    ...cores([0, 1, 2, 3].map((id) => ({ id, siblings: String(id), governor: 'performance' }))),
    'sys/devices/system/cpu/cpufreq/boost': '0',
    'sys/class/power_supply/AC/type': 'Mains',
    'sys/class/power_supply/AC/online': '1',
    ...stat(...Array.from({ length: 4 }, () => [1000, 0, 100, 9000, 0, 0, 0, 0])),
    ...cpuinfo('sse2'),
    ...clock('tsc', 'tsc hpet acpi_pm'),
    ...COUNTERS,
    'sys/kernel/tracing/events/sched/sched_switch/enable': '0',
  },
  later: stat(...Array.from({ length: 4 }, () => [1000, 0, 100, 9100, 0, 0, 0, 0])),
};

/** Two performance cores with two threads each, four efficiency cores, unplugged; a browser is at work. */
export const LAPTOP: Machine = {
  files: {
    ...ownProcess({ allowed: '0-7' }),
    'sys/devices/system/cpu/online': '0-7',
    'sys/devices/cpu_core/cpus': '0-3',
    'sys/devices/cpu_atom/cpus': '4-7',
    ...cores(
      ['0-1', '0-1', '2-3', '2-3', '4', '5', '6', '7'].map((siblings, id) => ({
        id,
        siblings,
        governor: 'powersave',
        driver: 'intel_pstate',
      })),
    ),
    'sys/devices/system/cpu/intel_pstate/no_turbo': '0',
    'sys/class/power_supply/AC/type': 'Mains',
    'sys/class/power_supply/AC/online': '0',
    'sys/class/power_supply/BAT0/type': 'Battery',
    'sys/class/power_supply/BAT0/status': 'Discharging',
    'sys/class/power_supply/hidpp_battery_0/type': 'Battery',
    'sys/class/power_supply/hidpp_battery_0/scope': 'Device',
    'sys/class/power_supply/hidpp_battery_0/status': 'Discharging',
    ...stat(...Array.from({ length: 8 }, () => [1000, 0, 100, 9000, 0, 0, 0, 0])),
    ...program(4242, 'Web (Content) 1', 500),
    ...cpuinfo('sse2'),
    ...clock('tsc', 'tsc hpet acpi_pm'),
    ...COUNTERS,
    'proc/sys/kernel/perf_event_paranoid': '4',
    'sys/bus/event_source/devices/cpu_core/type': '4',
    'sys/kernel/tracing/README': 'not mounted',
  },
  later: {
    ...stat(...Array.from({ length: 8 }, () => [1040, 0, 100, 9060, 0, 0, 0, 0])),
    ...program(4242, 'Web (Content) 1', 580),
  },
};

/** Two cores of somebody's big machine, who takes a tenth of them. */
export const CLOUD_VM: Machine = {
  files: {
    ...ownProcess({ allowed: '0-1', rtprio: 50 }),
    'sys/devices/system/cpu/online': '0-1',
    ...cores([0, 1].map((id) => ({ id, siblings: String(id) }))),
    'sys/class/dmi/id/sys_vendor': 'Amazon EC2',
    'sys/class/dmi/id/product_name': 't3.large',
    ...stat([5000, 0, 500, 9000, 0, 0, 0, 500], [5000, 0, 500, 9000, 0, 0, 0, 500]),
    ...cpuinfo('hypervisor'),
    ...clock('xen', 'xen tsc hpet'),
  },
  later: stat([5001, 0, 500, 9089, 0, 0, 0, 510], [5001, 0, 500, 9089, 0, 0, 0, 510]),
  senses: {
    ask: () => Promise.resolve({ power: 'no-battery', virtual: { isVirtual: true, host: 'KVM' } }),
  },
};

/** One and a half CPUs' worth of a machine with four. */
export const CONTAINER: Machine = {
  files: {
    ...PRISTINE.files,
    ...ownProcess({ allowed: '0-3', cgroup: '0::/' }),
    '.dockerenv': '',
    'sys/fs/cgroup/cpu.max': '150000 100000',
    'sys/fs/cgroup/memory.max': '268435456',
    'sys/fs/cgroup/pids.max': '32',
  },
  ...(PRISTINE.later !== undefined && { later: PRISTINE.later }),
};
