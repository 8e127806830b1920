import { cyclic } from './cyclic.ts';
import { foldWords } from './digest.ts';
import { Random } from './random.ts';

/** So many different inputs in turn: over one and the same the processor learns the branches by heart. */
const INPUTS = 16;

/** Sorts `a` ascending, by merging runs of doubling length to and fro between it and `spare`, which is as long. */
export function mergeSort(a: Int32Array, spare: Int32Array): void {
  let from = a;
  let to = spare;
  for (let run = 1; run < a.length; run *= 2) {
    for (let start = 0; start < a.length; start += 2 * run) mergeRuns(from, to, start, run);
    const swap = from;
    from = to;
    to = swap;
  }
  if (from !== a) for (let i = 0; i < a.length; i++) a[i] = from[i];
}

/** Merges the runs from[start, start + run) and from[start + run, start + 2·run), either cut off at the end. */
function mergeRuns(from: Int32Array, to: Int32Array, start: number, run: number): void {
  const middle = Math.min(start + run, from.length);
  const end = Math.min(start + 2 * run, from.length);
  let left = start;
  let right = middle;
  for (let i = start; i < end; i++) {
    if (left < middle && (right === end || from[left] <= from[right])) to[i] = from[left++];
    else to[i] = from[right++];
  }
}

export default cyclic({
  name: 'sort',
  description: 'merge sort of size random integers',
  defaultSize: 4096,
  sizes: { min: 2048, max: 8192 },
  period: () => INPUTS,
  prepare(seed, size) {
    const random = new Random(seed);
    return {
      inputs: Int32Array.from({ length: INPUTS * size }, () => random.int()),
      sorted: new Int32Array(size),
      spare: new Int32Array(size),
    };
  },
  unit({ inputs, sorted, spare }, index) {
    const start = index * sorted.length;
    for (let i = 0; i < sorted.length; i++) sorted[i] = inputs[start + i];
    mergeSort(sorted, spare);
    return foldWords(0, sorted, 0, sorted.length);
  },
});
