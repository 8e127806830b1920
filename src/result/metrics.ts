/** Every measured quantity, described once: tables, files and documentation take name, unit and meaning from here. */

export interface Metric {
  /** as in the result file */
  readonly key: string;
  /** heading of a column */
  readonly title: string;
  readonly unit: string;
  readonly description: string;
  readonly kind: MetricKind;
}

/** How it is written for people (report/format.ts). `run`: a time of a whole run; `span`: a short one. */
export type MetricKind = 'count' | 'cap' | 'percent' | 'ratio' | 'times' | 'run' | 'span';

const table = {
  weight: ['weight', '', 'share of CPU time relative to the other VMs, per vCPU', 'count'],
  cap: ['cap', '% of one pCPU', 'most CPU time for the whole VM; 0 is none', 'cap'],
  cpuNs: ['CPU time', 'ns', 'CPU time consumed in the window', 'run'],
  sharePercent: ['share', '% of one pCPU', 'CPU time over the window', 'percent'],
  workSharePercent: [
    'work',
    '% of one pCPU',
    'work done, in percent of what one pCPU does alone in the same time; below the share where caches, memory or clock held it up',
    'percent',
  ],
  idealSharePercent: [
    'ideal',
    '% of one pCPU',
    'share under an ideal proportional share, for the CPU time that the work really took',
    'percent',
  ],
  contendedSharePercent: [
    'contended',
    '% of one pCPU',
    'CPU time over the time for which all VMs compete: from the start of the last one until the first vCPU has done its work or a VM is paused',
    'percent',
  ],
  idealContendedSharePercent: [
    'ideal',
    '% of one pCPU',
    'share under an ideal proportional share while all VMs compete, for the CPU time that the work really took',
    'percent',
  ],
  wallNs: [
    'time',
    'ns',
    'execution time: from the start of the VM until its last vCPU finished its work',
    'run',
  ],
  idealWallNs: [
    'ideal time',
    'ns',
    'execution time under an ideal proportional share with the same weights and caps, for the CPU time that the work really took (for unfinished work: as calibrated)',
    'run',
  ],
  predictedSharePercent: [
    'predicted',
    '% of one pCPU',
    'share while all VMs compete, in simulations of the same scenario by the same scheduler: median [least–greatest] over 8, with timers as late by chance as they were in the run and the work that the vCPUs really did. None where the share follows from the work whatever the scheduler does',
    'percent',
  ],
  predictedWallNs: [
    'predicted',
    'ns',
    'execution time in simulations of the same scenario by the same scheduler: median [least–greatest] over 8, with timers as late by chance as they were in the run. The work of each vCPU is the CPU time that it really used, so that the band tells what the scheduler does, and not how fast the machine was. None where the time follows from the work whatever the scheduler does',
    'run',
  ],
  forecastSharePercent: [
    'forecast',
    '% of one pCPU',
    'share while all VMs compete, simulated before the run: for the work as calibrated, with timers as late as they were known to be until then',
    'percent',
  ],
  forecastWallNs: [
    'forecast',
    'ns',
    'execution time, simulated before the run: for the work as calibrated, with timers as late as they were known to be until then',
    'run',
  ],
  inBand: [
    'in band',
    '',
    'whether the measured value lies between the least and the greatest prediction, give or take 0.5 % of the time or 0.25 points of the share: what switching and the host may take',
    'count',
  ],
  ratio: ['ratio', '', 'measured over ideal execution time', 'ratio'],
  slowdown: ['slowdown', '', 'execution time over that of the same VM alone and without a cap', 'times'],
  tid: ['tid', '', "the vCPU's thread, as the kernel numbers it", 'count'],
  units: ['units', '', 'steps of the workload that were completed', 'count'],
  startNs: ['start', 'ns', 'first time on a pCPU, from the start of the run', 'run'],
  endNs: ['end', 'ns', 'when the work was done, from the start of the run', 'run'],
  dispatches: ['dispatches', '', 'times that the scheduler put the vCPU on a pCPU', 'count'],
  cpuPerDispatchNs: ['per dispatch', 'ns', 'CPU time over dispatches: how long it ran at a time', 'span'],
  boosts: ['boosts', '', 'times that a wake-up raised the vCPU to BOOST', 'count'],
  steals: ['steals', '', 'times that a pCPU took the vCPU from another one', 'count'],
  migrations: ['migrations', '', 'changes of pCPU', 'count'],
  stolenNs: ['stolen', 'ns', "dispatched but not on the core: taken by the host's other work", 'span'],
  deferredPauses: ['deferred', '', 'pauses that had to wait for a safe point', 'count'],
  overrunNs: ['overrun', 'ns', 'how long the vCPU ran on in all deferred pauses', 'span'],
  involuntarySwitches: [
    'invol. switches',
    '',
    'times that the kernel took the core from the thread',
    'count',
  ],
  runqWaitNs: ['run-queue wait', 'ns', "time that the thread waited in the kernel's run queue", 'span'],
  busyNs: ['busy', 'ns', 'CPU time that the vCPUs consumed on the pCPU', 'run'],
  ownThreadsNs: [
    'own threads',
    'ns',
    "CPU time that the process's threads other than the vCPUs consumed on the pCPU: main, the loop, V8's helpers",
    'run',
  ],
  switches: ['switches', '', 'times that the pCPU changed its vCPU', 'count'],
  tickLatenessNs: ['tick lateness', 'ns', 'how late a timer of the scheduler was served', 'span'],
  switchGapNs: [
    'switch gap',
    'ns',
    "on one pCPU, from the record that the outgoing vCPU's thread pauses to the record that the next one's goes on; without interrupting the one and signalling the other",
    'span',
  ],
  decisionNs: ['decision', 'ns', 'time to choose the next vCPU', 'span'],
  dispatchNs: ['dispatch', 'ns', 'time to tell the core of a change, by a signal or a wake-up', 'span'],
  loopCpuNs: ["loop's CPU time", 'ns', 'CPU time of the hypervisor thread', 'span'],
} as const satisfies Record<string, readonly [string, string, string, MetricKind]>;

export type MetricKey = keyof typeof table;

export const metrics = Object.fromEntries(
  Object.entries(table).map(([key, [title, unit, description, kind]]) => [
    key,
    { key, title, unit, description, kind },
  ]),
) as Readonly<Record<MetricKey, Metric>>;
