/**
 * One-shot timers with small integer ids, ordered by (time, id): an indexed binary heap over typed arrays.
 * An armed timer can be moved or cancelled in O(log n); nothing is allocated after construction.
 */
export class TimerHeap {
  /** Ids in heap order. An empty heap has the sentinel, whose time is never, at its top. */
  private readonly heap: Int32Array;
  /** Index id: its place in the heap, −1 when not armed. */
  private readonly place: Int32Array;
  private readonly dueNs: Float64Array;
  private readonly sentinel: number;
  private size = 0;

  constructor(timerCount: number) {
    this.sentinel = timerCount;
    this.heap = new Int32Array(Math.max(timerCount, 1));
    this.place = new Int32Array(timerCount).fill(-1);
    this.dueNs = new Float64Array(timerCount + 1).fill(Infinity);
    this.heap[0] = this.sentinel;
  }

  /** When the earliest timer is due, Infinity when none is armed. */
  firstNs(): number {
    return this.dueNs[this.heap[0]];
  }

  /** The earliest timer; at equal times the lowest id. Only meaningful when one is armed. */
  firstId(): number {
    return this.heap[0];
  }

  isArmed(id: number): boolean {
    return this.place[id] >= 0;
  }

  /** When an armed timer is due; of one that fired or was cancelled, when it was. */
  dueOf(id: number): number {
    return this.dueNs[id];
  }

  /** Set a timer, armed or not, to an absolute time. */
  arm(id: number, dueNs: number): void {
    let at = this.place[id];
    if (at < 0) at = this.size++;
    this.dueNs[id] = dueNs;
    if (!this.siftUp(at, id)) this.siftDown(this.place[id], id);
  }

  cancel(id: number): void {
    const at = this.place[id];
    if (at < 0) return;
    this.place[id] = -1;
    const last = this.heap[--this.size];
    if (this.size === 0) this.heap[0] = this.sentinel;
    else if (last !== id && !this.siftUp(at, last)) this.siftDown(this.place[last], last);
  }

  private before(a: number, b: number): boolean {
    const dueA = this.dueNs[a];
    const dueB = this.dueNs[b];
    return dueA < dueB || (dueA === dueB && a < b);
  }

  /** Put an id at a place or above it. @returns whether it rose */
  private siftUp(start: number, id: number): boolean {
    const { heap, place } = this;
    let at = start;
    while (at > 0) {
      const parentAt = (at - 1) >> 1;
      const parent = heap[parentAt];
      if (!this.before(id, parent)) break;
      heap[at] = parent;
      place[parent] = at;
      at = parentAt;
    }
    heap[at] = id;
    place[id] = at;
    return at !== start;
  }

  private siftDown(start: number, id: number): void {
    const { heap, place, size } = this;
    let at = start;
    for (;;) {
      let childAt = 2 * at + 1;
      if (childAt >= size) break;
      if (childAt + 1 < size && this.before(heap[childAt + 1], heap[childAt])) childAt++;
      const child = heap[childAt];
      if (!this.before(child, id)) break;
      heap[at] = child;
      place[child] = at;
      at = childAt;
    }
    heap[at] = id;
    place[id] = at;
  }
}
