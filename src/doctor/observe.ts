import { cpusIn, readHostCpus } from '../cpus/read-host-cpus.ts';
import type { HostCpus } from '../cpus/host-cpus.ts';
import type { Observations } from './observations.ts';
import { fieldOf, HostFiles } from './host-files.ts';
import { readContainer, readVirtual } from './read-confines.ts';
import { loadBetween, readLoadSnapshot } from './read-load.ts';
import { readPerf, readRealtime, readTracing } from './read-rights.ts';
import { readFrequency, readPower, readTurbo } from './read-speed.ts';
import { realSenses, type Senses } from './senses.ts';

/** Chooses the CPUs to examine, first of all; may throw what is wrong with the choice. */
export type ChoosePcpus = (hostCpus: HostCpus) => readonly number[];

const LOAD_WINDOW_MS = 1000;
const CLOCK_DIR = 'sys/devices/system/clocksource/clocksource0';

/**
 * Read everything that examinations look at; takes a second, over which the load is measured. Unreadable: null.
 * @param root prefix for /proc and /sys, for invented hosts in tests
 * @throws what `choose` throws
 */
export async function observe(
  choose: ChoosePcpus,
  root = '/',
  senses: Senses = realSenses,
): Promise<Observations> {
  const files = new HostFiles(root);
  const hostCpus = readHostCpus(root);
  const pcpus = choose(hostCpus);
  const before = readLoadSnapshot(files);
  await senses.wait(LOAD_WINDOW_MS);
  const after = readLoadSnapshot(files);
  const told = await senses.ask();
  const online = files.text('sys/devices/system/cpu/online');
  const current = files.text(`${CLOCK_DIR}/current_clocksource`);
  return {
    hostCpus,
    hostCpusKnown: {
      allowed: fieldOf(files.text('proc/self/status'), 'Cpus_allowed_list') !== null,
      siblings: pcpus.every((cpu) =>
        files.exists(`sys/devices/system/cpu/cpu${String(cpu)}/topology/thread_siblings_list`),
      ),
    },
    onlineCpus: online === null ? null : cpusIn(online),
    pcpus,
    frequency: readFrequency(files, pcpus),
    turbo: readTurbo(files),
    power: readPower(files) ?? told.power,
    load: before === null || after === null ? null : loadBetween(before, after, pcpus, senses.pid),
    virtual: readVirtual(files, told.virtual),
    cgroupsKnown: files.exists('proc/self/cgroup'),
    timers: { overshootNs: senses.overshootNs(), slackNs: files.number('proc/self/timerslack_ns') },
    realtime: readRealtime(files, senses),
    perf: readPerf(files),
    tracing: readTracing(files),
    clockSource:
      current === null
        ? null
        : {
            current,
            available: (files.text(`${CLOCK_DIR}/available_clocksource`) ?? '').split(' '),
          },
    container: readContainer(files, senses.env),
  };
}
