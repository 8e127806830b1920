/** Where hosts come from: this machine's cores, or virtual time that goes with the wall clock. */
import { z } from 'zod';
import { LabError } from '../base/errors.ts';
import { commandSpecs } from '../control/commands.ts';
import { LiveHost } from '../control/live-host.ts';
import type { HostState } from '../control/state.ts';
import { TakenWindow } from '../control/taken-window.ts';
import { LiveSimulation } from '../control/live-simulation.ts';
import type { HostOpening, ListedCommand, OpenedHost, OpenHost } from '../control/open-host.ts';
import { simulatedHost } from '../predict/simulated-run.ts';
import { certify } from '../result/certificate.ts';
import type { RunResult } from '../result/result.ts';
import { RunFailed } from '../result/run-failed.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { LiveRun } from '../testbed/live-run.ts';
import { RecordFan } from '../trace/record-fan.ts';
import { openHardware } from './run-rows.ts';

/** @throws LabError what it can't simulate: work in units */
export const openSimulatedHost: OpenHost = (opening) => {
  const { scenario, paranoid, isEndless, signal } = opening;
  const records = new RecordFan(opening.trace);
  const run = new LiveSimulation(scenario, { trace: records, paranoid, staysUp: isEndless });
  const control = hostOf(opening, run, 'simulated');
  records.takers.push(control);
  const ended = (complete: boolean): RunResult => {
    records.end({ endNs: run.endNs, complete, lostIntents: 0, lostFacts: 0 });
    return run.result(complete);
  };
  const result = run.run(signal).then(
    // Told to end, it is whole; broken off, it isn't.
    () => ended(!signal.aborted),
    (error: unknown) => {
      // The scheduler broke: what it did until then was simulated.
      if (!(error instanceof LabError)) throw error;
      throw new RunFailed(error.message, ended(false), error.details);
    },
  );
  return Promise.resolve({
    machine: simulatedHost(scenario),
    ...doorsOf(control, run),
    result,
    snapshot: () => run.result(false),
    close: () => Promise.resolve(),
  });
};

/** @throws LabError as the testbed does before anything starts */
export const openHardwareHost: OpenHost = async (opening) => {
  const { scenario, paranoid, verify, isEndless, signal, onProgress } = opening;
  const vcpus = scenario.vms.reduce((sum, vm) => sum + vm.vcpus, 0);
  const testbed = await openHardware({ pcpus: scenario.pcpus, vcpus: Math.max(1, vcpus), paranoid, verify });
  try {
    const records = new RecordFan(opening.trace);
    let result: Promise<RunResult> | null = null;
    const started = new Promise<{ readonly control: LiveHost; readonly run: LiveRun }>((resolve, reject) => {
      const onStart = (run: LiveRun): void => {
        const control = hostOf(
          opening,
          run,
          'hardware',
          () => testbed.snapshot?.({ withIdeal: false }) ?? null,
        );
        records.takers.push(control);
        resolve({ control, run });
      };
      const live = { onStart, staysUp: isEndless };
      result = testbed.run(scenario, { signal, onProgress, trace: records, live });
      // What ends before it has started was refused, or told to end.
      result.then(() => {
        reject(new Error('the run ended before it began'));
      }, reject);
    });
    const { control, run } = await started;
    return {
      machine: testbed.host,
      ...doorsOf(control, run),
      result: result ?? Promise.reject(new Error('there is no run')),
      snapshot: () => testbed.snapshot?.() ?? null,
      close: () => testbed.close(),
    };
  } catch (error) {
    await testbed.close();
    throw error;
  }
};

function hostOf(
  { name, scenario, baseDir }: HostOpening,
  run: LiveRun,
  machine: 'hardware' | 'simulated',
  measured: () => RunResult | null = () => null,
): LiveHost {
  const window =
    run.taken === undefined
      ? null
      : new TakenWindow(() => ({ atNs: run.nowNs(), taken: run.taken?.() ?? NOTHING_TAKEN }));
  return new LiveHost({
    name,
    machine,
    run,
    scenario,
    baseDir,
    canRerun: true,
    ...(window !== null && { others: () => window.percent() }),
    certificate: everySoOften(() => verdictOf(measured(), run)),
  });
}

const NOTHING_TAKEN = { stolenNs: [], ownThreadsNs: null } as const;
/** Everything that was measured is added up for a certificate. */
const CERTIFY_MS = 3000;

/** What was found last, looked for anew when that is some time ago. */
function everySoOften<T>(find: () => T): () => T {
  let found: { readonly atMs: number; readonly value: T } | null = null;
  return () => {
    const atMs = performance.now();
    if (found === null || atMs - found.atMs >= CERTIFY_MS) found = { atMs, value: find() };
    return found.value;
  };
}

/** As if the run ended now. */
function verdictOf(measured: RunResult | null, run: LiveRun): HostState['certificate'] {
  if (measured === null || measured.windowNs === 0) return null;
  const certificate = certify({ ...measured, complete: true }, playedBy(run));
  if (certificate === null) return null;
  return { verdict: certificate.verdict, sentences: certificate.reasons };
}

function doorsOf(
  control: LiveHost,
  run: LiveRun,
): Pick<OpenedHost, 'control' | 'commands' | 'played' | 'playedFile' | 'next'> {
  return {
    control,
    commands: listed(),
    played: () => playedBy(run),
    playedFile: (baseDir) => control.playedScenario(baseDir),
    next: () => control.next,
  };
}

function listed(): readonly ListedCommand[] {
  return commandSpecs().map(({ name, does, effect, parameters }) => ({
    name,
    does,
    effect,
    schema: z.toJSONSchema(parameters, { io: 'input', target: 'draft-7' }),
  }));
}

/** With an end, also before there is one: what is still under way can be simulated up to now. */
function playedBy(run: LiveRun): Scenario {
  const played = run.played();
  return { ...played, durationNs: played.durationNs ?? Math.max(1, Math.round(run.nowNs())) };
}
