/** The result file (`--json`): one object per invocation. Times in ns, shares in percent of one pCPU. */
import { z } from 'zod';
import { distributionSchema, quantilesSchema, workRateSchema } from '../analysis/schema.ts';
import type { Inferred } from '../base/schema.ts';
import { field } from '../base/schema.ts';
import { hostCpuSchema } from '../cpus/host-cpus.ts';
import { scenarioSchema, schedulerSchema } from '../scenario/scenario.ts';
import { count, cpu, ns, NS, OLDER, SIMULATED } from './quantities.ts';
import { certificateSchema } from './verdict.ts';
import { vmSchema } from './vm-result.ts';

export const generatorSchema = z.strictObject({
  name: field(z.literal('creditlab'), 'of the program'),
  version: field(z.string(), 'of the program'),
});

export const hostDescriptionSchema = z.strictObject({
  os: field(z.string(), 'distribution and release'),
  kernel: field(z.string(), 'kernel release'),
  arch: field(z.string(), '`x64` or `arm64`'),
  node: field(z.string(), 'version of Node.js'),
  cpuModel: field(z.string(), 'name of the processor'),
  cpus: field(z.array(hostCpuSchema), 'the allowed CPUs'),
  allowedCpus: field(z.array(cpu), 'CPUs that the process may use and that are online'),
  cgroupQuotaCpus: field(z.number().nullable(), 'CPU time that the control group allows', {
    unit: 'CPUs',
    note: 'null: no limit',
  }),
  memoryBytes: field(z.number(), 'memory of the machine', { unit: 'bytes' }),
  virtualized: field(z.boolean(), 'whether the host is itself a virtual machine'),
});

/** @interface */
export type HostDescription = Inferred<typeof hostDescriptionSchema>;

export const pcpuSchema = z.strictObject({
  id: field(cpu, 'host CPU'),
  busyNs: field(ns, 'CPU time that the vCPUs consumed on the pCPU', { ...NS, title: 'busy' }),
  switches: field(count, 'times that the pCPU changed its vCPU', {
    note: 'to and from idle included',
    title: 'switches',
  }),
  ownThreadsNs: field(
    ns.nullable().exactOptional(),
    "CPU time that the process's threads other than the vCPUs consumed on the pCPU: main, the loop, V8's helpers",
    {
      ...NS,
      note: `null: the kernel doesn't tell; ${SIMULATED}. In the CSV summed over all pCPUs`,
      title: 'own threads',
      column: 'ownThreadsNs',
    },
  ),
  stolenNs: field(ns.exactOptional(), "time in which a vCPU held it and wasn't on the core", {
    ...NS,
    note: SIMULATED,
  }),
});

/** @interface */
export type PcpuResult = Inferred<typeof pcpuSchema>;

export const latencySchema = z.strictObject({
  timer: field(distributionSchema, 'from when a timer was due', NS),
  exit: field(distributionSchema, 'from the instant at which a vCPU blocked or was done', NS),
  wake: field(distributionSchema, 'from when a virtual interrupt was due', NS),
  handOver: field(
    distributionSchema,
    'from telling a pCPU on which a vCPU runs until the next one computes there; pauses put off are left out',
    NS,
  ),
  gap: field(distributionSchema, 'the part of a hand-over in which neither computes', NS),
  start: field(
    distributionSchema,
    'from telling a pCPU on which none runs until the vCPU computes there',
    NS,
  ),
});

/**
 * How late the machine was: the loop with what it waited for (timer, exit, wake: a value per wait, since all that is
 * due at once is late together), and the cores with what the loop told them.
 *
 * @interface
 */
export type LoopLatency = Inferred<typeof latencySchema>;

export const holdUpsSchema = z.strictObject({
  count: field(count, 'how many'),
  longestNs: field(ns, 'the longest', NS),
  totalNs: field(ns, 'of the 32 longest', NS),
});

/**
 * Times in which the host didn't let the scheduler run; stops of the whole process (Ctrl-Z) are none.
 *
 * @interface
 */
export type HoldUps = Inferred<typeof holdUpsSchema>;

export const loopSchema = z.strictObject({
  tickLatenessNs: field(quantilesSchema, 'how late a timer of the scheduler was served', {
    ...NS,
    note:
      'from when a timer (tick, slice, accounting) was due until its pCPU had been told; a value per pCPU and ' +
      'instant',
    title: 'tick lateness',
  }),
  latencyNs: field(
    latencySchema.exactOptional(),
    'how late the loop came to what it waited for, a value per wait, and the cores to what they were told',
    { ...NS, note: SIMULATED },
  ),
  switchGapNs: field(
    quantilesSchema,
    "on one pCPU, from the record that the outgoing vCPU's thread pauses to the record that the next one's goes on; " +
      'without interrupting the one and signalling the other',
    { ...NS, title: 'switch gap' },
  ),
  decisionNs: field(quantilesSchema, 'time to choose the next vCPU', {
    ...NS,
    note: 'the reading of CPU clocks included',
    title: 'decision',
  }),
  dispatchNs: field(quantilesSchema, 'time to tell the core of a change, by a signal or a wake-up', {
    ...NS,
    title: 'dispatch',
  }),
  cpuNs: field(ns, 'CPU time of the hypervisor thread', { ...NS, title: "loop's CPU time" }),
  factsDropped: field(
    count,
    'records of pauses and resumes that were lost because the reader was too slow; 0 in a good run',
  ),
  intentsDropped: field(count.exactOptional(), "the same of the scheduler's decisions", {
    note: 'absent: nothing was recorded',
  }),
  heldUp: field(
    holdUpsSchema.exactOptional(),
    'waits that ended more than 200 ms late, which are no part of the lateness above',
    { note: SIMULATED },
  ),
});

