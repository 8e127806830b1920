import type { Parsed } from './duration.ts';

/** Above any Linux CPU number; keeps a range like 0-4000000000 from filling the memory. */
const MAX_CPU = 65535;

/**
 * Read a list of host CPUs as taskset and the kernel write it: `0-1`, `0,2,4-7`.
 * @returns the CPUs in the order written; duplicates are kept for the caller to complain about
 */
export function parseCpuList(text: string): Parsed<number[]> {
  const refused = {
    ok: false,
    message: 'not a list of CPUs',
    expected: 'CPU numbers and ranges, as in 0-1 or 0,2,4-7',
  } as const;
  const cpus: number[] = [];
  for (const part of text.trim().split(',')) {
    const match = /^(\d+)(?:-(\d+))?$/.exec(part.trim());
    if (match === null) return refused;
    const first = Number(match[1]);
    const last = Number(match[2] ?? match[1]);
    if (last < first) return { ...refused, message: `the range ${part} runs backwards` };
    if (last > MAX_CPU) return { ...refused, message: `CPU number ${String(last)} is too large` };
    for (let cpu = first; cpu <= last; cpu++) cpus.push(cpu);
  }
  return { ok: true, value: cpus };
}

/** Write CPUs the way parseCpuList reads them: `0-3,6`. */
export function formatCpuList(cpus: readonly number[]): string {
  const sorted = [...cpus].sort((a, b) => a - b);
  const parts: string[] = [];
  for (let i = 0; i < sorted.length;) {
    let j = i;
    while (j + 1 < sorted.length && sorted[j + 1] === (sorted[j] ?? 0) + 1) j++;
    parts.push(i === j ? String(sorted[i]) : `${String(sorted[i])}-${String(sorted[j])}`);
    i = j + 1;
  }
  return parts.join(',');
}
