import { formatDuration } from './duration.ts';
import type { SchedulerSpec } from './scenario.ts';
import type { SchedulerInput } from './schema.ts';
import type { Path, Source } from './source.ts';
import { mistake } from './validate.ts';

/** Xen's defaults for its credit scheduler. */
export const DEFAULT_SCHEDULER: SchedulerSpec = {
  type: 'credit',
  tsliceNs: 30e6,
  ratelimitNs: 1e6,
  lbRatelimitNs: 1e6,
  migrationDelayNs: 0,
};

export function resolveScheduler(input: SchedulerInput, source: Source): SchedulerSpec {
  const spec: SchedulerSpec = {
    type: 'credit',
    tsliceNs: input.tslice ?? DEFAULT_SCHEDULER.tsliceNs,
    ratelimitNs: input.ratelimit ?? DEFAULT_SCHEDULER.ratelimitNs,
    lbRatelimitNs: input['lb-ratelimit'] ?? DEFAULT_SCHEDULER.lbRatelimitNs,
    migrationDelayNs: input['migration-delay'] ?? DEFAULT_SCHEDULER.migrationDelayNs,
    ...(input.instants === 'late' && { instants: input.instants }),
  };
  checkRatelimit(spec, source, ['scheduler', input.ratelimit === undefined ? 'tslice' : 'ratelimit']);
  return spec;
}

/** The scheduler refuses a rate limit longer than the slice: no slice could ever end in time. */
export function checkRatelimit(
  { tsliceNs, ratelimitNs }: { readonly tsliceNs: number; readonly ratelimitNs: number },
  source: Source,
  path: Path,
): void {
  if (ratelimitNs <= tsliceNs) return;
  throw mistake(source.locate(path), 'ratelimit is longer than the time slice', {
    expected: `a ratelimit of at most ${formatDuration(tsliceNs)} (tslice)`,
    got: formatDuration(ratelimitNs),
  });
}
