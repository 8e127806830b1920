const SHORTEST_NS = 20e3;
const LONGEST_NS = 10e6;

/** Their steps are asleep for most of the time that they take. */
const SLEEPERS: readonly string[] = ['idle', 'interactive'];

/**
 * What to tell the user of a workload whose steps are far from the 0.1 to 1 ms of the contract, or null.
 * @param name as the workload calls itself
 * @param nsPerUnit calibrated CPU time of a step
 */
export function stepSizeWarning(name: string, nsPerUnit: number): string | null {
  if (SLEEPERS.includes(name)) return null;
  if (nsPerUnit < SHORTEST_NS) {
    return `a step of ${name} takes only ${(nsPerUnit / 1e3).toFixed(1)} µs: the work between steps weighs in; make a step do more, about 0.1 to 1 ms`;
  }
  if (nsPerUnit > LONGEST_NS) {
    return `a step of ${name} takes ${(nsPerUnit / 1e6).toFixed(1)} ms: work ends, and a run that is stopped ends, only between steps; cut it into steps of about 0.1 to 1 ms`;
  }
  return null;
}
