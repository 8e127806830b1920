import { setImmediate } from 'node:timers/promises';
import { simulation, type SimOptions, type SimResult } from './simulate.ts';

/** A signal is heeded after so long at the latest. */
const PART_MS = 50;
/** Reading the clock costs more than a pass. */
const PASSES_PER_LOOK = 1024;
/** Thrown to leave the loop in the middle of a run. */
const PART_IS_OVER = new Error('this part of the simulation is over');

/**
 * The same as simulate(), for a thread that must answer to something else meanwhile: every 50 ms it returns to the
 * event loop, and an abort ends the simulation there.
 */
export async function simulateInParts(
  options: Omit<SimOptions, 'shouldStop'>,
  signal: AbortSignal,
): Promise<SimResult> {
  let passes = 0;
  let partEndMs = 0;
  const { run } = simulation({
    ...options,
    shouldStop() {
      if (++passes % PASSES_PER_LOOK !== 1) return false;
      if (signal.aborted) return true;
      if (performance.now() >= partEndMs) throw PART_IS_OVER;
      return false;
    },
  });
  for (;;) {
    partEndMs = performance.now() + PART_MS;
    try {
      return run();
    } catch (reason) {
      if (reason !== PART_IS_OVER) throw reason;
    }
    await setImmediate();
  }
}
