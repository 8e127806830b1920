/** Flows below this share of a CPU are rounding. */
const EPSILON = 1e-12;

export interface Flow {
  /** total that reaches the right side */
  readonly value: number;
  /** left nodes on the source's side of a minimum cut */
  readonly leftCut: readonly boolean[];
  /** capacity of that cut without the supplies of the left nodes */
  readonly cutCapacity: number;
}

/**
 * Maximum flow through a bipartite network, by shortest augmenting paths:
 *
 *     source ─ supply[i] ─► left i ─ edge(i, j) ─► right j ─ sink[j] ─► sink
 *
 * @param edge capacity between left i and right j, 0 for none
 */
export function maxFlow(
  supply: readonly number[],
  edge: readonly (readonly number[])[],
  sink: readonly number[],
): Flow {
  const leftCount = supply.length;
  const rightCount = sink.length;
  const supplyLeft = [...supply];
  const sinkLeft = [...sink];
  const flow = supply.map(() => new Float64Array(rightCount));
  const parentOfLeft = new Int32Array(leftCount);
  const parentOfRight = new Int32Array(rightCount);
  let value = 0;
  for (;;) {
    const end = search(supplyLeft, edge, sinkLeft, flow, parentOfLeft, parentOfRight);
    if (end < 0) break;
    const amount = augment(end, supplyLeft, edge, sinkLeft, flow, parentOfLeft, parentOfRight);
    value += amount;
  }
  const leftCut = supply.map((_, i) => parentOfLeft[i] !== UNSEEN);
  let cutCapacity = 0;
  for (let j = 0; j < rightCount; j++) {
    if (parentOfRight[j] !== UNSEEN) cutCapacity += sink[j];
    else for (let i = 0; i < leftCount; i++) if (leftCut[i]) cutCapacity += edge[i][j];
  }
  return { value, leftCut, cutCapacity };
}

const UNSEEN = -2;
const SOURCE = -1;

/** Breadth-first through the residual network; @returns a right node with room to the sink, or −1. */
function search(
  supplyLeft: readonly number[],
  edge: readonly (readonly number[])[],
  sinkLeft: readonly number[],
  flow: readonly Float64Array[],
  parentOfLeft: Int32Array,
  parentOfRight: Int32Array,
): number {
  parentOfLeft.fill(UNSEEN);
  parentOfRight.fill(UNSEEN);
  // Left nodes are queued as i, right nodes as ~j.
  const queue: number[] = [];
  for (const [i, left] of supplyLeft.entries()) {
    if (left <= EPSILON) continue;
    parentOfLeft[i] = SOURCE;
    queue.push(i);
  }
  for (const node of queue) {
    if (node >= 0) {
      for (let j = 0; j < sinkLeft.length; j++) {
        if (parentOfRight[j] !== UNSEEN || edge[node][j] - flow[node][j] <= EPSILON) continue;
        parentOfRight[j] = node;
        if (sinkLeft[j] > EPSILON) return j;
        queue.push(~j);
      }
    } else {
      const j = ~node;
      for (let i = 0; i < supplyLeft.length; i++) {
        if (parentOfLeft[i] !== UNSEEN || flow[i][j] <= EPSILON) continue;
        parentOfLeft[i] = j;
        queue.push(i);
      }
    }
  }
  return -1;
}

/** Send as much as fits along the path that ends in right node `end`. */
function augment(
  end: number,
  supplyLeft: number[],
  edge: readonly (readonly number[])[],
  sinkLeft: number[],
  flow: readonly Float64Array[],
  parentOfLeft: Int32Array,
  parentOfRight: Int32Array,
): number {
  let amount = sinkLeft[end];
  let first: number;
  for (let j = end; ;) {
    first = parentOfRight[j];
    amount = Math.min(amount, edge[first][j] - flow[first][j]);
    const back = parentOfLeft[first];
    if (back === SOURCE) break;
    amount = Math.min(amount, flow[first][back]);
    j = back;
  }
  amount = Math.min(amount, supplyLeft[first]);
  supplyLeft[first] -= amount;
  sinkLeft[end] -= amount;
  for (let j = end; ;) {
    const i = parentOfRight[j];
    flow[i][j] += amount;
    const back = parentOfLeft[i];
    if (back === SOURCE) return amount;
    flow[i][back] -= amount;
    j = back;
  }
}
