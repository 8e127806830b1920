/** A scenario in virtual time, as fast as it goes. */
import { LabError } from '../base/errors.ts';
import { simulatedHost, simulatedRun } from '../predict/simulated-run.ts';
import { parseDuration } from '../scenario/duration.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { describeValue } from '../scenario/validate.ts';
import { TraceStore } from '../trace/store.ts';
import { traceHeader } from '../trace/trace.ts';
import type { Time } from './describe.ts';
import type { LabRunResult } from './lab-run.ts';
import { checkOptions, isMapping } from './options.ts';

export interface SimulateOptions {
  /** every timer is late by up to that; default 0 */
  readonly jitter?: Time;
  /** of the jitter; default: the scenario's */
  readonly seed?: number;
  /** by VM: CPU time of a unit of its work, for work that is given in units; default: not known */
  readonly unitTime?: Readonly<Record<string, Time>>;
}

/**
 * Simulate a scenario.
 * @param planned from scenario() or loadScenario()
 * @throws LabError BAD_SCENARIO: work in units of unknown length, or a run that would never end; BAD_OPTION
 */
export function simulate(planned: Scenario, options: SimulateOptions = {}): LabRunResult {
  const {
    jitter = '0',
    seed,
    unitTime = {},
  } = checkOptions('simulate', options, {
    jitter: { expected: "a time such as '50us'", isRight: isTime },
    seed: { expected: 'a whole number', isRight: (value) => Number.isInteger(value) && Number(value) >= 0 },
    unitTime: {
      expected: "times by the names of VMs, { A: '400us' }",
      isRight: (value) => isMapping(value) && Object.values(value as object).every(isTime),
    },
  });
  const stranger = Object.keys(unitTime).find((name) => !planned.vms.some((vm) => vm.name === name));
  if (stranger !== undefined)
    throw new LabError('BAD_OPTION', `there is no VM '${stranger}'`, { where: 'simulate: unitTime' });
  requireEnd(planned);
  const store = new TraceStore();
  store.begin(traceHeader(planned, { label: planned.name, run: 1, machine: 'simulated' }));
  const run = simulatedRun(planned, {
    trace: store,
    jitterNs: nsOf(jitter),
    ...(seed !== undefined && { seed }),
    nsPerUnit: ({ name }) => (Object.hasOwn(unitTime, name) ? nsOf(unitTime[name]) : null),
  });
  return { ...run, scenario: planned, commands: [], trace: store.trace(), host: simulatedHost(planned) };
}

/** A scenario for a lab may be stopped some time; nobody stops this one. */
function requireEnd({ durationNs, vms }: Scenario): void {
  if (vms.length === 0)
    throw new LabError('BAD_SCENARIO', 'there are no VMs', {
      where: 'simulate',
      expected: 'at least one VM',
    });
  if (durationNs !== null || vms.some(({ work }) => work !== null)) return;
  throw new LabError('BAD_SCENARIO', 'this run would never end', {
    where: 'simulate',
    expected: 'a duration, or at least one VM with a fixed amount of work',
    got: 'neither',
    hint: `scenario({ …, duration: '10s' })`,
  });
}

function isTime(value: unknown): boolean {
  return parseDuration(value).ok;
}

function nsOf(time: Time): number {
  const parsed = parseDuration(time);
  if (!parsed.ok) throw new LabError('BAD_OPTION', parsed.message, { got: describeValue(time) });
  return parsed.value;
}
