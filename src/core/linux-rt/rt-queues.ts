import { LinkedLists, NONE } from '../linked-lists.ts';

/** Priorities are 1 to 99; the list of 0 stays empty. */
const PRIORITIES = 100;
const WORDS = Math.ceil(PRIORITIES / 32);

/**
 * For each pCPU a list for each priority, and a bit for each list that isn't empty: who comes next is found in constant
 * time, as in the kernel.
 */
export class RtQueues {
  private readonly lists: LinkedLists;
  /** Words of bits, pCPU by pCPU. */
  private readonly bits: Int32Array;
  /** Index item: the list that holds it. */
  private readonly listOf: Int32Array;
  /** How many wait, on all pCPUs. */
  count = 0;

  constructor(pcpuCount: number, itemCount: number) {
    this.lists = new LinkedLists(pcpuCount * PRIORITIES, itemCount);
    this.bits = new Int32Array(pcpuCount * WORDS);
    this.listOf = new Int32Array(itemCount);
  }

  isQueued(item: number): boolean {
    return this.lists.isLinked(item);
  }

  /** The highest priority with which somebody waits on a pCPU, 0 for nobody. */
  top(pcpu: number): number {
    return this.topBelow(pcpu, PRIORITIES);
  }

  /** Who comes first on a pCPU, or NONE. */
  first(pcpu: number): number {
    return this.lists.head(pcpu * PRIORITIES + this.top(pcpu));
  }

  /** Who comes behind this one, or NONE. */
  next(item: number): number {
    const next = this.lists.next(item);
    if (next !== NONE) return next;
    const list = this.listOf[item];
    const pcpu = Math.floor(list / PRIORITIES);
    return this.lists.head(pcpu * PRIORITIES + this.topBelow(pcpu, list % PRIORITIES));
  }

  /** All of a pCPU, in order. Allocates: for those who look on closely. */
  itemsOf(pcpu: number): number[] {
    const items: number[] = [];
    for (let item = this.first(pcpu); item !== NONE; item = this.next(item)) items.push(item);
    return items;
  }

  /** Behind all of its priority, or before them. */
  insert(pcpu: number, item: number, priority: number, isFirst: boolean): void {
    const list = pcpu * PRIORITIES + priority;
    this.lists.insertBefore(list, item, isFirst ? this.lists.head(list) : NONE);
    this.listOf[item] = list;
    this.bits[pcpu * WORDS + (priority >>> 5)] |= 1 << (priority & 31);
    this.count++;
  }

  remove(item: number): void {
    const list = this.listOf[item];
    this.lists.remove(list, item);
    this.count--;
    if (this.lists.head(list) !== NONE) return;
    const pcpu = Math.floor(list / PRIORITIES);
    const priority = list % PRIORITIES;
    this.bits[pcpu * WORDS + (priority >>> 5)] &= ~(1 << (priority & 31));
  }

  private topBelow(pcpu: number, priority: number): number {
    let word = priority >>> 5;
    let bits = this.bits[pcpu * WORDS + word] & ((1 << (priority & 31)) - 1);
    while (bits === 0 && word > 0) bits = this.bits[pcpu * WORDS + --word];
    return bits === 0 ? 0 : word * 32 + 31 - Math.clz32(bits);
  }
}
