/** Every measured quantity, described once: tables, files and documentation take name, unit and meaning from here. */

export interface Metric {
  /** as in the result file */
  readonly key: string;
  /** heading of a column in a terminal */
  readonly title: string;
  readonly unit: string;
  readonly description: string;
  /** For people; null and undefined are a dash. */
  readonly format: (value: number | null | undefined) => string;
}

const dash = (write: (value: number) => string) => (value: number | null | undefined) =>
  value === null || value === undefined || !Number.isFinite(value) ? '–' : write(value);

const percent = dash((value) => `${value.toFixed(1)} %`);
const count = dash((value) => String(value));
const ratio = dash((value) => value.toFixed(3));

/** Below, times are told in ms: in seconds they would have few digits left. */
export const MS_BELOW_NS = 0.1e9;

/** A short time in the unit that suits it: `4.1 µs`, `0.9 ms`. */
export const formatNs = dash((ns) => {
  if (Math.abs(ns) < 1e3) return `${ns.toFixed(0)} ns`;
  if (Math.abs(ns) < 1e6) return `${(ns / 1e3).toFixed(1)} µs`;
  if (Math.abs(ns) < 1e9) return `${(ns / 1e6).toFixed(2)} ms`;
  return `${(ns / 1e9).toFixed(3)} s`;
});

/** A time of a whole run, in seconds; a short one as it suits it: `2.020 s`, `8.2 ms`. */
const seconds = dash((ns) => {
  if (ns === 0 || Math.abs(ns) >= MS_BELOW_NS) return `${(ns / 1e9).toFixed(3)} s`;
  return Math.abs(ns) < 1e6 ? formatNs(ns) : `${(ns / 1e6).toFixed(1)} ms`;
});

const table = {
  weight: ['weight', '', 'share of CPU time relative to the other VMs, per vCPU', count],
  cap: [
    'cap',
    '% of one pCPU',
    'most CPU time for the whole VM; 0 is none',
    dash((cap) => (cap === 0 ? 'none' : `${String(cap)} %`)),
  ],
  cpuNs: ['CPU time', 'ns', 'CPU time consumed in the window', seconds],
  sharePercent: ['share', '% of one pCPU', 'CPU time over the window', percent],
  workSharePercent: [
    'work',
    '% of one pCPU',
    'work done, in percent of what one pCPU does alone in the same time; below the share where caches, memory or clock held it up',
    percent,
  ],
  idealSharePercent: [
    'ideal',
    '% of one pCPU',
    'share under an ideal proportional share, for the CPU time that the work really took',
    percent,
  ],
  contendedSharePercent: [
    'contended',
    '% of one pCPU',
    'CPU time over the time for which all VMs compete: from the start of the last one until the first vCPU has done its work or a VM is paused',
    percent,
  ],
  idealContendedSharePercent: [
    'ideal',
    '% of one pCPU',
    'share under an ideal proportional share while all VMs compete, for the CPU time that the work really took',
    percent,
  ],
  wallNs: [
    'time',
    'ns',
    'execution time: from the start of the VM until its last vCPU finished its work',
    seconds,
  ],
  idealWallNs: [
    'ideal time',
    'ns',
    'execution time under an ideal proportional share with the same weights and caps, for the CPU time that the work really took (for unfinished work: as calibrated)',
    seconds,
  ],
  predictedSharePercent: [
    'predicted',
    '% of one pCPU',
    'share while all VMs compete, in simulations of the same scenario by the same scheduler: median [least–greatest] over 8, with timers as late by chance as they were in the run and the work that the vCPUs really did. None where the share follows from the work whatever the scheduler does',
    percent,
  ],
  predictedWallNs: [
    'predicted',
    'ns',
    'execution time in simulations of the same scenario by the same scheduler: median [least–greatest] over 8, with timers as late by chance as they were in the run. The work of each vCPU is the CPU time that it really used, so that the band tells what the scheduler does, and not how fast the machine was. None where the time follows from the work whatever the scheduler does',
    seconds,
  ],
  forecastSharePercent: [
    'forecast',
    '% of one pCPU',
    'share while all VMs compete, simulated before the run: for the work as calibrated, with timers as late as they were known to be until then',
    percent,
  ],
  forecastWallNs: [
    'forecast',
    'ns',
    'execution time, simulated before the run: for the work as calibrated, with timers as late as they were known to be until then',
    seconds,
  ],
  inBand: [
    'in band',
    '',
    'whether the measured value lies between the least and the greatest prediction, give or take 0.5 % of the time or 0.25 points of the share: what switching and the host may take',
    count,
  ],
  ratio: ['ratio', '', 'measured over ideal execution time', ratio],
  slowdown: [
    'slowdown',
    '',
    'execution time over that of the same VM alone and without a cap',
    dash((value) => `${value.toFixed(2)} ×`),
  ],
  tid: ['tid', '', "the vCPU's thread, as the kernel numbers it", count],
  units: ['units', '', 'steps of the workload that were completed', count],
  startNs: ['start', 'ns', 'first time on a pCPU, from the start of the run', seconds],
  endNs: ['end', 'ns', 'when the work was done, from the start of the run', seconds],
  dispatches: ['dispatches', '', 'times that the scheduler put the vCPU on a pCPU', count],
  cpuPerDispatchNs: ['per dispatch', 'ns', 'CPU time over dispatches: how long it ran at a time', formatNs],
  boosts: ['boosts', '', 'times that a wake-up raised the vCPU to BOOST', count],
  steals: ['steals', '', 'times that a pCPU took the vCPU from another one', count],
  migrations: ['migrations', '', 'changes of pCPU', count],
  stolenNs: ['stolen', 'ns', "dispatched but not on the core: taken by the host's other work", formatNs],
  deferredPauses: ['deferred', '', 'pauses that had to wait for a safe point', count],
  overrunNs: ['overrun', 'ns', 'how long the vCPU ran on in all deferred pauses', formatNs],
  involuntarySwitches: ['invol. switches', '', 'times that the kernel took the core from the thread', count],
  runqWaitNs: ['run-queue wait', 'ns', "time that the thread waited in the kernel's run queue", formatNs],
  busyNs: ['busy', 'ns', 'CPU time that the vCPUs consumed on the pCPU', seconds],
  ownThreadsNs: [
    'own threads',
    'ns',
    "CPU time that the process's threads other than the vCPUs consumed on the pCPU: main, the loop, V8's helpers",
    seconds,
  ],
  switches: ['switches', '', 'times that the pCPU changed its vCPU', count],
  tickLatenessNs: ['tick lateness', 'ns', 'how late a timer of the scheduler was served', formatNs],
  switchGapNs: [
    'switch gap',
    'ns',
    "on one pCPU, from the record that the outgoing vCPU's thread pauses to the record that the next one's goes on; without interrupting the one and signalling the other",
    formatNs,
  ],
  decisionNs: ['decision', 'ns', 'time to choose the next vCPU', formatNs],
  dispatchNs: ['dispatch', 'ns', 'time to tell the core of a change, by a signal or a wake-up', formatNs],
  loopCpuNs: ["loop's CPU time", 'ns', 'CPU time of the hypervisor thread', formatNs],
} as const satisfies Record<
  string,
  readonly [string, string, string, (value: number | null | undefined) => string]
>;

export type MetricKey = keyof typeof table;

export const metrics = Object.fromEntries(
  Object.entries(table).map(([key, [title, unit, description, format]]) => [
    key,
    { key, title, unit, description, format },
  ]),
) as Readonly<Record<MetricKey, Metric>>;
