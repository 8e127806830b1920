import { formatCpuList } from './cpu-list.ts';
import { MAX_PCPUS } from './limits.ts';
import type { Source } from './source.ts';
import { mistake } from './validate.ts';

/** What a scenario must know of the host. */
export interface ScenarioHost {
  /** host CPUs that this process may use */
  readonly allowedCpus: readonly number[];
  /** the same, best first: which ones a mere number of pCPUs gets. Default: as allowed. */
  readonly preferredCpus?: readonly number[];
}

/** Choose the host CPUs: those named, the best n, or all that are allowed. */
export function resolvePcpus(
  wanted: number | readonly number[] | undefined,
  source: Source,
  host: ScenarioHost,
): readonly number[] {
  const preferred = host.preferredCpus ?? host.allowedCpus;
  if (wanted === undefined) return sorted(preferred.slice(0, MAX_PCPUS));
  if (typeof wanted === 'number') {
    if (wanted <= preferred.length) return sorted(preferred.slice(0, wanted));
    throw mistake(source.locate(['pcpus']), 'more pCPUs than this host allows', {
      expected: `at most ${String(preferred.length)} (allowed: ${formatCpuList(host.allowedCpus)})`,
      got: String(wanted),
    });
  }
  if (wanted.length === 0 || wanted.length > MAX_PCPUS) {
    throw mistake(source.locate(['pcpus']), wanted.length === 0 ? 'pcpus names no CPU' : 'too many pCPUs', {
      expected: `1 to ${String(MAX_PCPUS)} host CPUs`,
      got: String(wanted.length),
    });
  }
  for (const [i, cpu] of wanted.entries()) {
    if (!host.allowedCpus.includes(cpu)) {
      throw mistake(source.locate(['pcpus', i]), `CPU ${String(cpu)} is not allowed on this host`, {
        expected: `CPUs out of ${formatCpuList(host.allowedCpus)}`,
        got: String(cpu),
        hint: '`taskset -cp $$` shows which CPUs a shell may use',
      });
    }
    if (wanted.indexOf(cpu) < i) {
      throw mistake(source.locate(['pcpus', i]), `CPU ${String(cpu)} is given twice`);
    }
  }
  return wanted;
}

function sorted(cpus: readonly number[]): readonly number[] {
  return [...cpus].sort((a, b) => a - b);
}
