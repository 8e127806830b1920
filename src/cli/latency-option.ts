import { LabError } from '../base/errors.ts';
import { readLateness } from '../predict/measured-lateness.ts';
import { suggest } from '../base/text.ts';
import type { LatencyModel } from '../sim/latency-model.ts';
import { timeOption } from './options.ts';

/** Timers of a good host are late by up to about that. */
export const USUAL_LATENCY = { kind: 'uniform', maxNs: 50_000 } as const satisfies LatencyModel;

const OPTION = '--latency';
const EXPECTED =
  'none, fixed:TIME, uniform:TIME (the greatest), exponential:TIME (the mean), normal:TIME,TIME (mean and ' +
  'deviation) or measured:FILE';

/** How many times a model takes, and how it is made of them. */
interface Shape {
  readonly times: number;
  readonly of: (ns: readonly number[]) => LatencyModel;
}

const MODELS: ReadonlyMap<string, Shape> = new Map<string, Shape>([
  ['none', { times: 0, of: () => ({ kind: 'none' }) }],
  ['fixed', { times: 1, of: ([ns]) => ({ kind: 'fixed', ns }) }],
  ['uniform', { times: 1, of: ([maxNs]) => ({ kind: 'uniform', maxNs }) }],
  ['exponential', { times: 1, of: ([meanNs]) => ({ kind: 'exponential', meanNs }) }],
  ['normal', { times: 2, of: ([meanNs, deviationNs]) => ({ kind: 'normal', meanNs, deviationNs }) }],
]);

export const LATENCY_HELP = `
--latency MODEL says how late timers are, by chance from the seed:
  none                every timer is on time
  fixed:40us          always that late
  uniform:50us        evenly spread from 0 to that
  exponential:30us    most a little, few a lot; that is the mean
  normal:30us,10us    mean and standard deviation, never below 0
  measured:FILE       as in a run on real cores: a file of 'creditlab run --json'
`;

/** The file that a model is read from, or null. */
export function latencyFile(text: string): string | null {
  return text.startsWith('measured:') ? text.slice('measured:'.length) : null;
}

/** @throws LabError BAD_OPTION, or BAD_FILE for the file of a measurement */
export function latencyOption(text: string): LatencyModel {
  const file = latencyFile(text);
  if (file !== null) return { kind: 'measured', measured: readLateness(file) };
  const [, kind = '', list] = /^([^:]*)(?::(.*))?$/s.exec(text) ?? [];
  const times = list === undefined ? [] : list.split(',');
  const model = MODELS.get(kind);
  if (model?.times !== times.length) {
    const known = [...MODELS.keys(), 'measured'];
    throw new LabError('BAD_OPTION', 'not a model of lateness', {
      where: OPTION,
      expected: EXPECTED,
      got: `'${text}'`,
      ...(!known.includes(kind) && { hint: suggest(kind, known) }),
    });
  }
  const ns = times.map((time) => timeOption(OPTION, time, text));
  // Without any lateness a simulation is exact, whatever the model is called.
  return ns.every((time) => time === 0) ? { kind: 'none' } : model.of(ns);
}
