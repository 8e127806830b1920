/**
 * The last element that began at or before a time.
 * @param list in order of that time
 */
export function lastBefore<T>(list: readonly T[], timeNs: number, timeOf: (each: T) => number): T | null {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (timeOf(list[middle]) <= timeNs) low = middle + 1;
    else high = middle;
  }
  return low === 0 ? null : list[low - 1];
}
