import { formatCpuList } from './cpu-list.ts';
import { MAX_INVENTED_PCPUS, MAX_PCPUS } from './limits.ts';
import type { Source } from './source.ts';
import { mistake } from './validate.ts';

/** Where a CPU is. */
export interface CpuPlace {
  readonly id: number;
  readonly socket: number;
  /** the other threads of its core */
  readonly smtSiblings: readonly number[];
}

/** What a scenario must know of the host. */
export interface ScenarioHost {
  /** host CPUs that this process may use */
  readonly allowedCpus: readonly number[];
  /** the same, best first. Default: as allowed. */
  readonly preferredCpus?: readonly number[];
  /** those that a scenario gets which asks for none, best first, out of the preferred ones. Default: all. */
  readonly recommendedCpus?: readonly number[];
  /** CPUs that it might use if they were online. Default: none */
  readonly offlineCpus?: readonly number[];
  /** where the allowed ones are. Default: one socket, no SMT */
  readonly cpus?: readonly CpuPlace[];
  /** A simulation may ask for CPUs that the host doesn't have, and for any number of them. Default false. */
  readonly invented?: boolean;
  /** The run goes on until it is stopped, and VMs may come later: it needs neither VMs nor an end. Default false. */
  readonly isLive?: boolean;
}

/** Choose the host CPUs: those named, the best n, or those that the doctor recommends. */
export function resolvePcpus(
  wanted: number | readonly number[] | undefined,
  source: Source,
  host: ScenarioHost,
): readonly number[] {
  const most = host.invented === true ? MAX_INVENTED_PCPUS : MAX_PCPUS;
  const best = host.preferredCpus ?? host.allowedCpus;
  const { recommendedCpus: recommended = best, offlineCpus = [] } = host;
  if (wanted === undefined) return sorted(recommended.slice(0, MAX_PCPUS));
  const preferred = [...recommended, ...best.filter((cpu) => !recommended.includes(cpu))];
  if (typeof wanted === 'number') {
    const choice = host.invented === true ? withInvented(preferred, wanted) : preferred;
    if (wanted > choice.length) {
      throw mistake(source.locate(['pcpus']), 'more pCPUs than this host allows', {
        expected: `at most ${String(preferred.length)} (allowed: ${formatCpuList(host.allowedCpus)})`,
        got: String(wanted),
        ...(offlineCpus.length > 0 && { hint: bringOnline(offlineCpus) }),
      });
    }
    checkNumber(wanted, most, source);
    return sorted(choice.slice(0, wanted));
  }
  checkNumber(wanted.length, most, source);
  const seen = new Set<number>();
  for (const [i, cpu] of wanted.entries()) {
    if (host.invented !== true && offlineCpus.includes(cpu)) {
      throw mistake(source.locate(['pcpus', i]), `CPU ${String(cpu)} is offline`, {
        expected: `CPUs out of ${formatCpuList(host.allowedCpus)}`,
        got: String(cpu),
        hint: bringOnline([cpu]),
      });
    }
    if (host.invented !== true && !host.allowedCpus.includes(cpu)) {
      throw mistake(source.locate(['pcpus', i]), `CPU ${String(cpu)} is not allowed on this host`, {
        expected: `CPUs out of ${formatCpuList(host.allowedCpus)}`,
        got: String(cpu),
        hint: '`taskset -cp $$` shows which CPUs a shell may use',
      });
    }
    if (seen.has(cpu)) throw mistake(source.locate(['pcpus', i]), `CPU ${String(cpu)} is given twice`);
    seen.add(cpu);
  }
  return wanted;
}

/** What to do about CPUs that are offline. */
export function bringOnline(cpus: readonly number[]): string {
  const [first] = cpus;
  return cpus.length === 1
    ? `\`echo 1 | sudo tee /sys/devices/system/cpu/cpu${String(first)}/online\` switches it on`
    : `CPUs ${formatCpuList(cpus)} are offline: \`echo 1 | sudo tee ` +
        `/sys/devices/system/cpu/cpu${String(first)}/online\` switches the first one on`;
}

function checkNumber(count: number, most: number, source: Source): void {
  if (count >= 1 && count <= most) return;
  throw mistake(source.locate(['pcpus']), count === 0 ? 'pcpus names no CPU' : 'too many pCPUs', {
    expected: `1 to ${String(most)} host CPUs`,
    got: String(count),
  });
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
