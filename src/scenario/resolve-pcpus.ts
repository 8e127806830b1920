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
  /** A simulation may ask for CPUs that the host doesn't have. Default false. */
  readonly invented?: boolean;
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
    const choice = host.invented === true ? withInvented(preferred, wanted) : preferred;
    if (wanted <= choice.length) return sorted(choice.slice(0, wanted));
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
    if (host.invented !== true && !host.allowedCpus.includes(cpu)) {
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

/** The host's CPUs, and after them the lowest numbers that it doesn't have, up to so many in all. */
function withInvented(cpus: readonly number[], count: number): readonly number[] {
  const all = [...cpus];
  for (let cpu = 0; all.length < count; cpu++) if (!cpus.includes(cpu)) all.push(cpu);
  return all;
}

function sorted(cpus: readonly number[]): readonly number[] {
  return [...cpus].sort((a, b) => a - b);
}
