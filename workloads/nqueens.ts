import { cyclic } from './cyclic.ts';

/** How often a board is solved in a unit, by its side: about a quarter of a millisecond each. */
const BOARDS_PER_UNIT: Readonly<Record<number, number>> = { 6: 360, 7: 100, 8: 25, 9: 6, 10: 1 };

/**
 * Ways to finish a board, row by row.
 * @param full the board's columns as bits
 * @param columns columns taken by queens above; `left` and `right`: squares of this row that their diagonals hit
 */
export function placements(full: number, columns: number, left: number, right: number): number {
  if (columns === full) return 1;
  let count = 0;
  let free = full & ~(columns | left | right);
  while (free !== 0) {
    const queen = free & -free;
    free ^= queen;
    count += placements(full, columns | queen, ((left | queen) << 1) & full, (right | queen) >> 1);
  }
  return count;
}

export default cyclic({
  name: 'nqueens',
  description: 'ways to place size queens on a board so that none attacks another',
  defaultSize: 10,
  sizes: { min: 6, max: 10 },
  prepare: (_seed, size) => ({ full: (1 << size) - 1, boards: BOARDS_PER_UNIT[size] }),
  unit({ full, boards }) {
    let count = 0;
    for (let i = 0; i < boards; i++) count += placements(full, 0, 0, 0);
    return count;
  },
});
