import { mulberry32, shuffled } from '../base/random.ts';

/**
 * In which order rows are run. Once each: as they are written, to be read as they come. Several times: in rounds of all
 * rows, each round in another random order, so that neither a machine that slowly gets warmer nor the row before favours one
 * of them. The same seed gives the same order.
 */
export function runOrder<Row>(rows: readonly Row[], repeat: number, seed: number): Row[] {
  if (repeat === 1) return [...rows];
  const random = mulberry32(seed);
  return Array.from({ length: repeat }, () => shuffled(rows, random)).flat();
}
