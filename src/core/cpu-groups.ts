import type { CpuSet } from './cpu-set.ts';
import type { Topology } from './topology.ts';

/** Parts of a machine, from the smallest to the largest. */
export const LEVELS = ['pcpu', 'core', 'socket', 'machine'] as const;
export type Level = (typeof LEVELS)[number];

/** The pCPUs by the part of the machine that they share. */
export function groupsAt(level: Level, { cores, sockets }: Topology): CpuGroups {
  switch (level) {
    case 'pcpu':
      return new CpuGroups([...cores.keys()]);
    case 'core':
      return new CpuGroups(cores);
    case 'socket':
      return new CpuGroups(sockets);
    case 'machine':
      return new CpuGroups(cores.map(() => 0));
  }
}

/** The pCPUs in groups, each in exactly one: the cores, or the sockets. */
export class CpuGroups {
  /** How many groups there are; they are 0..count − 1, in the order of the numbers that they were given. */
  readonly count: number;
  /** Index pCPU: its group. */
  readonly of: Int32Array;
  /** The pCPUs group by group, ascending inside each. */
  private readonly members: Int32Array;
  /** Index group: where in `members` it begins. One entry more than there are groups. */
  private readonly first: Int32Array;
  /** Index pCPU: where in `members` it is. */
  private readonly placeOf: Int32Array;

  /** @param numbers index pCPU: any number that those of its group share */
  constructor(numbers: readonly number[]) {
    const known = [...new Set(numbers)].sort((a, b) => a - b);
    const rankOf = new Map(known.map((number, rank) => [number, rank]));
    this.count = known.length;
    this.of = Int32Array.from(numbers, (number) => rankOf.get(number) ?? 0);
    this.members = Int32Array.from(numbers.keys()).sort((a, b) => this.of[a] - this.of[b] || a - b);
    this.first = new Int32Array(this.count + 1);
    for (const group of this.of) this.first[group + 1]++;
    for (let group = 0; group < this.count; group++) this.first[group + 1] += this.first[group];
    this.placeOf = new Int32Array(numbers.length);
    this.members.forEach((cpu, place) => (this.placeOf[cpu] = place));
  }

  /** The lowest pCPU of a group. */
  firstOf(group: number): number {
    return this.members[this.first[group]];
  }

  /** The i-th pCPU of a group, ascending from the lowest. */
  memberOf(group: number, i: number): number {
    return this.members[this.first[group] + i];
  }

  sizeOf(group: number): number {
    return this.first[group + 1] - this.first[group];
  }

  /** How many pCPUs of a group are in a set. */
  countIn(group: number, set: CpuSet): number {
    const end = this.first[group + 1];
    let count = 0;
    for (let place = this.first[group]; place < end; place++) if (set.has(this.members[place])) count++;
    return count;
  }

  /** The next pCPU of a group after any pCPU, cyclically, that is in a set; −1 if there is none. */
  nextIn(group: number, set: CpuSet, after: number): number {
    return this.nextCommonIn(group, set, set, after);
  }

  /** The same for those that are in both sets. @param after −1: before all */
  nextCommonIn(group: number, one: CpuSet, other: CpuSet, after: number): number {
    const { members } = this;
    const start = this.first[group];
    const end = this.first[group + 1];
    let place = start;
    if (this.of[after] === group) place = this.placeOf[after] + 1;
    else while (place < end && members[place] < after) place++;
    for (let left = end - start; left > 0; left--, place++) {
      if (place === end) place = start;
      if (one.has(members[place]) && other.has(members[place])) return members[place];
    }
    return -1;
  }

  /** Put all pCPUs of a group into a set. */
  addTo(group: number, set: CpuSet): void {
    const end = this.first[group + 1];
    for (let place = this.first[group]; place < end; place++) set.add(this.members[place]);
  }

  /** Take all pCPUs of a group out of a set. */
  deleteFrom(group: number, set: CpuSet): void {
    const end = this.first[group + 1];
    for (let place = this.first[group]; place < end; place++) set.delete(this.members[place]);
  }
}
