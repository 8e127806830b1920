const UNLINKED = -2;

/** No item: the end of a list. */
export const NONE = -1;

/**
 * Several doubly linked lists over the same small integer items, each item in at most one of them.
 * Links are indices in typed arrays; nothing is allocated after construction.
 */
export class LinkedLists {
  private readonly heads: Int32Array;
  private readonly tails: Int32Array;
  private readonly nexts: Int32Array;
  private readonly prevs: Int32Array;

  constructor(listCount: number, itemCount: number) {
    this.heads = new Int32Array(listCount).fill(NONE);
    this.tails = new Int32Array(listCount).fill(NONE);
    this.nexts = new Int32Array(itemCount).fill(NONE);
    this.prevs = new Int32Array(itemCount).fill(UNLINKED);
  }

  /** The first item of a list, or NONE. */
  head(list: number): number {
    return this.heads[list];
  }

  /** The last item of a list, or NONE. */
  tail(list: number): number {
    return this.tails[list];
  }

  /** The item behind this one, or NONE. */
  next(item: number): number {
    return this.nexts[item];
  }

  /** The item in front of this linked one, or NONE. */
  prev(item: number): number {
    return this.prevs[item];
  }

  /** All of a list, in order. Allocates: for those who look on closely. */
  itemsOf(list: number): number[] {
    const items: number[] = [];
    for (let item = this.heads[list]; item !== NONE; item = this.nexts[item]) items.push(item);
    return items;
  }

  isLinked(item: number): boolean {
    return this.prevs[item] !== UNLINKED;
  }

  /** Link an unlinked item in front of another one of the list; in front of NONE: at the tail. */
  insertBefore(list: number, item: number, successor: number): void {
    const predecessor = successor === NONE ? this.tails[list] : this.prevs[successor];
    this.prevs[item] = predecessor;
    this.nexts[item] = successor;
    if (predecessor === NONE) this.heads[list] = item;
    else this.nexts[predecessor] = item;
    if (successor === NONE) this.tails[list] = item;
    else this.prevs[successor] = item;
  }

  /** Unlink an item from the list that holds it. */
  remove(list: number, item: number): void {
    const predecessor = this.prevs[item];
    const successor = this.nexts[item];
    if (predecessor === NONE) this.heads[list] = successor;
    else this.nexts[predecessor] = successor;
    if (successor === NONE) this.tails[list] = predecessor;
    else this.prevs[successor] = predecessor;
    this.prevs[item] = UNLINKED;
    this.nexts[item] = NONE;
  }
}
