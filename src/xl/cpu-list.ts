/** Lists of CPUs as Xen's tool takes them: `1,5,10-16,^13`, `all,^0`. */
import { LabError, type LabErrorDetails } from '../base/errors.ts';
import { formatCpuList } from '../scenario/cpu-list.ts';

const EXPECTED = 'CPU numbers, ranges and exceptions, as in 1,5,10-16,^13, or all';
const PART = /^(\^?)(?:(all)|(\d+)(?:-(\d+))?)$/;

/**
 * Read from left to right, as Xen does: what `^` takes away must have been named before.
 * @param known the CPUs that there are
 * @returns in ascending order
 * @throws LabError BAD_OPTION, also for a CPU that is named twice: one of the two is a slip
 */
export function xenCpuList(text: string, known: readonly number[]): number[] {
  const cpus = new Set<number>();
  const wrong = (message: string, details: LabErrorDetails = {}) =>
    new LabError('BAD_OPTION', message, { where: `CPU list '${text}'`, ...details });
  for (const part of text.split(',')) {
    if (/^\^?nodes?:/.test(part)) {
      throw wrong(`'${part}': nodes are Xen's, and not here: name the CPUs`, {
        hint: "'creditlab doctor' lists the host's CPUs",
      });
    }
    const match = PART.exec(part);
    if (match === null) {
      const got = part === '' ? 'nothing' : `'${part}'`;
      throw wrong('not a list of CPUs', { expected: EXPECTED, got });
    }
    const [, sign, all, first, last = first] = match;
    if (Number(last) < Number(first)) throw wrong(`the range ${part} runs backwards`);
    for (const cpu of all === undefined ? between(Number(first), Number(last)) : known) {
      if (sign === '' && cpus.has(cpu)) throw wrong(`CPU ${String(cpu)} is named twice`);
      if (sign === '^' && !cpus.has(cpu))
        throw wrong(`^${String(cpu)} takes away what isn't there before it`);
      if (sign === '^') cpus.delete(cpu);
      else cpus.add(cpu);
    }
  }
  if (cpus.size === 0) throw wrong('the list leaves no CPU', { expected: 'one CPU or more' });
  return [...cpus].sort((a, b) => a - b);

  function between(from: number, to: number): number[] {
    const missing = [from, to].find((cpu) => !known.includes(cpu)) ?? gap(from, to);
    if (missing === undefined) return known.filter((cpu) => cpu >= from && cpu <= to);
    throw wrong(`CPU ${String(missing)} is none of this host's`, { expected: formatCpuList(known) });
  }

  function gap(from: number, to: number): number | undefined {
    for (let cpu = from; cpu <= to; cpu++) if (!known.includes(cpu)) return cpu;
    return undefined;
  }
}
