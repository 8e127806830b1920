export interface Ranks {
  /** from 1, in the order of the values; equal values share the mean of their ranks */
  readonly ranks: readonly number[];
  /** how often each value that occurs more than once does */
  readonly ties: readonly number[];
}

export function ranksOf(values: readonly number[]): Ranks {
  const order = [...values.keys()].sort((a, b) => values[a] - values[b]);
  const ranks = new Array<number>(values.length).fill(0);
  const ties: number[] = [];
  for (let from = 0; from < order.length;) {
    let to = from + 1;
    while (to < order.length && values[order[to]] === values[order[from]]) to++;
    for (let i = from; i < to; i++) ranks[order[i]] = (from + 1 + to) / 2;
    if (to - from > 1) ties.push(to - from);
    from = to;
  }
  return { ranks, ties };
}
