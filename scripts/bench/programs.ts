import type { Scenario } from '../../src/scenario/scenario.ts';
import type { Bench, BenchContext } from './bench.ts';
import type { Measurement } from './figure.ts';
import { GOALS } from './goals.ts';
import { programs as catalogue } from './program-catalogue.ts';
import { largestError, type ProgramRun, programRunOf } from './program-run.ts';
import { aloneScenario, togetherScenario } from './program-scenarios.ts';
import { watchedRun } from './watched-run.ts';

const SECONDS = 10;
const PCPUS_TOGETHER = 2;
/**
 * For all that isn't the run: loading, checking, warming up, verifying; for all programs at once, on a slow machine.
 */
const PATIENCE_S = 60;

export const programs: Bench = {
  name: 'programs',
  description:
    `${catalogue.length} ordinary programs, most from npm: each 256:512 on one pCPU, then all together on ` +
    'two in slices of 1 ms',

  async run(context) {
    const seconds = context.seconds(SECONDS);
    const runs: ProgramRun[] = [];
    for (const scenario of scenarios(context, seconds)) {
      context.say(scenario.name);
      const patienceMs = 1000 * (seconds + PATIENCE_S);
      const order = { host: context.host, scenario };
      const run = programRunOf(scenario, await watchedRun(order, { patienceMs, signal: context.signal }));
      if (run.failure !== null) context.say(`${run.scenario}: ${run.failure}`);
      runs.push(run);
      context.program(run);
    }
    for (const figure of programFigures(runs)) context.add(figure);
  },
};

function scenarios({ cpus, say }: BenchContext, seconds: number): Scenario[] {
  const alone = catalogue.map((program) => aloneScenario(program, cpus, seconds));
  if (cpus.length < PCPUS_TOGETHER) {
    say(`all together needs ${PCPUS_TOGETHER} CPUs, ${cpus.length} allowed`);
    return alone;
  }
  return [...alone, togetherScenario(catalogue, cpus.slice(0, PCPUS_TOGETHER), seconds)];
}

/** The worst of all runs, each held against its goal. */
export function programFigures(runs: readonly ProgramRun[]): Measurement[] {
  const ran = runs.filter(({ failure }) => failure === null);
  const busiest = sorted(ran, (run) => run.busyPercent ?? NaN);
  const closest = sorted(ran, (run) => largestError(run.vms));
  const names = (of: readonly ProgramRun[]): string => of.map(({ scenario }) => scenario).join(', ');
  const hung = runs.filter(({ hasHung }) => hasHung);
  const failed = runs.filter(({ failure, hasHung }) => failure !== null && !hasHung);
  const wrong = ran.filter(({ missed }) => missed.includes('checksum'));
  const counted = (figure: string, of: readonly ProgramRun[]): Measurement => ({
    figure,
    value: of.length,
    unit: 'runs',
    goal: GOALS.programsBad.goal,
    how: of.length === 0 ? `of ${runs.length}` : `of ${runs.length}: ${names(of)}`,
  });
  const short = ran.filter(({ missed }) => missed.includes('busy'));
  const off = ran.filter(({ missed }) => missed.includes('share'));
  return [
    {
      figure: 'time in vCPUs, ordinary programs',
      value: busiest[0]?.busyPercent ?? null,
      unit: '%',
      goal: GOALS.programsBusy.goal,
      how:
        `the least busy of ${ran.length} runs, ${names(busiest.slice(0, 1))}; short of the goal: ` +
        `${names(short) || 'none'}`,
    },
    {
      figure: 'share beside its prediction, ordinary programs',
      value: closest.length === 0 ? null : largestError(closest[closest.length - 1].vms),
      unit: 'points',
      goal: GOALS.programsShare.goal,
      how: `the farthest of ${ran.length} runs, ${names(closest.slice(-1))}; beyond the goal: ${names(off) || 'none'}`,
    },
    counted('hangs', hung),
    counted('runs that failed', failed),
    counted('checksums that are wrong', wrong),
  ];
}

function sorted(runs: readonly ProgramRun[], by: (run: ProgramRun) => number): ProgramRun[] {
  return [...runs].sort((a, b) => by(a) - by(b));
}
