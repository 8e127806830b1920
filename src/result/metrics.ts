/**
 * The figures of tables for people. Title, unit and meaning are the schema's; here is which of its fields are shown, of
 * what kind each is, and what tables compute of several fields.
 */
import type { z } from 'zod';
import { wordsOf } from '../base/schema.ts';
import { loopSchema, pcpuSchema } from './result.ts';
import { forecastSchema, predictionSchema, vcpuSchema, vmSchema } from './vm-result.ts';

export interface Metric {
  /** heading of a column */
  readonly title: string;
  readonly unit: string;
  readonly description: string;
  readonly kind: MetricKind;
}

/** How it is written for people (report/format.ts). `run`: a time of a whole run; `span`: a short one. */
export type MetricKind = 'count' | 'cap' | 'percent' | 'ratio' | 'times' | 'run' | 'span';

/** @throws TypeError when the schema has no title for it */
function figure(schema: z.core.$ZodType, kind: MetricKind): Metric {
  const words = wordsOf(schema);
  if (words?.title === undefined) throw new TypeError('a figure of tables without a title');
  return { title: words.title, unit: words.unit ?? '', description: words.meaning, kind };
}

function figures<Shape extends Readonly<Record<string, z.core.$ZodType>>, Key extends keyof Shape & string>(
  { shape }: { readonly shape: Shape },
  kind: MetricKind,
  keys: readonly Key[],
): Readonly<Record<Key, Metric>> {
  const entries = keys.map((key) => [key, figure(shape[key], kind)]);
  return Object.fromEntries(entries) as Record<Key, Metric>;
}

export const metrics = {
  ...figures(vmSchema, 'count', ['weight']),
  ...figures(vmSchema, 'cap', ['cap']),
  ...figures(vmSchema, 'run', ['cpuNs', 'wallNs', 'idealWallNs']),
  ...figures(vmSchema, 'percent', [
    'sharePercent',
    'idealSharePercent',
    'contendedSharePercent',
    'idealContendedSharePercent',
    'workSharePercent',
  ]),
  predictedWallNs: figure(predictionSchema.shape.wallNs, 'run'),
  predictedSharePercent: figure(predictionSchema.shape.sharePercent, 'percent'),
  inBand: figure(predictionSchema.shape.inBand, 'count'),
  forecastWallNs: figure(forecastSchema.shape.wallNs, 'run'),
  forecastSharePercent: figure(forecastSchema.shape.sharePercent, 'percent'),
  ...figures(vcpuSchema, 'count', [
    'tid',
    'units',
    'dispatches',
    'steals',
    'migrations',
    'deferredPauses',
    'involuntarySwitches',
  ]),
  ...figures(vcpuSchema, 'run', ['startNs', 'endNs']),
  ...figures(vcpuSchema, 'span', ['stolenNs', 'overrunNs', 'runqWaitNs']),
  ...figures(pcpuSchema, 'run', ['busyNs', 'ownThreadsNs']),
  ...figures(pcpuSchema, 'count', ['switches']),
  ...figures(loopSchema, 'span', ['tickLatenessNs', 'switchGapNs', 'decisionNs', 'dispatchNs']),
  loopCpuNs: figure(loopSchema.shape.cpuNs, 'span'),
  // Of several fields.
  ratio: {
    title: 'ratio',
    unit: '',
    description: 'measured over ideal execution time',
    kind: 'ratio',
  },
  slowdown: {
    title: 'slowdown',
    unit: '',
    description: 'execution time over that of the same VM alone and without a cap',
    kind: 'times',
  },
  cpuPerDispatchNs: {
    title: 'per dispatch',
    unit: 'ns',
    description: 'CPU time over dispatches: how long it ran at a time',
    kind: 'span',
  },
} satisfies Readonly<Record<string, Metric>>;
