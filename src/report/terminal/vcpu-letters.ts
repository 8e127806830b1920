import type { TraceVcpu } from '../../trace/trace.ts';

const ALL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/**
 * A character for each vCPU: the first letter of its VM's name where it is free, in capitals for the VM's first vCPU. With
 * more vCPUs than characters those of a VM share one, and in the end VMs do.
 */
export function lettersOf(vcpus: readonly TraceVcpu[]): string[] {
  if (vcpus.length > ALL.length) return vcpus.map(({ vm }) => ALL[vm % ALL.length]);
  const letters: string[] = vcpus.map(() => '');
  const used = new Set<string>();
  const isFirst = vcpus.map(({ vm }, i) => vcpus.findIndex((other) => other.vm === vm) === i);
  const assign = (index: number): void => {
    const initial = vcpus[index].id[0];
    const wishes = isFirst[index]
      ? [initial.toUpperCase(), initial.toLowerCase()]
      : [initial.toLowerCase(), initial.toUpperCase()];
    const letter = [...wishes, ...ALL].find((each) => ALL.includes(each) && !used.has(each)) ?? '?';
    letters[index] = letter;
    used.add(letter);
  };
  // First vCPUs choose first.
  for (const first of [true, false]) isFirst.forEach((is, index) => is === first && assign(index));
  return letters;
}
