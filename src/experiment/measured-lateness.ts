import { readFileSync } from 'node:fs';
import { median } from '../analysis/stats.ts';
import { parseJson } from '../conform/parse-json.ts';
import { LabError } from '../errors.ts';
import { unreadable } from '../scenario/unreadable.ts';
import type { MeasuredLatency } from '../sim/latency.ts';
import { resultSchema } from './result-schema.ts';

/**
 * How late the scheduler's timers were in the runs of a result file. Of several runs, their medians' median, the median
 * of their 99th percentiles, and the latest of all.
 * @throws LabError BAD_FILE
 */
export function readLateness(path: string): MeasuredLatency {
  const parsed = resultSchema.safeParse(parseJson(textOf(path), path));
  if (!parsed.success) {
    const [{ path: key, message }] = parsed.error.issues;
    throw new LabError('BAD_FILE', `this is no result: ${[...key.map(String), message].join(': ')}`, {
      where: path,
      expected: "a file that 'creditlab run --json' wrote",
    });
  }
  const runs = parsed.data.runs.map(({ loop }) => loop.tickLatenessNs).filter(({ count }) => count > 0);
  if (runs.length === 0) {
    throw new LabError('BAD_FILE', 'no lateness was measured in this result', {
      where: path,
      expected: "a run on real cores: a file that 'creditlab run --json' wrote",
    });
  }
  return {
    count: runs.reduce((sum, { count }) => sum + count, 0),
    p50: median(runs.map(({ p50 }) => p50)),
    p99: median(runs.map(({ p99 }) => p99)),
    max: Math.max(...runs.map(({ max }) => max)),
  };
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw unreadable(path, cause, "a file that 'creditlab run --json' wrote");
  }
}
