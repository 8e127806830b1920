import { TimerHeap } from '../../../core/timer-heap.ts';

/** Things to be written, in order of time. */
export interface MarkList {
  readonly length: number;
  timeNs(place: number): number;
  write(place: number): void;
}

export function markList<T>(
  list: readonly T[],
  timeOf: (each: T) => number,
  write: (each: T) => void,
): MarkList {
  return {
    length: list.length,
    timeNs: (place) => timeOf(list[place]),
    write: (place) => {
      write(list[place]);
    },
  };
}

/** Write the marks of all lists, in order of time; at one instant those of an earlier list first. */
export function writeInOrder(lists: readonly MarkList[]): void {
  // A list is a timer that is due with its next mark: a merge, without an object per mark.
  const due = new TimerHeap(lists.length);
  const places = new Uint32Array(lists.length);
  lists.forEach((list, id) => {
    if (list.length > 0) due.arm(id, list.timeNs(0));
  });
  while (due.firstNs() < Infinity) {
    const id = due.firstId();
    const list = lists[id];
    list.write(places[id]);
    const next = ++places[id];
    if (next < list.length) due.arm(id, list.timeNs(next));
    else due.cancel(id);
  }
}
