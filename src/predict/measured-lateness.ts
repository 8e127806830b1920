import { readFileSync } from 'node:fs';
import { parseJson } from '../base/parse-json.ts';
import { LabError } from '../base/errors.ts';
import { unreadable } from '../base/files.ts';
import type { MeasuredLatencyByEvent } from '../sim/latency-model.ts';
import type { MeasuredLatency } from '../sim/latency.ts';
import { resultSchema } from '../result/result.ts';

/**
 * How late the scheduler's loop and the cores were in the runs of a result file. Those of several runs count together.
 * @throws LabError BAD_FILE
 */
export function readLateness(path: string): MeasuredLatencyByEvent {
  const parsed = resultSchema.safeParse(parseJson(textOf(path), path));
  if (!parsed.success) {
    const [{ path: key, message }] = parsed.error.issues;
    throw new LabError('BAD_FILE', `this is no result: ${[...key.map(String), message].join(': ')}`, {
      where: path,
      expected: "a file that 'creditlab run --json' wrote",
    });
  }
  const measured = parsed.data.runs.flatMap(({ loop }) => loop.latencyNs ?? []);
  if (!measured.some(({ timer }) => timer.count > 0)) {
    throw new LabError('BAD_FILE', 'no lateness was measured in this result', {
      where: path,
      expected: "a run on real cores: a file that 'creditlab run --json' of this version wrote",
    });
  }
  return {
    timer: joined(measured.map(({ timer }) => timer)),
    exit: joined(measured.map(({ exit }) => exit)),
    wake: joined(measured.map(({ wake }) => wake)),
    handOver: joined(measured.map(({ handOver }) => handOver)),
    gap: joined(measured.map(({ gap }) => gap)),
    start: joined(measured.map(({ start }) => start)),
  };
}

function joined(all: readonly MeasuredLatency[]): MeasuredLatency {
  const counts = new Map<number, number>();
  for (const [fromNs, count] of all.flatMap(({ buckets }) => buckets))
    counts.set(fromNs, (counts.get(fromNs) ?? 0) + count);
  return {
    buckets: [...counts].sort(([a], [b]) => a - b),
    max: Math.max(...all.map(({ max }) => max)),
  };
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw unreadable(path, cause, "a file that 'creditlab run --json' wrote");
  }
}