/** @interface */
export type LoopResult = Inferred<typeof loopSchema>;

export const hostEventsSchema = z.strictObject({
  lostCpus: field(
    z.array(cpu),
    'host CPUs of the pCPUs that were taken away during the run: offline, or out of what the process may use',
  ),
  movedVcpus: field(z.array(z.string()), 'vCPUs whose thread somebody else moved away from its pCPU'),
  pinFailures: field(count, 'times that a vCPU could not be pinned to its pCPU'),
  refusedSignals: field(count, 'signals to pause a vCPU that the kernel refused: it paused late'),
  refusedTimers: field(
    count,
    'timers that could not be set: a pause that was put off was not looked at again before the end of the step',
  ),
  signalTaken: field(
    z.boolean(),
    'whether somebody else in the process took the pause signal during the run: vCPUs paused between two steps only',
  ),
  throttled: field(
    z
      .strictObject({
        periods: field(count, 'in which it was used up'),
        ns: field(ns, 'for which it stopped the group, summed over all CPUs', NS),
      })
      .nullable(),
    "what a control group's quota did",
    { note: 'null: no control group tells' },
  ),
});

/** @interface */
export type HostEvents = Inferred<typeof hostEventsSchema>;

export const changeSchema = z.strictObject({
  event: field(z.int().min(0).nullable(), 'which of the events of `played`, or else of the scenario', {
    note: 'null: a VM was created',
  }),
  vm: field(z.int().min(0).exactOptional(), 'the VM that was created, by its place in `played`'),
  askedNs: field(ns, 'when it was asked for', { ...NS, note: 'for an event of a file, its time' }),
  atNs: field(ns, 'the instant that the policy was told', NS),
  actsNs: field(ns, 'from when on it could have an effect: of a weight the next accounting, say', NS),
});

/** @interface */
export type ChangeResult = Inferred<typeof changeSchema>;

export const runSchema = z.strictObject({
  order: field(z.int().min(1).exactOptional(), "as which of the command's runs it was made, from 1", {
    note: SIMULATED,
    column: 'order',
  }),
  machine: field(
    z.enum(['hardware', 'simulated']).exactOptional(),
    '`hardware` (also when absent) or `simulated`: in virtual time, where nothing is measured and all times are exact',
    { column: 'machine', otherwise: 'hardware' },
  ),
  complete: field(z.boolean(), 'whether it came to its end', {
    note: 'false: it was interrupted or failed, and this is what was measured until then',
    column: 'complete',
  }),
  windowNs: field(
    ns,
    'length of the measurement: from the common start until the run ended, without the time for which the ' +
      'process was stopped',
    { ...NS, column: 'windowNs' },
  ),
  contendedNs: field(
    ns.exactOptional(),
    'for how long of it all VMs competed: from the start of the last one until the first vCPU had done its ' +
      'work or a VM was paused or destroyed',
    { ...NS, note: `0: never all at once; ${OLDER}`, column: 'contendedNs' },
  ),
  bandsAreWide: field(
    z.boolean().exactOptional(),
    'true: the scheduler came late in this run, or others took time from its vCPUs, beyond what its ' +
      'certificate calls ' +
      'good, and the bands of its predictions are made from that; to lie in one says little',
    { note: 'absent: not predicted, or an older file', column: 'bandsAreWide' },
  ),
  vms: field(z.array(vmSchema), "one object per VM, in the scenario's order"),
  pcpus: field(z.array(pcpuSchema), 'one object per pCPU'),
  loop: field(loopSchema, "how well the scheduler's own loop did"),
  workRate: field(workRateSchema.nullable().exactOptional(), "how steadily the cores did the vCPUs' work", {
    note: 'null or absent: too short to say, or simulated',
  }),
  hostEvents: field(hostEventsSchema.exactOptional(), "what the host did to the lab's means", {
    note: SIMULATED,
  }),
  certificate: field(certificateSchema.exactOptional(), 'whether the figures can be trusted', {
    note: SIMULATED,
  }),
  played: field(
    scenarioSchema.exactOptional(),
    'the scenario as it was played, with the VMs and the events that came while the run was under way',
    { note: 'absent: as it was planned' },
  ),
  changes: field(
    z.array(changeSchema).exactOptional(),
    'what was changed while the run was under way, in the order of the instants',
    { note: 'absent: nothing, or an older file' },
  ),
  warnings: field(
    z.array(z.string()),
    'sentences: the process was stopped, the host held up the scheduler, a control group allows too little, …',
  ),
});

/** @interface */
export type RunResult = Inferred<typeof runSchema>;

export const resultSchema = z
  .strictObject({
    format: field(z.literal('creditlab-result'), '`creditlab-result`'),
    version: field(z.literal(2), '2'),
    generator: field(generatorSchema, 'what wrote it'),
    startedAt: field(z.iso.datetime(), 'date and time of the start, ISO 8601, UTC'),
    host: field(hostDescriptionSchema, 'the machine'),
    scenario: field(scenarioSchema, 'the scenario with every default filled in'),
    scheduler: field(schedulerSchema, 'the same as `scenario.scheduler`'),
    runs: field(z.array(runSchema), 'one object per run (`--repeat`)'),
  })
  .meta({ title: 'creditlab result', description: 'One scenario, run once or several times. Times in ns.' });

/** @interface */
export type Result = Inferred<typeof resultSchema>;
