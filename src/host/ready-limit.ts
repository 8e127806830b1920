import { LabError } from '../base/errors.ts';
import type { VmSpec } from '../scenario/scenario.ts';

/** On top of what is reckoned: a host may be busy. */
const LEAST_MS = 20_000;
/** A vCPU's thread starts, and warms its program up, in less. */
const START_NS = 0.3e9;
/** Far more than it takes: who is over it will hardly be ready at all. */
const PATIENCE = 10;

/**
 * How long threads of vCPUs may take until they are ready.
 * @param vms `checkNs`: CPU time of the program's check, which has prepared its state twice and done some steps
 */
export function readyLimitMs(
  vms: readonly { readonly vcpus: number; readonly checkNs: number }[],
  cpuCount: number,
): number {
  const cpuNs = vms.reduce((sum, { vcpus, checkNs }) => sum + vcpus * (checkNs + START_NS), 0);
  return LEAST_MS + (PATIENCE * cpuNs) / cpuCount / 1e6;
}

/** Runs from its making on. */
export class ReadyLimit {
  private readonly limitMs: number;
  private readonly sinceMs = performance.now();

  constructor(limitMs: number) {
    this.limitMs = limitMs;
  }

  /** @throws LabError BAD_WORKLOAD when it has been too long @param vms that aren't ready */
  look(vms: () => readonly (VmSpec | undefined)[]): void {
    if (performance.now() - this.sinceMs < this.limitMs) return;
    const [late] = vms();
    if (late === undefined) return;
    const { name, workload } = late;
    throw new LabError('BAD_WORKLOAD', `${name} is not ready after ${Math.round(this.limitMs / 1000)} s`, {
      where: workload.spec,
      expected: 'a `prepare` that returns, and then steps that do',
      hint: 'a check with the same seed passed before: what does it wait for, or depend on beside its seed?',
    });
  }
}
