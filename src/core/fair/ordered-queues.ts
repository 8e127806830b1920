import { NONE } from '../linked-lists.ts';

/**
 * Several queues over the same small integer items, each item in at most one of them, in the order of a key; of equal
 * keys the first to come is first. A treap for each queue: a search tree by key that is a heap by priority, and so
 * nearly balanced if priorities are as good as random. To insert, remove and step takes O(log n) on average; nothing is
 * allocated after construction.
 *
 *              ⟨key 40, priority 1⟩
 *              ╱                  ╲           in order: 10 30 40 70
 *     ⟨10, priority 3⟩      ⟨70, priority 2⟩  no priority is below its parent's
 *                    ╲
 *               ⟨30, priority 9⟩
 */
export class OrderedQueues {
  /** Index queue: the root of its tree, and the item that comes first. */
  private readonly roots: Int32Array;
  private readonly firsts: Int32Array;
  private readonly sizes: Int32Array;
  /** Index item. */
  private readonly keys: Float64Array;
  private readonly lefts: Int32Array;
  private readonly rights: Int32Array;
  private readonly parents: Int32Array;
  /** Index item: the queue that holds it, or NONE. */
  private readonly queues: Int32Array;

  constructor(queueCount: number, itemCount: number) {
    this.roots = new Int32Array(queueCount).fill(NONE);
    this.firsts = new Int32Array(queueCount).fill(NONE);
    this.sizes = new Int32Array(queueCount);
    this.keys = new Float64Array(itemCount);
    this.lefts = new Int32Array(itemCount).fill(NONE);
    this.rights = new Int32Array(itemCount).fill(NONE);
    this.parents = new Int32Array(itemCount).fill(NONE);
    this.queues = new Int32Array(itemCount).fill(NONE);
  }

  /** The item with the least key, or NONE. */
  first(queue: number): number {
    return this.firsts[queue];
  }

  /** The item behind this queued one, or NONE. */
  next(item: number): number {
    const { lefts, rights, parents } = this;
    let at = rights[item];
    if (at !== NONE) {
      while (lefts[at] !== NONE) at = lefts[at];
      return at;
    }
    let below = item;
    at = parents[item];
    while (at !== NONE && rights[at] === below) {
      below = at;
      at = parents[at];
    }
    return at;
  }

  sizeOf(queue: number): number {
    return this.sizes[queue];
  }

  /** The queue that holds an item, or NONE. */
  queueOf(item: number): number {
    return this.queues[item];
  }

  /** The key with which an item was inserted. */
  keyOf(item: number): number {
    return this.keys[item];
  }

  /** All of a queue, in order. Allocates: for those who look on closely. */
  itemsOf(queue: number): number[] {
    const items: number[] = [];
    for (let item = this.firsts[queue]; item !== NONE; item = this.next(item)) items.push(item);
    return items;
  }

  /** An item that is in no queue comes into this one, behind those with the same key. */
  insert(queue: number, item: number, key: number): void {
    const { keys, lefts, rights, parents } = this;
    keys[item] = key;
    this.queues[item] = queue;
    this.sizes[queue]++;
    let parent = NONE;
    let isLeft = true;
    let isFirst = true;
    for (let at = this.roots[queue]; at !== NONE; at = isLeft ? lefts[at] : rights[at]) {
      parent = at;
      isLeft = key < keys[at];
      if (!isLeft) isFirst = false;
    }
    parents[item] = parent;
    if (parent === NONE) this.roots[queue] = item;
    else if (isLeft) lefts[parent] = item;
    else rights[parent] = item;
    if (isFirst) this.firsts[queue] = item;
    while (parents[item] !== NONE && priorityOf(parents[item]) > priorityOf(item)) this.raise(queue, item);
  }

  /** Take an item out of the queue that holds it. */
  remove(item: number): void {
    const { lefts, rights, parents } = this;
    const queue = this.queues[item];
    if (this.firsts[queue] === item) this.firsts[queue] = this.next(item);
    while (lefts[item] !== NONE && rights[item] !== NONE) {
      const left = lefts[item];
      const right = rights[item];
      this.raise(queue, priorityOf(left) < priorityOf(right) ? left : right);
    }
    const child = lefts[item] === NONE ? rights[item] : lefts[item];
    this.putAt(queue, parents[item], item, child);
    lefts[item] = NONE;
    rights[item] = NONE;
    parents[item] = NONE;
    this.queues[item] = NONE;
    this.sizes[queue]--;
  }

  /** An item changes places with its parent; the order stays. */
  private raise(queue: number, item: number): void {
    const { lefts, rights, parents } = this;
    const parent = parents[item];
    const near = lefts[parent] === item ? lefts : rights;
    const far = near === lefts ? rights : lefts;
    const inner = far[item];
    near[parent] = inner;
    if (inner !== NONE) parents[inner] = parent;
    this.putAt(queue, parents[parent], parent, item);
    far[item] = parent;
    parents[parent] = item;
  }

  /** Where an item was below this parent, another one is, or NONE. */
  private putAt(queue: number, parent: number, was: number, item: number): void {
    if (parent === NONE) this.roots[queue] = item;
    else if (this.lefts[parent] === was) this.lefts[parent] = item;
    else this.rights[parent] = item;
    if (item !== NONE) this.parents[item] = parent;
  }
}

/** A number that looks random and is always the same: multiplied by 2³² ÷ the golden ratio. */
function priorityOf(item: number): number {
  return Math.imul(item + 1, 0x9e3779b1) >>> 0;
}
