/** Time cut into the cells of a line. */

export interface Grid {
  readonly fromNs: number;
  readonly cellNs: number;
  readonly count: number;
}

export function gridOf(fromNs: number, toNs: number, count: number): Grid {
  return { fromNs, cellNs: (toNs - fromNs) / count, count };
}

export interface Cell {
  /** who was there longest, −1 = nobody */
  readonly vcpu: number;
  /** how often that changed */
  readonly switches: number;
}

interface Span {
  readonly vcpu: number;
  readonly fromNs: number;
  readonly toNs: number;
}

/** @param spans of one pCPU, in order of time and apart */
export function cellsOf(spans: readonly Span[], grid: Grid): Cell[] {
  const { fromNs, cellNs, count } = grid;
  const endNs = fromNs + cellNs * count;
  const times = Array.from({ length: count }, () => new Map<number, number>());
  const switches = new Uint32Array(count);
  const changeAt = (timeNs: number): void => {
    if (timeNs > fromNs && timeNs < endNs) switches[cellAt(grid, timeNs)]++;
  };
  spans.forEach((span, i) => {
    if (span.toNs <= fromNs || span.fromNs >= endNs) return;
    changeAt(span.fromNs);
    if (spans[i + 1]?.fromNs !== span.toNs) changeAt(span.toNs);
    forCells(grid, span.fromNs, span.toNs, (cell, partNs) => {
      times[cell].set(span.vcpu, (times[cell].get(span.vcpu) ?? 0) + partNs);
    });
  });
  return times.map((each, cell) => ({ vcpu: longest(each, cellNs), switches: switches[cell] }));
}

/** The cells that a span touches, and how much of it lies in each. */
export function forCells(
  grid: Grid,
  fromNs: number,
  toNs: number,
  take: (cell: number, partNs: number) => void,
): void {
  const { cellNs, count } = grid;
  const first = Math.max(0, cellAt(grid, fromNs));
  for (let cell = first; cell < count; cell++) {
    const beginNs = grid.fromNs + cell * cellNs;
    if (beginNs >= toNs) return;
    const partNs = Math.min(toNs, beginNs + cellNs) - Math.max(fromNs, beginNs);
    if (partNs > 0) take(cell, partNs);
  }
}

export function cellAt({ fromNs, cellNs, count }: Grid, timeNs: number): number {
  return Math.min(count - 1, Math.floor((timeNs - fromNs) / cellNs));
}

/** Of the vCPUs and of nobody. */
function longest(times: ReadonlyMap<number, number>, cellNs: number): number {
  let best = -1;
  let bestNs = cellNs;
  for (const ns of times.values()) bestNs -= ns;
  for (const [vcpu, ns] of times) {
    if (ns <= bestNs) continue;
    best = vcpu;
    bestNs = ns;
  }
  return best;
}
